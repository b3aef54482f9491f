import { sizeOf } from "../../data/index.ts"
import { fail } from "../fail.ts"
import type { FloatGraph, FloatNode } from "./graph.ts"
import { kindOf } from "./kinds/index.ts"

/** The values of every node for one sample, by node; for calibration. `sample` has the values of each input in turn. */
export const evaluateNodes = (
  graph: FloatGraph,
  sample: readonly Float64Array[],
): ReadonlyMap<FloatNode, Float64Array> => {
  const results = new Map<FloatNode, Float64Array>()
  const round = graph.precision === "float32" ? (values: Float64Array) => values.map(Math.fround) : undefined
  graph.inputs.forEach((input, i) => {
    const values = sample[i]
    if (values?.length !== sizeOf(input.shape)) {
      fail(
        "wrong-rows",
        `input "${input.name}" has ${values?.length ?? 0} values, not ${sizeOf(input.shape)}`,
      )
    }
    results.set(input, round?.(values!) ?? values!)
  })
  for (const node of graph.nodes) {
    if (node.kind === "input") continue
    const values = evaluateNode(node, results)
    results.set(node, isExact(node) ? values : (round?.(values) ?? values))
  }
  return results
}

/** Nodes whose results are values of their operands or of the model. */
const isExact = ({ kind }: FloatNode): boolean =>
  kind === "constant" || kind === "reshape" || kind === "transpose" || kind === "pick" || kind === "concat"

/** The result of one node from the results of its operands. */
export const evaluateNode = (node: FloatNode, results: ReadonlyMap<FloatNode, Float64Array>): Float64Array =>
  kindOf(node.kind).evaluate(
    node.operands.map((operand) => ({ shape: operand.shape, values: results.get(operand)! })),
    node.attributes as never,
    node.shape,
  )

/** The values of each output in turn for one sample. */
export const execute = (graph: FloatGraph, sample: readonly Float64Array[]): Float64Array[] => {
  const results = evaluateNodes(graph, sample)
  return graph.outputs.map(({ node }) => results.get(node)!)
}
