// With --json a command prints one line of JSON on stdout and nothing else there; errors stay on stderr.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { COST_MODELS } from "../../src/backend/index.ts"
import { defaultCacheFile, thisMachine, writeCosts } from "../../src/runtime/calibrate/calibration-cache.ts"
import { modelFolder, testOf } from "../ml/models.ts"
import { type Ended, runInProcess } from "./in-process.ts"
import { inFolder } from "./refusals/support.ts"
import { SCORE } from "./support.ts"

const model = join(modelFolder, "cancer-tree.onnx")
const { x, y } = testOf(model) as unknown as { x: number[][]; y: number[] }
const UNUSED = `program unused {
  %0 : enc 0..3 = input {name="x"}
  %1 : enc 0..3 = input {name="z"}
  return y = %0
}
`

const lutra = (args: readonly string[]): Promise<Ended> => runInProcess(".", args)

let folder: Disposable
beforeAll(() => {
  folder = inFolder(
    {
      "score.ir": SCORE,
      "unused.ir": UNUSED,
      "in.json": '{"x":[1,2,3,4]}',
      "wrong.csv": x.map((row, i) => [...row, 1 - y[i]!].join(",")).join("\n"),
    },
    [],
  )
})
afterAll(() => folder[Symbol.dispose]())

/** What a command prints, which is a line of JSON. */
const json = async (...args: string[]): Promise<Record<string, unknown>> => {
  const { status, stdout, stderr } = await lutra(args)
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
  expect(stdout).toMatch(/^\S.*\n$/)
  return JSON.parse(stdout)
}

const report = {
  name: "score",
  security: 128,
  keyBytes: expect.any(Number),
  t: expect.stringMatching(/^\d+$/),
}

describe("--json of", () => {
  test("compile has the report and the files", async () => {
    expect(await json("compile", "score.ir", "-o", "a.lutra", "--client", "c.lutra", "--json")).toEqual({
      output: "a.lutra",
      client: "c.lutra",
      report: expect.objectContaining({ ...report, warnings: [] }),
    })
    expect(readFileSync("a.lutra").length).toBeGreaterThan(readFileSync("c.lutra").length)
  })

  test("inspect has the report, its warnings and the explanation", async () => {
    expect(await json("inspect", "score.ir", "--json")).toEqual({ report: expect.objectContaining(report) })
    expect(await json("inspect", "unused.ir", "--json", "--explain")).toEqual({
      report: expect.objectContaining({
        warnings: [expect.objectContaining({ code: "unused-input", input: "z" })],
      }),
      explanation: expect.objectContaining({ batches: expect.any(Array) }),
    })
  })

  test("run has the results", async () => {
    for (const how of ["--evaluate", "--simulate"])
      expect(await json("run", "score.ir", "--input", "in.json", how, "--json")).toEqual({ y: 10 })
  })

  test("calibrate has the measured costs beside the shipped ones", async () => {
    vi.stubEnv("XDG_CACHE_HOME", process.cwd())
    const costs = { ...COST_MODELS, bfv: { ...COST_MODELS.bfv, multiply: 3e-3 } }
    await writeCosts(defaultCacheFile(thisMachine()), thisMachine(), costs)
    expect(await json("calibrate", "--json")).toEqual({ costs, shipped: COST_MODELS })
    vi.unstubAllEnvs()
  })

  test("init has the folder and its files", async () => {
    expect(await json("init", "new", "--json")).toEqual({
      folder: join(process.cwd(), "new"),
      files: expect.arrayContaining(["package.json", "program.ts"]),
    })
  })
})

describe("a model that is compiled", () => {
  const args = [
    "compile",
    model,
    "-o",
    "a.lutra",
    "--calibration",
    "wrong.csv",
    "--labels",
    "30",
    "--max-loss",
    "99",
  ]

  test("says each warning once", async () => {
    const { status, stdout } = await lutra(args)
    expect(status).toBe(0)
    expect(stdout.match(/^ *warning: .*labelled rows/gm)).toHaveLength(1)
  })

  test("has what its integers lose, and the report", async () => {
    const { quantized, report } = await json(...args, "--json")
    const warnings = [expect.objectContaining({ code: "worse-than-chance" })]
    expect(quantized).toMatchObject({ family: "trees", rows: x.length, warnings })
    expect(report).toMatchObject({ name: "cancer", warnings })
  })
})

test("errors are on stderr, in words, with --json as without", async () => {
  expect(await lutra(["inspect", "absent.ir", "--json"])).toEqual({
    status: 2,
    stdout: "",
    stderr: "lutra: absent.ir cannot be read: there is no such file\n",
  })
  for (const other of ["--circuit", "--program", "--optimized", "--elide"])
    expect((await lutra(["inspect", "score.ir", "--json", other])).stderr).toMatch(
      /^lutra: option '--json' cannot be used with option '--\w+'\n$/,
    )
})
