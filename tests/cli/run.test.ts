import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, test, vi } from "vitest"
import { lanesOf } from "../../src/backend/index.ts"
import { runCli } from "../../src/cli/run-cli.ts"
import { compileProgram } from "../../src/compiler/compile.ts"
import { Compiled } from "../../src/compiler/compiled.ts"
import { parse, print } from "../../src/ir.ts"
import { lutraIn, moduleOf, printed, refused, SCORE, SCORE_MODULE } from "./support.ts"

/** More than two runs take. */
const BATCH = 3 * 2 ** 12
const score = compileProgram({ program: parse(SCORE), returns: "record" })

const { circuit } = compileProgram({ program: parse(SCORE), returns: "record" }, { batch: BATCH })
const GROUPS = Math.ceil(BATCH / lanesOf(circuit.layout))

const lutra = lutraIn({
  "score.ir": SCORE,
  "circuit.ir": print(score.circuit),
  "score.ts": SCORE_MODULE,
  "clear.ts": moduleOf("compile({ x: clear(uint(64), [2]) }, ({ x }) => x)"),
  "in.json": '{ "x": [1, 2, 3, "4"] }\n',
  "batch.json": '[{ "x": [1, 2, 3, 4] }, { "x": [15, 0, 0, 0] }]\n',
  "empty.json": "[]",
  "broken.json": '{ "x": [1, 2',
})

describe("lutra run", () => {
  test.each(["--evaluate", "--simulate"])("%s runs a text in the clear", async (mode) => {
    const args = ["run", "score.ir", "--input", "in.json", mode]
    expect(await lutra(args)).toEqual(printed('{"y":10}\n'))
  })

  test.each(["--evaluate", "--simulate"])(
    "%s returns what the function of a module returns",
    async (mode) => {
      const run = (name: string) => lutra(["run", "score.ts", "--export", name, "--input", "in.json", mode])
      expect(await run("score")).toEqual(printed("10\n"))
      expect(await run("parts")).toEqual(printed('{"sum":10,"next":[2,3,4,5]}\n'))
    },
  )

  test.each(["--evaluate", "--simulate"])("%s takes a batch", async (mode) => {
    const args = ["run", "score.ir", "--input", "batch.json", "--batch", mode]
    expect(await lutra(args)).toEqual(printed('[{"y":10},{"y":15}]\n'))
  })

  test("simulates a circuit that is given as text", async () => {
    const args = ["run", "circuit.ir", "--simulate", "--input"]
    expect(await lutra([...args, "in.json"])).toEqual(printed('{"y":10}\n'))
    expect(await lutra([...args, "batch.json", "--batch"])).toEqual(printed('[{"y":10},{"y":15}]\n'))
  })

  test("reads inputs from standard input", async () => {
    const args = ["run", "score.ir", "--input", "-", "--evaluate"]
    expect(await lutra.spawned(args, '{"x":[0,0,5,0]}')).toEqual(printed('{"y":15}\n'))
  })

  test("keeps integers beyond 2^53 exact, written as strings or not", async () => {
    const args = ["run", "clear.ts", "--input", "-", "--evaluate"]
    expect(await lutra(args, '{"x":[9007199254740993,"18446744073709551615"]}')).toEqual(
      printed('["9007199254740993","18446744073709551615"]\n'),
    )
  })

  test("says on stderr how long it took when asked to", async () => {
    const { stdout, stderr } = await lutra([
      "run",
      "score.ir",
      "--input",
      "in.json",
      "--simulate",
      "--verbose",
    ])
    expect(stdout).toBe('{"y":10}\n')
    expect(stderr).toMatch(/^loaded in .* m?s\ncompiled in .* m?s\nsimulated in .* (m|µ)?s\n$/)
  })

  test.each([
    ["absent.json", "absent.json cannot be read: there is no such file"],
    [
      "broken.json",
      "broken.json is no JSON: Expected ',' or ']' after array element in JSON at position 12 (line 1 column 13)",
    ],
    ["batch.json", "batch.json holds an array, not one object of inputs; --batch runs arrays of them"],
  ])("refuses the inputs in %s in one line", async (input, message) => {
    expect(await lutra(["run", "score.ir", "--input", input])).toEqual(refused(message))
  })

  test.each([
    ["in.json", "in.json holds no array; with --batch it is an array of inputs, one object for each sample"],
    ["empty.json", "empty.json holds no samples"],
  ])("refuses %s as a batch", async (input, message) => {
    expect(await lutra(["run", "score.ir", "--batch", "--input", input])).toEqual(refused(message))
  })

  test.each([
    ['{"x":[1,2,3]}', 'input "x" has shape [3] where the program takes [4]'],
    ['{"x":[1,2,3,1.5]}', 'input "x"[3] is 1.5, not an exact integer'],
    [
      '{"x":[1,2,3,"16"]}',
      'input "x"[3] is 16, outside its declared range 0..15\nclip it before encryption or declare a wider range',
    ],
    ['{"z":1}', 'input "x" is missing'],
    ["3", "inputs are an object with x, not 3"],
  ])("refuses the inputs %s", async (inputs, message) => {
    expect(await lutra(["run", "score.ir", "--input", "-", "--simulate"], inputs)).toEqual(refused(message))
  })

  test.each(["0", "-1", "2.5", "two", "1e3", "Auto"])("refuses %j threads in one line", async (threads) => {
    const args = ["run", "score.ir", "--input", "batch.json", "--batch", "--threads", threads]
    expect(await lutra(args)).toEqual(
      refused(`--threads is ${threads}; it counts worker threads, from 1, or is auto`),
    )
  })

  test("refuses threads where nothing runs in them", async () => {
    const args = ["run", "score.ir", "--input", "batch.json", "--threads", "2"]
    expect(await lutra(args)).toEqual(
      refused("--threads is for --batch: one sample is one run, in one thread"),
    )
    expect(await lutra([...args, "--batch", "--simulate"])).toEqual(
      refused("option '--threads <count>' cannot be used with option '--simulate'"),
    )
  })

  test.each([
    [[], 1],
    [["--threads", "auto"], "auto"],
    [["--threads", "2"], 2],
    [["--threads", "3000000"], GROUPS],
  ])("with %j runs a batch of several groups in %s threads", async (flags, threads) => {
    expect(GROUPS).toBeGreaterThan(2)
    const sample = { x: [1, 2, 3, 4] }
    const samples = new Array(BATCH).fill(sample)
    const folder = mkdtempSync(join(tmpdir(), "lutra-run-"))
    const files = ["score.ir", "batch.json"].map((name) => join(folder, name)) as [string, string]
    writeFileSync(files[0], SCORE)
    writeFileSync(files[1], JSON.stringify(samples))
    const run = vi.spyOn(Compiled.prototype, "runBatch").mockResolvedValue([{ y: 10 }])
    const print = vi.spyOn(process.stdout, "write").mockReturnValue(true)
    try {
      expect(await runCli(["run", files[0], "--input", files[1], "--batch", ...flags])).toBe(0)
      expect(run).toHaveBeenCalledExactlyOnceWith(samples, expect.objectContaining({ threads }))
      expect(print).toHaveBeenCalledExactlyOnceWith('[{"y":10}]\n')
    } finally {
      vi.restoreAllMocks()
      rmSync(folder, { recursive: true })
    }
  })

  test("reads one file at most from standard input", async () => {
    expect(await lutra(["run", "-", "--input", "-"], SCORE)).toEqual(
      refused("only one of the two files can be standard input"),
    )
  })
})
