import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { opt } from "../../src/cli/commands/opt.ts"
import { print } from "../../src/ir.ts"
import { pipeline } from "../../src/passes/index.ts"
import { lutraIn, moduleOf, printed, refused, SCORE } from "./support.ts"

const TOO_WIDE = `program wide {
  %0 : enc 0..1048575 = input {name="x"}
  %1 : enc 0..1048575 = apply %0 {expr="max(x, 0)"}
  return y = %1
}
`
const lutra = lutraIn({
  "score.ir": SCORE,
  "wide.ir": TOO_WIDE,
  "module.ts": moduleOf('compile({ x: enc(uint(4)) }, ({ x }) => x.add(1), { name: "only" })'),
  occupied: "",
})
const folder = mkdtempSync(join(tmpdir(), "lutra-dump-"))
afterAll(() => rmSync(folder, { recursive: true }))

const read = (name: string): string => readFileSync(join(folder, name), "utf8")
const numbered = ["input", ...pipeline.map(({ name }) => name)].map(
  (name, i) => `${String(i).padStart(2, "0")}-${name}.ir`,
)

describe("--dump", () => {
  test("of opt writes the program before and after each pass into numbered files", async () => {
    expect(await lutra(["opt", "score.ir", "--dump", folder])).toEqual(printed(print(opt(SCORE))))
    expect(readdirSync(folder).sort()).toEqual(numbered)
    expect(read("00-input.ir")).toBe(SCORE)
    expect(read(numbered.at(-1)!)).toBe(print(opt(SCORE)))
  })

  test("replaces an earlier dump and leaves other files alone", async () => {
    writeFileSync(join(folder, "notes.ir"), "mine")
    await lutra(["opt", "score.ir", "--passes", "simplify", "--dump", folder])
    expect(readdirSync(folder).sort()).toEqual(["00-input.ir", "01-simplify.ir", "notes.ir"])
    rmSync(join(folder, "notes.ir"))
  })

  test("shows the programs before a refusal", async () => {
    const { status } = await lutra(["opt", "wide.ir", "--dump", folder])
    expect(status).toBe(2)
    expect(readdirSync(folder).sort()).toEqual(["00-input.ir", "01-fold-constants.ir", "02-simplify.ir"])
    expect(read("00-input.ir")).toBe(TOO_WIDE)
  })

  test.each([["score.ir"], ["module.ts"]])("of inspect writes those of %s", async (file) => {
    const { status, stdout } = await lutra(["inspect", file, "--dump", folder])
    expect(status).toBe(0)
    expect(stdout).toContain("parameters")
    expect(readdirSync(folder).sort().slice(0, numbered.length)).toEqual(numbered)
  })

  test("into what is no folder is refused", async () => {
    const { status, stderr } = await lutra(["opt", "score.ir", "--dump", "occupied"])
    expect(status).toBe(2)
    expect(stderr).toMatch(/^lutra: occupied cannot be written: /)
  })
})

describe("opt --verify", () => {
  test("prints the same, having tried each pass", async () => {
    expect(await lutra(["opt", "score.ir", "--verify"])).toEqual(printed(print(opt(SCORE))))
  })
})

describe("inspect --explain", () => {
  test("prints the report and where the time goes", async () => {
    const { status, stdout } = await lutra(["inspect", "score.ir", "--explain"])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^score\n {2}scheme .*\n\ntime by source line, .*\n.* line 5/s)
    expect(stdout).toMatch(/\nbatches\n {2}1 sample, as compiled: /)
  })

  test("is a view like the others", async () => {
    expect(await lutra(["inspect", "score.ir", "--explain", "--report"])).toEqual(
      refused("option '--report' cannot be used with option '--explain'"),
    )
  })
})

describe("lutra bench refuses", () => {
  test.each([
    [["--batch", "0"], "--batch is 0; it is a whole number from 1"],
    [["--runs", "many"], "--runs is many; it is a whole number from 1"],
    [["--threads", "none"], "--threads is none; it counts worker threads, from 1, or is auto"],
  ])("%j", async (flags, message) => {
    expect(await lutra(["bench", "score.ir", ...flags])).toEqual(refused(message))
  })
})
