import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { type FloatModel, importModel } from "../../../src/ml/index.ts"

/** Models that scripts/record_quantized.py made, with the scores of ONNX Runtime or qonnx. */
interface Recording {
  readonly x: readonly (readonly number[])[]
  readonly cases: readonly { readonly name: string; readonly model: string; readonly scores: number[][] }[]
}

const { x, cases } = JSON.parse(readFileSync(join(import.meta.dirname, "models.json"), "utf8")) as Recording
const modelOf = (base64: string): Promise<FloatModel> =>
  importModel(new Uint8Array(Buffer.from(base64, "base64")))

const worstOf = (found: number[][], wanted: number[][]): number =>
  Math.max(...wanted.flatMap((row, i) => row.map((score, j) => Math.abs(score - found[i]![j]!))))

/** Sums in single precision may round to the next of 65,536 steps; of fewer they do not. */
const toleranceOf = (name: string): number => (/int16/.test(name) ? 4e-5 : 1e-5)

test("there are models of both exporters, and of both forms of each", () => {
  for (const part of ["runtime QDQ", "runtime QOperator", "brevitas qcdq", "brevitas qonnx"])
    expect(cases.filter(({ name }) => name.startsWith(part)).length).toBeGreaterThanOrEqual(8)
})

describe("scores are those of the runtime", () => {
  test.each(cases)("$name", async ({ name, model, scores }) => {
    const found = (await modelOf(model)).predictFloat(x)
    expect(worstOf(found, scores)).toBeLessThanOrEqual(toleranceOf(name))
  })
})

describe("models of few bits keep their own grid", () => {
  const few = cases.filter(({ name }) => /^brevitas .* [234] bits/.test(name))
  test.each(few)("$name", async ({ model, scores }) => {
    const quantized = await (await modelOf(model)).quantize({ calibration: x })
    expect(quantized.report().candidates[0]!.notes).toContain("the grid is the model's own")
    expect(worstOf(quantized.compile().predictClear(x), scores)).toBeLessThanOrEqual(1e-6)
  })
})

describe("a grid whose sums no table can hold is left, and the report says why", () => {
  const wide = cases.filter(({ name }) => name === "brevitas qonnx 8 bits, per tensor")
  test.each(wide)("$name", async ({ model }) => {
    const quantized = await (await modelOf(model)).quantize({ calibration: x })
    const { notes } = quantized.report().candidates[0]!
    expect(notes.join("\n")).toMatch(/on the model's own grid the sums of "relu" take \d+ values/)
  })
})

test("a relu that a quantizer's zero point does stays one where the rounding is left out", async () => {
  const read = (end: string): Buffer => readFileSync(join(import.meta.dirname, `qdq-relu-fused.${end}`))
  const { calibration } = JSON.parse(read("case.json").toString()) as { calibration: number[][] }
  const model = await importModel(new Uint8Array(read("onnx")))
  const report = (await model.quantize({ calibration })).report()
  expect(Math.min(...report.candidates.map(({ loss }) => loss))).toBeLessThan(5)
  expect(String(report)).not.toContain("pooling")
})
