import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, expect, test, vi } from "vitest"
import { fileKeys } from "../../src/client.ts"

const folder = mkdtempSync(join(tmpdir(), "lutra-keys-"))
afterAll(() => rmSync(folder, { recursive: true }))

/** Stores 20 keys, once both processes are there. */
const code = (path: string, name: string) => `
  import { existsSync, writeFileSync } from "node:fs"
  import { fileKeys } from "lutra/client"
  const keys = fileKeys(${JSON.stringify(path)})
  writeFileSync(${JSON.stringify(path)} + "-${name}", "")
  while (!["a", "b"].every((each) => existsSync(${JSON.stringify(path)} + "-" + each)))
    await new Promise((resolve) => setTimeout(resolve, 1))
  for (let i = 0; i < 20; i++) await keys.save("${name}" + i, { program: "p", secretKey: Uint8Array.of(i) })`

test("two processes that store keys in one file lose none, and leave nothing else behind", async () => {
  const path = join(folder, "two.json")
  const node = promisify(execFile)
  const run = (name: string) =>
    node(process.execPath, ["-C", "source", "--input-type=module-typescript", "-e", code(path, name)])
  await Promise.all([run("a"), run("b")])
  const keys = fileKeys(path)
  for (const name of ["a", "b"])
    for (let i = 0; i < 20; i++)
      expect((await keys.load(name + i))?.secretKey, `${name}${i}`).toEqual(Uint8Array.of(i))
  expect(readdirSync(folder).sort()).toEqual(["two.json", "two.json-a", "two.json-b"])
})

test("what a process that ended in the middle has left does not stand in the way", async () => {
  const path = join(folder, "left.json")
  writeFileSync(`${path}.part`, "{")
  mkdirSync(`${path}.lock`)
  const before = new Date(Date.now() - 60_000)
  utimesSync(`${path}.lock`, before, before)
  const keys = fileKeys(path)
  await keys.save("a", { program: "p", secretKey: Uint8Array.of(1) })
  expect((await keys.load("a"))?.program).toBe("p")
  expect(readdirSync(folder).filter((name) => name.startsWith("left"))).toEqual(["left.json"])
})

test("a folder that there is not is named", async () => {
  const keys = fileKeys(join(folder, "none", "keys.json"))
  await expect(keys.save("a", { program: "p", secretKey: Uint8Array.of(1) })).rejects.toThrow(
    /^the keys in .*keys\.json cannot be stored: ENOENT/,
  )
})

test("reading removes the old part that a process has left, but not one that is being written", async () => {
  const path = join(folder, "swept.json")
  const keys = fileKeys(path)
  await keys.save("a", { program: "p", secretKey: Uint8Array.of(1) })
  writeFileSync(`${path}.part`, "{")
  const names = () => readdirSync(folder).filter((name) => name.startsWith("swept"))
  expect((await keys.load("a"))?.program).toBe("p")
  expect(names().sort()).toEqual(["swept.json", "swept.json.part"])
  const before = new Date(Date.now() - 60_000)
  utimesSync(`${path}.part`, before, before)
  expect((await keys.load("a"))?.program).toBe("p")
  expect(names()).toEqual(["swept.json"])
})

test("a write that fails leaves no part, and the keys as they were", async () => {
  const path = join(folder, "failed.json")
  const keys = fileKeys(path)
  await keys.save("a", { program: "p", secretKey: Uint8Array.of(1) })
  const real = process.getBuiltinModule("node:fs/promises")
  const rename = () => Promise.reject(new Error("no space"))
  const spy = vi
    .spyOn(process, "getBuiltinModule")
    .mockReturnValue({ ...real, rename } as unknown as ReturnType<typeof process.getBuiltinModule>)
  await expect(keys.save("b", { program: "p", secretKey: Uint8Array.of(2) })).rejects.toThrow("no space")
  spy.mockRestore()
  expect(readdirSync(folder).filter((name) => name.startsWith("failed"))).toEqual(["failed.json"])
  expect((await keys.load("a"))?.program).toBe("p")
})
