import { fail } from "../fail.ts"
import type { FloatGraph, NodeOf } from "../graph/graph.ts"
import type { Trees } from "../graph/trees.ts"
import { type Steps, stepsFrom } from "../steps.ts"

/** The trees of a model, between what clients do to rows and what they do to sums of leaves. */
export interface TreesPart {
  readonly before: Steps
  readonly trees: Trees
  readonly after: Steps
}

/** Throws ProgramError for a model that is more than one ensemble of trees. */
export const treesPart = (graph: FloatGraph): TreesPart => {
  const nodes = graph.nodes.filter((node): node is NodeOf<"trees"> => node.kind === "trees")
  const [node] = nodes
  if (node === undefined || nodes.length > 1) {
    return fail(
      `the model joins ${nodes.length} ensembles of trees by more than a sum\n` +
        "export one ensemble: a forest, or gradient boosting",
    )
  }
  const { trees } = node.attributes
  const before = stepsFrom(graph, graph.inputs, { matrices: "all" }).get(node.operands[0]!)
  const after = stepsFrom(graph, [node], { matrices: "picks" }).get(graph.outputs[0]!.node)
  if (before === undefined || after === undefined) {
    const where = before === undefined ? "before" : "after"
    const others = graph.nodes.map(({ kind }) => kind).filter((kind) => kind !== "input" && kind !== "trees")
    return fail(
      `what the model does ${where} its trees (${[...new Set(others)].join(", ")}) is not computed on the client\n` +
        "scalers, imputers, encoders and link functions are; leave the rest out of the pipeline",
    )
  }
  if (trees.aggregate === "min" || trees.aggregate === "max") {
    return fail(
      `the trees are joined by their ${trees.aggregate === "min" ? "least" : "largest"} leaf\n` +
        "sums and means of leaves are computed encrypted",
    )
  }
  return { before, trees, after }
}
