import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { compile, enc, loadBytes, uint } from "../../src/index.ts"
import { importModel } from "../../src/ml/index.ts"
import { packArtefactFile, readSpec, unpackArtefactFile } from "../../src/runtime/index.ts"
import { encodeSpec } from "../../src/runtime/spec/spec-bytes.ts"
import { modelFolder, testOf } from "./models.ts"
import { quantizedFrom, refusalOf } from "./support.ts"

const path = join(modelFolder, "cancer-tree.onnx")

test("a report tells accuracy, what was chosen and what it costs", async () => {
  const { y } = testOf(path) as unknown as { y: number[] }
  const { quantized } = await quantizedFrom(path, { labels: y })
  const report = quantized.report()
  expect(report.family).toBe("trees")
  expect(report.float.accuracy).toBeGreaterThan(0.9)
  const [candidate] = report.candidates
  expect(candidate?.fidelity.accuracy).toBe(report.float.accuracy)
  expect(candidate?.cost?.keyBytes).toBeGreaterThan(0)
  expect(String(report)).toMatch(
    /^trees model, quantized on 171 rows\n {2}floating point {2}accuracy 9\d\.\d %\n/,
  )
  expect(String(report)).toContain("100.0 % of classes the same")
})

test("rows are predicted in clear as nested or flat rows, and beside them in floating point", async () => {
  const { quantized, test } = await quantizedFrom(path)
  const program = quantized.compile({ name: "tree" })
  expect(program.spec.name).toBe("tree")
  const rows = test.x.slice(0, 4)
  expect(program.predictClear(rows.map((row) => [row]))).toEqual(program.predictClear(rows))
  expect(program.predictFloat(rows)).toEqual(quantized.model.predictFloat(rows))
})

test("a model that loses too much is not compiled, and the message says how to allow it", async () => {
  const { quantized } = await quantizedFrom(path, { thresholds: "private", bits: 1 })
  const message = await refusalOf(() => quantized.compile())
  expect(message).toMatch(/loses \d+\.\d\d points on the calibration rows, more than 0\.5\nallow it with/)
  const report = quantized.report()
  expect(String(report)).toContain("not compiled: it loses too much")
  // Its cost is told all the same, as a point of the frontier.
  expect(report.chosen).toBe(undefined)
  expect(report.candidates[0]?.cost?.time).toBeGreaterThan(0)
})

describe("what quantize cannot use", () => {
  test.each([
    [{ calibration: [] }, "quantize needs calibration rows\n"],
    [{ calibration: [[1, 2]] }, "row 0 has 2 numbers, not 30"],
    [{ calibration: [new Array(30).fill(0)], labels: [1, 2] }, "1 calibration rows have 2 labels"],
  ])("%o", async (options, message) => {
    const model = await importModel(path)
    expect(await refusalOf(() => model.quantize(options))).toContain(message)
  })
})

describe("the codec of a saved program", () => {
  const saved = async (): Promise<Uint8Array> => {
    const { quantized } = await quantizedFrom(path)
    return quantized.compile().toBytes()
  }

  test("is part of what the program's hash covers", async () => {
    const bytes = await saved()
    const spec = readSpec(bytes)
    const rows = { ...spec.rows!, precision: "float64" } as const
    const { server } = unpackArtefactFile(bytes)
    const altered = packArtefactFile({ client: encodeSpec({ ...spec, rows }), server })
    expect(() => loadBytes(bytes)).not.toThrow()
    expect(() => loadBytes(altered)).toThrow("its hash is not that of what its client's part says")
  })

  test.each([
    [
      "tests that do not fill the input",
      { encoding: { kind: "tests", tests: [] } },
      "0 tests do not fill an input",
    ],
    ["another input", { input: "other" }, '"other" is not its only input'],
    ["another output", { output: "other" }, '"other" is no output of it'],
    ["steps of no kind", { decoding: [{ kind: "run", code: "1" }] }, "rows.decoding.0"],
    ["steps that hold themselves for ever", { before: [nested(40)] }, "rows.before.0"],
    ["columns without end", { columns: 2 ** 40 }, "rows.columns"],
  ])("is refused with %s", async (_, change, message) => {
    const spec = readSpec(await saved())
    const rows = { ...spec.rows!, ...change } as NonNullable<typeof spec.rows>
    const client = encodeSpec({ ...spec, rows })
    expect(() => readSpec(packArtefactFile({ client, server: undefined }))).toThrow(message)
  })
})

function nested(depth: number): unknown {
  return { kind: "concat", parts: depth === 0 ? [] : [[nested(depth - 1)]] }
}

test("a program of no model takes no rows", () => {
  const program = compile({ x: enc(uint(2)) }, ({ x }) => x.add(1), { name: "increment" })
  expect(() => program.predictClear([[1]])).toThrow('"increment" was not made of a model')
  expect(() => program.predictFloat([[1]])).toThrow('"increment" was not made of a model')
})
