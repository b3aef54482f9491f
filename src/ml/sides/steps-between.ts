import { sizeOf } from "../../data/index.ts"
import type { FloatGraph, FloatNode } from "../graph/graph.ts"
import { StepList, type Steps } from "./step-list.ts"
import { addSteps, hasSteps } from "./step-of.ts"

/**
 * Steps that lead from the values of some nodes, joined to one vector, to those of others, joined again; all flat, in
 * row-major order. Undefined where some node between them is none that clients can compute.
 */
export const stepsBetween = (
  graph: FloatGraph,
  bases: readonly FloatNode[],
  targets: readonly FloatNode[],
): Steps | undefined => {
  const between = nodesBetween(graph, bases, targets)
  if (between.some((node) => node.kind === "input" || !hasSteps(node))) return undefined
  const list = new StepList()
  const numbers = new Map<FloatNode, number>()
  const total = bases.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  let start = 0
  for (const base of bases) {
    const first = start
    start += sizeOf(base.shape)
    const columns = Array.from({ length: sizeOf(base.shape) }, (_, i) => first + i)
    numbers.set(base, list.pick(0, total, columns))
  }
  for (const node of between) {
    const operands = node.operands.map((operand) => numbers.get(operand)!)
    numbers.set(node, addSteps(list, node, operands))
  }
  const ends = targets.map((target) => numbers.get(target)!)
  // The result is what the last step makes.
  if (ends.length > 1 || ends[0] !== list.steps.length) list.add({ kind: "concat" }, ...ends)
  return list.steps
}

/** What is computed to get from some nodes to others, operands first. */
export const nodesBetween = (
  graph: FloatGraph,
  bases: readonly FloatNode[],
  targets: readonly FloatNode[],
): FloatNode[] => {
  const stops = new Set(bases)
  const needed = new Set<FloatNode>()
  const pending = [...targets]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (stops.has(node) || needed.has(node)) continue
    needed.add(node)
    pending.push(...node.operands)
  }
  return graph.nodes.filter((node) => needed.has(node))
}
