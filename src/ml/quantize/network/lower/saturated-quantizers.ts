import { sizeOf } from "../../../../data/index.ts"
import { gridAt } from "../../../graph/element-grid.ts"
import { evaluateNodes } from "../../../graph/execute.ts"
import type { FloatGraph, FloatNode, NodeOf } from "../../../graph/graph.ts"

/** Quantizers of which a smaller share of values lies outside their range only round: the outermost values are few. */
const LEAST_SHARE = 0.01
/** Rows of which so many tell. */
const MOST_ROWS = 100

/** Quantizers that clip: those whose range leaves out more than a few of the values they get, as one that stands for relu does. */
export const saturatedQuantizers = (
  graph: FloatGraph,
  rows: readonly Float64Array[],
): ReadonlySet<FloatNode> => {
  const quantizers = graph.nodes.filter((node): node is NodeOf<"quantize"> => node.kind === "quantize")
  const outside = new Map(quantizers.map((node) => [node, 0]))
  const stride = Math.ceil(rows.length / MOST_ROWS)
  const chosen = rows.filter((_, r) => r % stride === 0)
  for (const row of quantizers.length === 0 ? [] : chosen) {
    let start = 0
    const sample = graph.inputs.map(({ shape }) => {
      start += sizeOf(shape)
      return row.slice(start - sizeOf(shape), start)
    })
    const results = evaluateNodes(graph, sample)
    for (const node of quantizers) {
      const { scale, zero, lo, hi } = gridAt(node.attributes.grid, node.shape)
      const count = results.get(node.operands[0]!)!.reduce((sum, x, i) => {
        const place = x / scale(i) + zero(i)
        return sum + Number(place < lo - 0.5 || place > hi + 0.5)
      }, 0)
      outside.set(node, outside.get(node)! + count)
    }
  }
  const isSaturated = (node: FloatNode): boolean =>
    outside.get(node as NodeOf<"quantize">)! > LEAST_SHARE * chosen.length * sizeOf(node.shape)
  return new Set(quantizers.filter(isSaturated))
}
