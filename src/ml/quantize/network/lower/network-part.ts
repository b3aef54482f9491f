import { sizeOf } from "../../../../data/index.ts"
import { type FloatGraph, type FloatNode, GraphBuilder } from "../../../graph/graph.ts"
import { splitGraph } from "../../../sides/split-graph.ts"
import type { Steps } from "../../../sides/step-list.ts"

/** What of a model is computed on encrypted data, between what clients do to rows and what they do to scores. */
export interface NetworkPart {
  /** The model, with what the server computes as the values of one node. */
  readonly graph: FloatGraph
  readonly before: Steps
  /** The nodes whose values are encrypted, joined to one vector. */
  readonly entries: readonly FloatNode[]
  /** All nodes from there to the end, operands first. */
  readonly inside: readonly FloatNode[]
  readonly end: FloatNode
  readonly after: Steps
}

/** The part of a model that is neither preprocessing nor links of its scores. */
export const networkPart = (graph: FloatGraph): NetworkPart => {
  const { before, entries, inside, ends, after } = splitGraph(graph)
  if (ends.length === 1) return { graph, before, entries, inside, end: ends[0]!, after }
  const builder = new GraphBuilder()
  const flat = ends.map((end) => builder.add("reshape", [end], { shape: [sizeOf(end.shape)] }, end.name))
  const end = builder.add("concat", flat, { axis: 0 }, ends[0]!.name)
  const joined = [...flat, end]
  return {
    graph: { ...graph, nodes: [...graph.nodes, ...joined] },
    before,
    entries,
    inside: [...inside, ...joined],
    end,
    after,
  }
}
