import type { FloatGraph, FloatNode } from "../graph/graph.ts"
import { joinSteps, type Steps, stepsFrom } from "../steps.ts"

/** What of a model is computed on encrypted data, between what clients do to rows and what they do to scores. */
export interface NetworkPart {
  readonly before: Steps
  /** The nodes whose values are encrypted, joined to one vector. */
  readonly entries: readonly FloatNode[]
  /** All nodes from there to the end, operands first. */
  readonly inside: readonly FloatNode[]
  readonly end: FloatNode
  readonly after: Steps
}

/** Steps of this kind are folded into the first matrix rather than left to clients. */
const FOLDED: ReadonlySet<FloatNode["kind"]> = new Set([
  "input",
  "constant",
  "affine",
  "reshape",
  "pick",
  "concat",
])

/** The part of a model that is neither preprocessing nor links of its scores. */
export const networkPart = (graph: FloatGraph): NetworkPart => {
  const { end, after } = lastSteps(graph)
  const { before, entries } = firstSteps(graph, end)
  const needed = new Set([end])
  const pending = [end]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (entries.includes(node)) continue
    for (const operand of node.operands) {
      if (needed.has(operand)) continue
      needed.add(operand)
      pending.push(operand)
    }
  }
  const inside = graph.nodes.filter((node) => needed.has(node) && !entries.includes(node))
  return { before, entries, inside, end, after }
}

/** So many of the last nodes may be links. */
const MOST_LINKS = 32

const lastSteps = (graph: FloatGraph): Pick<NetworkPart, "end" | "after"> => {
  const target = graph.outputs[0]!.node
  for (const end of graph.nodes.slice(-MOST_LINKS)) {
    if (end.kind === "input" || end.kind === "constant") continue
    const after = stepsFrom(graph, [end], { matrices: "none" }).get(target)
    if (after !== undefined) return { end, after }
  }
  return { end: target, after: [] }
}

const firstSteps = (graph: FloatGraph, end: FloatNode): Pick<NetworkPart, "before" | "entries"> => {
  const known = stepsFrom(graph, graph.inputs, { matrices: "none" })
  const inner = graph.nodes.filter((node) => known.has(node) && node !== end)
  if (inner.every(({ kind }) => FOLDED.has(kind))) return { before: [], entries: graph.inputs }
  const entries = inner.filter(
    (node) =>
      node.kind !== "constant" &&
      graph.nodes.some((user) => !known.has(user) && user.operands.includes(node)),
  )
  return { before: joinSteps(entries.map((node) => known.get(node)!)), entries }
}
