import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"

const root = join(import.meta.dirname, "..")
const folder = mkdtempSync(join(tmpdir(), "lutra-fuzz-"))
afterAll(() => rmSync(folder, { recursive: true }))

const fuzz = (...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ["-C", "source", "scripts/fuzz.ts", ...args],
      { cwd: root },
      (error, stdout, stderr) => resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
    )
  })

test("fuzz draws programs and says how many agreed", async () => {
  const { status, stdout } = await fuzz("--runs", "20", "--seed", "3")
  expect(stdout).toMatch(/^20 programs, \d+ samples, seed 3: no mismatch in .* \(\d+ more were refused\)\n$/)
  expect(status).toBe(0)
})

test("a saved case is replayed from its header", async () => {
  const file = join(folder, "case.ir")
  writeFileSync(
    file,
    `// the circuit gave 5 in place of 4
// lowering: {"ring":2,"tables":"balanced","digits":0}
// samples: [{"x":[1,2]},{"x":[3,3]}]
program p {
  %0 : enc 0..3[2] = input {name="x"}
  %1 : enc 0..9[2] = table %0 {lo=0, entries=@0}
  return y = %1
}
@0 = [0, 1, 4, 9]
`,
  )
  expect(await fuzz("--replay", file)).toEqual({
    status: 0,
    stdout: "the executions agree now\n",
    stderr: "",
  })
})

test.each([
  [["--runs", "many"], "--runs is many; it is a whole number"],
  [["--replay", "absent.ir"], "ENOENT: no such file or directory, open 'absent.ir'"],
])("%j is refused", async (args, message) => {
  const { status, stderr } = await fuzz(...args)
  expect(status).toBe(2)
  expect(stderr.split("\n")[0]).toBe(message)
})
