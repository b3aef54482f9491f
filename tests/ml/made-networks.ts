import type { UnaryName } from "../../src/data/index.ts"
import { FloatModel } from "../../src/ml/float-model.ts"
import { type FloatNode, GraphBuilder } from "../../src/ml/graph/graph.ts"
import { tensor, vector } from "../../src/ml/graph/tensor.ts"

export const dense = (
  builder: GraphBuilder,
  x: FloatNode,
  weights: readonly number[],
  bias: readonly number[],
): FloatNode =>
  builder.add("dense", [x], {
    weights: tensor([bias.length, x.shape[0]!], weights),
    bias: vector(bias),
  })

/** All rows of four numbers that are 1 or -1, again and again. */
export const signRows: readonly number[][] = Array.from({ length: 128 }, (_, r) =>
  [0, 1, 2, 3].map((i) => ((r >> i) & 1) * 2 - 1),
)

const SIGNS = [1, -1, 1, 1, 1, 1, -1, 1, -1, 1, 1, 1, 1, 1, 1, -1]

/** Layers of four sums each with a function after it, from four inputs to three logits. */
export const signNetwork = (
  layers: readonly { readonly by: UnaryName; readonly gain?: number }[],
): FloatModel => {
  const builder = new GraphBuilder()
  const x = builder.input("x", [4])
  let value: FloatNode = x
  layers.forEach(({ by, gain = 1 }, i) => {
    const weights = SIGNS.map((sign, k) => gain * (sign + (k % 5 === i % 5 ? 1 : 0)))
    value = dense(builder, value, weights, [gain / 2, -gain / 2, gain / 2, -gain / 2])
    value = builder.add("activation", [value], { function: by, parameters: {} })
  })
  const weights = [1, 0.3, -0.4, 0.2, -1, 0.7, 0.1, 0.6, 0.2, -0.9, 0.8, -0.3]
  const y = dense(builder, value, weights, [0.1, 0.05, 0])
  return new FloatModel(builder.build([x], [{ name: "y", node: y, scores: "logits" }], "float64"), "lutra")
}
