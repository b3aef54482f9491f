import { describe, expect, test } from "vitest"
import { importModel, labelOf } from "../../../src/ml/index.ts"
import { worstDifference } from "../models.ts"
import { casesOf, recordings, refusedOf } from "./recording.ts"

test("there are recordings of every framework", () => {
  expect(recordings).toEqual([
    "catboost",
    "lightgbm",
    "onnxml",
    "onnxmltools",
    "skl2onnx",
    "sklearn",
    "torch",
    "torch_dynamo",
    "xgboost",
  ])
})

describe.each(recordings)("%s", (recording) => {
  test.each(casesOf(recording).map((one) => [one.name, one] as const))("%s", async (_, one) => {
    const model = await importModel(one.bytes)
    const found = model.predictFloat(one.x)
    const size = Math.max(1, ...one.scores.flat().map(Math.abs))
    expect(worstDifference(found, one.scores)).toBeLessThan(1e-5 * size)
    if (one.labels) expect(found.map((scores) => labelOf(model, scores))).toEqual(one.labels)
    expect(model.graph.warnings.join("\n")).toContain(one.warns ?? "")
    expect(model.graph.warnings.length).toBe(one.warns === undefined ? 0 : 1)
  })
})

const refused = recordings.flatMap((recording) =>
  refusedOf(recording).map((one) => [`${recording}: ${one.name}`, one] as const),
)

test.each(refused)("what is not imported says what works instead: %s", async (_, one) => {
  await expect(importModel(one.bytes)).rejects.toThrow(one.refused)
})

test("an encoder that knows no rule for unknown categories refuses them, in the model and at the client", async () => {
  const [known] = casesOf("sklearn").filter(({ name }) => name === "OneHotEncoder that refuses, codes, ridge")
  const model = await importModel(known!.bytes)
  const message = "a row has 9 where the model knows 0, 1, 2, 3\ngive a known category"
  expect(() => model.predictFloat([[0, 1, 2, 9]])).toThrow(message)
  const quantized = await model.quantize({ calibration: known!.x })
  expect(() => quantized.candidates[0]!.program.predict([0, 1, 2, 9])).toThrow(message)
})
