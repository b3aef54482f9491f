import { describe, expect, test } from "vitest"
import { FloatModel } from "../../src/ml/float-model.ts"
import { type FloatNode, GraphBuilder, type NodeOf } from "../../src/ml/graph/graph.ts"
import { vector } from "../../src/ml/graph/tensor.ts"
import { indicatorColumns } from "../../src/ml/quantize/network/lower/indicator-columns.ts"
import { networkPart } from "../../src/ml/quantize/network/lower/network-part.ts"
import { dense } from "./made-networks.ts"

const CATEGORIES = 12

const logits = (builder: GraphBuilder, x: NodeOf<"input">, y: FloatNode): FloatModel =>
  new FloatModel(builder.build([x], [{ name: "y", node: y, scores: "logits" }], "float64"), "lutra")

const waves = (count: number, seed: number, size = 1): number[] =>
  Array.from({ length: count }, (_, k) => size * Math.sin(seed + 2.7 * k))

/** Two categories of a row, each with weights of its own, then functions and two scores. */
const categoryModel = (): FloatModel => {
  const builder = new GraphBuilder()
  const x = builder.input("x", [2])
  const list = Float64Array.from({ length: CATEGORIES }, (_, i) => i)
  const hot = builder.add("oneHot", [x], { categories: [list, list] })
  const sums = dense(builder, hot, waves(6 * 2 * CATEGORIES, 1, 0.4), waves(6, 2))
  const values = builder.add("activation", [sums], { function: "sigmoid", parameters: {} })
  return logits(builder, x, dense(builder, values, waves(12, 3), [0.1, -0.1]))
}

describe("a category that no calibration row has", () => {
  // Of 12 categories the first eleven, the last but one only once.
  const calibration = Array.from({ length: 120 }, (_, r) => [(7 * r) % 10, r === 50 ? 10 : (3 * r + 1) % 10])

  test("keeps the weights that the model gives it", async () => {
    const model = categoryModel()
    const quantized = await model.quantize({ calibration })
    const { program } = quantized.candidates.find(({ accepted }) => accepted)!
    const strange = Array.from({ length: 24 }, (_, i) => [i % 12, i < 12 ? 11 : 10])
    const found = strange.map((row) => program.predict(row))
    const wanted = model.predictFloat(strange)
    for (const k of [0, 1]) {
      const mean = wanted.reduce((sum, scores) => sum + scores[k]!, 0) / wanted.length
      const varies = wanted.reduce((sum, scores) => sum + (scores[k]! - mean) ** 2, 0)
      const error = found.reduce((sum, scores, r) => sum + (scores[k]! - wanted[r]![k]!) ** 2, 0)
      expect(error / varies).toBeLessThan(0.1)
    }
  })
})

test("columns of 0s and 1s are those of encoders, comparisons and logic", () => {
  const builder = new GraphBuilder()
  const x = builder.input("x", [2])
  const list = Float64Array.of(1, 2, 3)
  const hot = builder.add("oneHot", [x], { categories: [list, list] })
  const bound = builder.add("constant", [], { tensor: vector([0.5, 2]) })
  const above = builder.add("combine", [x, bound], { function: "greater" })
  const both = builder.add("combine", [above, above], { function: "and" })
  const larger = builder.add("combine", [x, bound], { function: "max" })
  const joined = builder.add("concat", [x, hot, above, both, larger], { axis: 0 })
  const sums = dense(builder, joined, waves(5 * 14, 1), waves(5, 2))
  const values = builder.add("activation", [sums], { function: "sigmoid", parameters: {} })
  const part = networkPart(logits(builder, x, dense(builder, values, waves(10, 3), [0, 0])).graph)
  expect(part.entries).toEqual([x, hot, above, both, larger])
  expect([...indicatorColumns(part)]).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
})
