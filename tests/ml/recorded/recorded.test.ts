import { describe, expect, test } from "vitest"
import { importModel, labelOf } from "../../../src/ml/index.ts"
import { worstDifference } from "../models.ts"
import { casesOf, recordings } from "./recording.ts"

test("there are recordings of every framework", () => {
  expect(recordings).toEqual(["catboost", "lightgbm", "xgboost"])
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
