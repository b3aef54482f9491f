import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "vitest"
import { runInProcess } from "../in-process.ts"

/** Works in a fresh folder with these files, and these empty folders, until it is disposed of. */
export const inFolder = (
  files: Readonly<Record<string, string | Uint8Array>>,
  folders: readonly string[],
): Disposable => {
  const before = process.cwd()
  const folder = mkdtempSync(join(tmpdir(), "lutra-refusals-"))
  process.chdir(folder)
  for (const [name, content] of Object.entries(files)) writeFileSync(name, content)
  for (const name of folders) mkdirSync(name)
  return {
    [Symbol.dispose]: () => {
      process.chdir(before)
      rmSync(folder, { recursive: true })
    },
  }
}

/** Everything in the folder, by its path. */
const contents = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(".", { recursive: true, encoding: "utf8" })
      .sort()
      .map((path) => [path, statSync(path).isDirectory() ? "folder" : readFileSync(path, "base64")]),
  )

/** The message of a refusal, after checking that it is one: status 2, one line or two, and nothing written anywhere. */
export const refusalOf = async (args: readonly string[]): Promise<string> => {
  const before = contents()
  const { status, stdout, stderr } = await runInProcess(".", args)
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" })
  expect(contents()).toEqual(before)
  expect(stderr).toMatch(/^lutra: \S.*\S\n(\S.*\S\n)?$/)
  expect(stderr).not.toMatch(/\bE[A-Z]{4,}\b|^\s*at |undefined|NaN|node:|file:\/\//m)
  return stderr.slice("lutra: ".length, -1)
}
