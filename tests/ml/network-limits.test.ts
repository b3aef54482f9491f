import { describe, expect, test } from "vitest"
import { FloatModel } from "../../src/ml/float-model.ts"
import { type FloatNode, GraphBuilder } from "../../src/ml/graph/graph.ts"
import { tensor, vector } from "../../src/ml/graph/tensor.ts"
import type { UnaryName } from "../../src/ml/graph/unary.ts"
import { exactRows } from "../../src/ml/network/exact-rows.ts"
import { refusalOf } from "./support.ts"

const dense = (builder: GraphBuilder, x: FloatNode, outputs: number, seed: number): FloatNode => {
  const inputs = x.shape[0]!
  return builder.add("dense", [x], {
    weights: tensor(
      [outputs, inputs],
      Array.from({ length: outputs * inputs }, (_, i) => (1.4 * Math.sin(seed + 2.3 * i)) / Math.sqrt(inputs)),
    ),
    bias: vector(Array.from({ length: outputs }, (_, i) => 0.3 * Math.cos(seed + i))),
  })
}

/** A perceptron of random weights with a function after each hidden layer, and three outputs. */
const perceptron = (functions: readonly UnaryName[], width: number, gain = 1): FloatModel => {
  const builder = new GraphBuilder()
  const x = builder.input("x", [3])
  let value: FloatNode = x
  functions.forEach((name, i) => {
    value = dense(builder, value, width, i + 1)
    if (gain !== 1) {
      value = builder.add("affine", [value], { scale: vector([gain]), shift: vector([0]) })
    }
    value = builder.add("activation", [value], { function: name, parameters: {} })
  })
  const y = dense(builder, value, 3, 17)
  return new FloatModel(builder.build([x], [{ name: "y", node: y, scores: "logits" }], "float64"), "lutra")
}

const rows = Array.from({ length: 150 }, (_, r) => [
  Math.sin(1.7 * r),
  Math.cos(3.1 * r + 1),
  Math.sin(5.3 * r + 2),
])

describe("a network that loses too much", () => {
  test("names the layer at which most is lost, and what to change about it", async () => {
    const model = perceptron(["relu", "sin"], 4, 6)
    const quantised = await model.quantize({ calibration: rows })
    const message = await refusalOf(() => quantised.compile())
    expect(message).toMatch(
      /loses \d+\.\d\d points on the calibration rows, more than 0\.5; \d+\.\d\d of them come with layer 2 of 2, "sin"\n/,
    )
    expect(message).toContain("train that layer with x²")
    expect(String(quantised.report())).toContain('most is lost by layer 2 of 2, "sin": ')
  })
})

test("values that no plan keeps narrow are refused with the layer from where on they are too wide", async () => {
  const builder = new GraphBuilder()
  const x = builder.input("x", [3])
  let value: FloatNode = x
  for (let i = 0; i < 6; i++) {
    const [a, b] = [dense(builder, value, 3, i), dense(builder, value, 3, i + 9)]
    value = builder.add("combine", [a, b], { function: "mul" })
  }
  const graph = builder.build([x], [{ name: "y", node: value, scores: "values" }], "float64")
  const model = new FloatModel(graph, "lutra")
  const message = await refusalOf(() => model.quantize({ calibration: rows }))
  expect(message).toMatch(/^values take \d+ bits from layer \d of 6, "product" on, .* at most 62 can be had\n/)
})

describe("a network too deep for one run", () => {
  const model = perceptron(["tanh", "tanh", "tanh", "tanh", "tanh"], 4)
  const quantised = model.quantize({ calibration: rows, maxLoss: 60 })

  test("is refused with what to change, refreshes among it", async () => {
    const compile = async () => (await quantised).compile()
    const message = await refusalOf(compile)
    expect(message).toMatch(/levels? of products|noise budget/)
    expect(message).toContain("fewer layers of functions one after the other")
    expect(message).toContain('compile({ refresh: "auto" })')
  })

  test("is computed in rounds where they are allowed", async () => {
    const program = (await quantised).compile({ refresh: "auto" })
    expect(program.report().rounds?.length).toBeGreaterThan(1)
    const some = rows.slice(0, 3)
    const integers = (await quantised).candidates
    expect(integers.map(({ program }) => some.map((row) => program.predict(row)))).toContainEqual(
      program.predictClear(some),
    )
  })
})

test("rows on a grid keep every bit, whatever the bias is to the step of their weights", () => {
  const row = (weights: number[], bias: number) => ({
    columns: Int32Array.from(weights, (_, k) => k),
    weights: Float64Array.from(weights),
    bias,
  })
  const real = [row([0.2, -0.4, 0.6], 0.3), row([0.75, -1.25], 7.125), row([], 0.37)]
  const { rows, scale, rest } = exactRows(real)
  expect(rows.map(({ weights }) => Array.from(weights))).toEqual([[1, -2, 3], [3, -5], []])
  const inputs = [3, -1, 5]
  const at = ({ weights, bias }: { weights: ArrayLike<number>; bias: number }): number =>
    Array.from(weights).reduce((sum, weight, k) => sum + weight * inputs[k]!, bias)
  rows.forEach((integers, i) => {
    expect(Number.isSafeInteger(integers.bias)).toBe(true)
    expect(scale[i]! * at(integers) + rest[i]!).toBeCloseTo(at(real[i]!), 12)
  })
})
