import { sizeOf } from "../../../data/index.ts"
import type { FloatGraph, FloatNode } from "../../graph/graph.ts"
import { type AffineMap, affineMap } from "../../sides/affine-map.ts"
import { isLinear } from "../../sides/linear-kinds.ts"
import { nodesBetween } from "../../sides/steps-between.ts"

/**
 * The last nodes that are linear in the results of all ensembles, where these are fewer than the results, and the map to them: sums
 * and means of ensembles, which leaves can be worth. The ensembles themselves, without a map, otherwise.
 */
export const linearEnds = (
  graph: FloatGraph,
  ensembles: readonly FloatNode[],
  target: FloatNode,
): { readonly ends: readonly FloatNode[]; readonly map?: AffineMap } => {
  const order = nodesBetween(graph, ensembles, [target])
  const linear = new Set<FloatNode>(ensembles)
  for (const node of order) {
    const read = node.operands.filter(({ kind }) => kind !== "constant")
    if (read.length > 0 && isLinear(node) && read.every((operand) => linear.has(operand))) linear.add(node)
  }
  const outside = order.filter((node) => !linear.has(node))
  const read = new Set(outside.flatMap(({ operands }) => operands))
  const ends = linear.has(target) ? [target] : order.filter((node) => linear.has(node) && read.has(node))
  const direct = linear.has(target) ? [] : ensembles.filter((node) => read.has(node))
  const size = (nodes: readonly FloatNode[]): number =>
    nodes.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  if (direct.length > 0 || ends.length === 0 || size(ends) >= size(ensembles)) return { ends: ensembles }
  return { ends, map: affineMap(ensembles, nodesBetween(graph, ensembles, ends), ends) }
}
