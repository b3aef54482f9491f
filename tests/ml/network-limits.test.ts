import { describe, expect, test } from "vitest"
import { FloatModel } from "../../src/ml/float-model.ts"
import { type FloatNode, GraphBuilder } from "../../src/ml/graph/graph.ts"
import { exactRows } from "../../src/ml/quantize/network/fit/exact-rows.ts"
import { dense, signNetwork, signRows } from "./made-networks.ts"
import { refusalOf } from "./support.ts"

const rows = Array.from({ length: 150 }, (_, r) => [
  Math.sin(1.7 * r),
  Math.cos(3.1 * r + 1),
  Math.sin(5.3 * r + 2),
])

describe("a network that loses too much", () => {
  test("names the layer at which most is lost, and what to change about it", async () => {
    const model = signNetwork([{ by: "sign" }, { by: "sin", gain: 7.3 }])
    const quantized = await model.quantize({ calibration: signRows })
    const message = await refusalOf(() => quantized.compile())
    expect(message).toMatch(
      /loses \d+\.\d\d points on the calibration rows, more than 0\.5; \d+\.\d\d of them come with layer 1 of 2, "sign"\n/,
    )
    expect(message).toContain(
      "\ntrain that layer with x², or with a function that a polynomial of low degree comes near to",
    )
    expect(String(quantized.report())).toContain('most is lost by layer 1 of 2, "sign": ')
  })
})

test("values that no plan keeps narrow are refused with the layer from where on they are too wide", async () => {
  const builder = new GraphBuilder()
  const x = builder.input("x", [3])
  let value: FloatNode = x
  for (let i = 0; i < 10; i++) {
    const weights = (seed: number) => Array.from({ length: 9 }, (_, k) => Math.sin(seed + 2.3 * k))
    const factors: FloatNode[] = [i, i + 9].map((seed) =>
      dense(builder, value, weights(seed), [0.1, 0.2, 0.3]),
    )
    value = builder.add("combine", factors, { function: "mul" })
  }
  const graph = builder.build([x], [{ name: "y", node: value, scores: "values" }], "float64")
  const model = new FloatModel(graph, "lutra")
  const message = await refusalOf(() => model.quantize({ calibration: rows }))
  // The last product is made of scores alone, so that it is the client's.
  expect(message).toMatch(
    /^values take \d+ bits from layer \d of 9, "product" on, .* at most 62 can be had\n/,
  )
})

describe("a network too deep for one run", () => {
  const layer = { by: "sign" } as const
  const quantized = signNetwork([layer, layer, layer, layer]).quantize({ calibration: signRows })

  test("is refused with what to change, refreshes among it", async () => {
    const compile = async () => (await quantized).compile()
    const message = await refusalOf(compile)
    expect(message).toMatch(/^the deepest output needs \d+ levels of products, but at most 25 can be had\n/)
    expect(message).toMatch(
      /\nwith refresh: "auto" it runs in \d rounds .*\nor train a model with fewer layers of functions/,
    )
  })

  test("is computed in rounds where they are allowed", async () => {
    const program = (await quantized).compile({ refresh: "auto" })
    expect(program.report().rounds.length).toBeGreaterThan(1)
    const [integers] = (await quantized).candidates
    const some = signRows.slice(0, 16)
    expect(program.predictClear(some)).toEqual(some.map((row) => integers!.program.predict(row)))
    const column = (scores: number[]): number => scores.indexOf(Math.max(...scores))
    expect(program.predictClear(some).map(column)).toEqual(program.predictFloat(some).map(column))
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
