import { sizeOf } from "../../../data/index.ts"
import { fail } from "../../fail.ts"
import type { FloatGraph, FloatNode, NodeOf } from "../../graph/graph.ts"
import type { Trees } from "../../graph/trees.ts"
import type { Steps } from "../../sides/step-list.ts"
import { hasSteps } from "../../sides/step-of.ts"
import { nodesBetween, stepsBetween } from "../../sides/steps-between.ts"
import { joinEnsembles } from "./join-ensembles.ts"
import { linearEnds } from "./linear-ends.ts"

/** The trees of a model, between what clients do to rows and what they do to sums of leaves. */
export interface TreesPart {
  readonly before: Steps
  readonly trees: Trees
  readonly after: Steps
}

/** More sums of leaves are not sent to clients. */
const MOST_RESULTS = 256

/**
 * All ensembles of a model as one. What comes before them is computed by the client, who answers their questions; sums of
 * several are part of their leaves. Throws ProgramError, naming what stands in the way.
 */
export const treesPart = (graph: FloatGraph): TreesPart => {
  const nodes = graph.nodes.filter((node): node is NodeOf<"trees"> => node.kind === "trees")
  const target = graph.outputs[0]!.node
  for (const { attributes } of nodes) {
    const { aggregate } = attributes.trees
    if (aggregate === "min" || aggregate === "max") {
      fail(
        "unsupported-model",
        `the trees are joined by their ${aggregate === "min" ? "least" : "largest"} leaf\n` +
          "sums and means of leaves are computed encrypted",
      )
    }
  }
  const starts = [...new Set(nodes.map(({ operands }) => operands[0]!))]
  const before = isRow(graph, starts) ? [] : stepsBetween(graph, graph.inputs, starts)
  const { ends, map } = linearEnds(graph, nodes, target)
  const after = stepsBetween(graph, ends, [target])
  if (before === undefined || after === undefined) {
    const inside =
      before === undefined ? nodesBetween(graph, graph.inputs, starts) : nodesBetween(graph, ends, [target])
    return fail("unsupported-model", refusalOf(before === undefined ? "before" : "after", inside))
  }
  const size = ends.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  if (size > MOST_RESULTS)
    fail(
      "too-large",
      `clients would join ${size} sums of leaves by other functions than sums, and ${MOST_RESULTS} are the most\n` +
        "use one ensemble: a forest, or gradient boosting",
    )
  return { before, trees: joinEnsembles(nodes, starts, map), after }
}

const isRow = ({ inputs }: FloatGraph, starts: readonly FloatNode[]): boolean =>
  starts.length === inputs.length && starts.every((start, i) => start === inputs[i])

const refusalOf = (where: "before" | "after", inside: readonly FloatNode[]): string => {
  if (where === "after" && inside.some(({ kind }) => kind === "input")) {
    const others = inside.filter(
      (node) => node.kind === "dense" || node.kind === "conv" || node.kind === "neighbours",
    )
    const [first] = others
    return (
      `the model joins its trees with ${first === undefined ? "something else" : KINDS[first.kind]} of the same row, as voting and stacking do\n` +
      "join trees with trees and linear models with linear models, or quantize each by itself and join their scores"
    )
  }
  const odd = inside.filter((node) => !hasSteps(node) && node.kind !== "constant")
  const kinds = [...new Set(odd.map(({ kind }) => (kind === "trees" ? "other trees" : kind)))]
  const first = odd.find(({ name }) => name !== "")
  return (
    `what the model does ${where} its trees is more than clients compute: ` +
    `${kinds.join(", ")}${first ? ` ("${first.name}")` : ""}\n` +
    "quantize the trees as a model of their own, and what stands " +
    `${where === "before" ? "before" : "after"} them as another`
  )
}

const KINDS: Readonly<Record<string, string>> = {
  dense: "a linear model",
  conv: "a convolution",
  neighbours: "nearest neighbours",
}
