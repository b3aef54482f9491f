import { sizeOf } from "../../data/index.ts"
import type { FloatGraph, FloatNode } from "../graph/graph.ts"
import { isLinear } from "./linear-kinds.ts"
import { joinsModels, serverNodes } from "./server-weights.ts"
import type { Steps } from "./step-list.ts"
import { hasSteps } from "./step-of.ts"
import { nodesBetween, stepsBetween } from "./steps-between.ts"

/** A model in three parts: what clients do to rows, what is computed encrypted, and what clients do to its results. */
export interface Sides {
  /** From a row to the values of `entries`, joined. */
  readonly before: Steps
  /** The nodes whose values are encrypted. */
  readonly entries: readonly FloatNode[]
  /** What the server computes of them, operands first, constants included. */
  readonly inside: readonly FloatNode[]
  /** The nodes whose values clients decrypt. */
  readonly ends: readonly FloatNode[]
  /** From the values of `ends`, joined, to the scores. */
  readonly after: Steps
}

/** More numbers than this are not made of a row, unless it has as many itself. */
const MOST_ENTRIES = 4096
/** More results than this are not sent to clients, unless the model has as many. */
const MOST_ENDS = 1024

/**
 * Clients compute what depends on the columns of a row alone, and what nothing but scores depends on, as long as it mixes no
 * elements by learned weights. What is linear there and next to the server's matrices becomes part of these.
 */
export const splitGraph = (graph: FloatGraph): Sides => {
  const target = graph.outputs[0]!.node
  for (const isKept of rulesOf(graph)) {
    const known = knownNodes(graph, isKept)
    if (known.has(target)) continue
    const ends = endsOf(graph, target, known, isKept)
    const entries = entriesOf(graph, ends, known)
    return {
      before: isRow(graph, entries) ? [] : stepsBetween(graph, graph.inputs, entries)!,
      entries,
      inside: nodesBetween(graph, entries, ends),
      ends,
      after: stepsBetween(graph, ends, [target])!,
    }
  }
  const inside = nodesBetween(graph, graph.inputs, [target])
  return { before: [], entries: graph.inputs, inside, ends: [target], after: [] }
}

type Rule = (node: FloatNode, known: ReadonlySet<FloatNode>) => boolean

/**
 * Which nodes the server keeps. In a model without matrices that mix it is the first matrix, or the first scale, lest nothing is
 * left for the server.
 */
const rulesOf = (graph: FloatGraph): readonly Rule[] => {
  const kept = serverNodes(graph)
  const isFirst = ({ operands }: FloatNode, known: ReadonlySet<FloatNode>): boolean =>
    operands.every((operand) => known.has(operand))
  return [
    (node) => kept.has(node),
    (node, known) => kept.has(node) || (node.kind === "dense" && isFirst(node, known)),
    (node, known) =>
      kept.has(node) || ((node.kind === "dense" || node.kind === "affine") && isFirst(node, known)),
  ]
}

const isRow = ({ inputs }: FloatGraph, entries: readonly FloatNode[]): boolean =>
  entries.length === inputs.length && entries.every((entry, i) => entry === inputs[i])

/** What quantizers round is a grid that the server keeps, and so they stay with it. */
const staysAtServer = ({ kind }: FloatNode): boolean => kind === "quantize" || kind === "dequantize"

const knownNodes = (graph: FloatGraph, isKept: Rule): ReadonlySet<FloatNode> => {
  const columns = graph.inputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  const most = Math.max(MOST_ENTRIES, columns)
  const known = new Set<FloatNode>()
  for (const node of graph.nodes) {
    const isKnown =
      node.kind === "input" ||
      (node.operands.every((operand) => known.has(operand)) &&
        hasSteps(node) &&
        !staysAtServer(node) &&
        !isKept(node, known) &&
        (node.kind === "constant" || sizeOf(node.shape) <= most))
    if (isKnown) known.add(node)
  }
  return known
}

/** The nodes where the client takes over: nothing but the scores depends on what it computes of them. */
const endsOf = (
  graph: FloatGraph,
  target: FloatNode,
  known: ReadonlySet<FloatNode>,
  isKept: Rule,
): FloatNode[] => {
  const needed = nodesBetween(graph, [], [target])
  const usersOf = new Map<FloatNode, FloatNode[]>()
  for (const node of needed)
    for (const operand of node.operands) usersOf.set(operand, [...(usersOf.get(operand) ?? []), node])
  const after = new Set<FloatNode>()
  for (const node of needed.toReversed()) {
    const isLast = node === target || usersOf.get(node)!.every((user) => after.has(user))
    const isLight = !isKept(node, known) || joinsModels(node)
    if (isLast && isLight && hasSteps(node) && !known.has(node) && !staysAtServer(node)) after.add(node)
  }
  const most = Math.max(MOST_ENDS, sizeOf(target.shape))
  for (;;) {
    for (const node of needed)
      if (after.has(node) && isLinear(node) && !node.operands.some((operand) => after.has(operand)))
        after.delete(node)
    const ends = after.has(target) ? frontier(needed, after) : [target]
    const first = needed.find((node) => after.has(node))
    const size = ends.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
    if (first === undefined || size <= most) return ends
    after.delete(first)
  }
}

/** What nodes read that are not among them, constants aside. */
const frontier = (order: readonly FloatNode[], nodes: ReadonlySet<FloatNode>): FloatNode[] => {
  const read = new Set([...nodes].flatMap(({ operands }) => operands))
  return order.filter((node) => read.has(node) && !nodes.has(node) && node.kind !== "constant")
}

/**
 * What the server reads of all that clients can compute. Linear steps are left to the server's own matrices where that does
 * not widen what is sent.
 */
const entriesOf = (
  graph: FloatGraph,
  ends: readonly FloatNode[],
  known: ReadonlySet<FloatNode>,
): FloatNode[] => {
  const inner = new Set<FloatNode>()
  const visit = nodesBetween(graph, [...known], ends)
  for (const node of visit) inner.add(node)
  let entries = new Set([...frontier(graph.nodes, inner), ...ends.filter((end) => known.has(end))])
  for (const node of graph.nodes.toReversed()) {
    if (!entries.has(node) || node.kind === "input" || !isLinear(node)) continue
    const next = new Set([...entries].filter((entry) => entry !== node))
    for (const operand of node.operands) if (operand.kind !== "constant") next.add(operand)
    if (sizes(next) <= sizes(entries)) entries = next
  }
  return graph.nodes.filter((node) => entries.has(node))
}

const sizes = (nodes: ReadonlySet<FloatNode>): number =>
  [...nodes].reduce((sum, { shape }) => sum + sizeOf(shape), 0)
