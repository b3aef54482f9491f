import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { afterAll, expect } from "vitest"
import { type Ended, runInProcess } from "./in-process.ts"

const root = join(import.meta.dirname, "../..")

export interface Lutra {
  /** Runs the command in this process. */
  (args: readonly string[], stdin?: string): Promise<Ended>
  /** Runs the command as a user does, in a process of its own. */
  spawned(args: readonly string[], stdin?: string, nodeFlags?: readonly string[]): Promise<Ended>
  /** Where the command runs. */
  readonly folder: string
}

/** Runs the command in a fresh folder that holds these files and in which "lutra" is this repository. */
export const lutraIn = (files: Readonly<Record<string, string>>): Lutra => {
  const folder = mkdtempSync(join(tmpdir(), "lutra-cli-"))
  afterAll(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, "node_modules"))
  symlinkSync(root, join(folder, "node_modules/lutra"), "junction")
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  const lutra = (args: readonly string[], stdin?: string) => runInProcess(folder, args, stdin)
  const spawned = async (args: readonly string[], stdin = "", nodeFlags: readonly string[] = []) => {
    const main = join(root, "src/cli/main.ts")
    const child = spawn(process.execPath, [...nodeFlags, "-C", "source", main, ...args], { cwd: folder })
    child.stdin.on("error", () => {}) // a command that refuses its arguments does not read its input
    child.stdin.end(stdin)
    const status = new Promise<number | null>((resolve) => child.on("close", resolve))
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
    return { status: await status, stdout, stderr }
  }
  return Object.assign(lutra, { spawned, folder })
}

/** A success that prints `stdout` and nothing else. */
export const printed = (stdout: unknown): Ended => ({ status: 0, stdout: stdout as string, stderr: "" })

/** A refusal: status 2, nothing on stdout, and exactly this on stderr. */
export const refused = (message: string): Ended => ({ status: 2, stdout: "", stderr: `lutra: ${message}\n` })

/** A refusal whose first line is this and which shows no stack. */
export const refusedWith = (firstLine: string): unknown => ({
  status: 2,
  stdout: "",
  stderr: expect.toSatisfy(
    (stderr: string) => stderr.startsWith(`lutra: ${firstLine}\n`) && !/^\s+at /m.test(stderr),
    `a message that begins with "lutra: ${firstLine}" and has no stack`,
  ),
})

/** The weighted sum of four small integers. */
export const SCORE = `program score {
  %0 : enc 0..15[4] = input {name="x"}
  %1 : clear -2..3[4] = constant {value=@0}
  %2 : enc -30..45[4] = mul %0, %1
  %3 : enc -30..75 = sum %2 {axes=[0]}
  return y = %3
}
@0 = [1, -2, 3, 1]
`

/** The same as a module, beside a second program and something else. */
export const SCORE_MODULE = `import { compile, enc, uint } from "lutra"
const x = enc(uint(4), [4])
export const helper = (value: number): number => value
export const parts = compile({ x }, ({ x }) => ({ sum: x.sum(), next: x.add(1) }), { name: "parts" })
export const score = compile({ x }, ({ x }) => x.mul([1, -2, 3, 1]).sum(), { name: "score" })
`

/** A module with this as its default export. */
export const moduleOf = (expression: string): string =>
  `import { clear, compile, enc, uint } from "lutra"\nexport const other: number = 3\nexport default ${expression}\n`
