import { basename, join } from "node:path"
import { describe, expect, test } from "vitest"
import { importModel } from "../../src/ml/index.ts"
import { affinePart } from "../../src/ml/quantize/linear/affine-part.ts"
import { extraFolder, modelFolder, modelsIn, worstDifference } from "./models.ts"
import { best, quantizedFrom } from "./support.ts"

const names =
  /cancer-logistic|ridge|liblinear|svc|svr|lin-ovr|lin1|lin2|columns|gamma|tweedie|missing-imp|wine-(logistic|linear|norm|pca|sgdlog|ovr|str)|cols|poisson|log-zip/
const linear = [...modelsIn(modelFolder), ...modelsIn(extraFolder)].filter((path) =>
  names.test(basename(path)),
)

describe("every shared linear model scores as its framework on every row", () => {
  expect(linear.length).toBeGreaterThan(20)
  test.each(linear.map((path) => [basename(path), path]))("%s", async (_, path) => {
    const { quantized, test } = await quantizedFrom(path)
    const integers = quantized.candidates[0]!.program
    const found = test.x.map((row) => integers.predict(row))
    const scale = Math.max(1, ...test.scores.flat().map(Math.abs))
    // The frameworks compute in single precision.
    expect(worstDifference(found, test.scores)).toBeLessThan(3e-6 * scale)
    const classes = found.map(best)
    expect(classes).toEqual(test.scores.map((row) => best([row].flat())))
  })
})

test("scalers before a matrix are folded into it, and what is not affine is left to the client", async () => {
  const scaled = affinePart((await importModel(join(extraFolder, "sk-wine-logistic.json"))).graph)
  expect(scaled?.before).toEqual([])
  expect(scaled?.after).toEqual([{ kind: "line", function: "softmax" }])
  const normed = affinePart((await importModel(join(extraFolder, "sk-wine-norm.json"))).graph)
  expect(normed?.before).toEqual([{ kind: "normalize", by: "l2" }])
  expect(affinePart((await importModel(join(modelFolder, "digits-mlp.onnx"))).graph)).toBeUndefined()
})

test("numbers far beyond the calibration rows are clipped, and those just beyond are not", async () => {
  const { quantized, test } = await quantizedFrom(join(modelFolder, "diabetes-ridge.onnx"))
  const integers = quantized.candidates[0]!.program
  const column = test.x.map((row) => row[2]!)
  const [lo, hi] = [Math.min(...column), Math.max(...column)]
  const at = (x: number) => [test.x[0]!.with(2, x)]
  const off = (x: number) =>
    Math.abs(integers.predict(at(x)[0]!)[0]! - quantized.model.predictFloat(at(x))[0]![0]!)
  expect(off(hi + 0.9 * (hi - lo))).toBeLessThan(1e-3)
  expect(off(hi + 9 * (hi - lo))).toBeGreaterThan(1)
})
