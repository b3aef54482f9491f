import type { FloatGraph } from "../../graph/graph.ts"
import { type AffineMap, affineMap } from "../../sides/affine-map.ts"
import { isLinear } from "../../sides/linear-kinds.ts"
import { type Sides, splitGraph } from "../../sides/split-graph.ts"
import type { Steps } from "../../sides/step-list.ts"
import { quadraticPart } from "./quadratic-part.ts"

/** A model as a matrix and a constant, between what clients do to rows and what they do to scores. */
export interface AffinePart extends AffineMap {
  readonly before: Steps
  readonly after: Steps
}

/**
 * The model as one affine map of what clients make of a row, squares and products of columns included; undefined for a model
 * that is more than that.
 */
export const affinePart = (graph: FloatGraph, sides: Sides = splitGraph(graph)): AffinePart | undefined => {
  if (!sides.inside.every((node) => node.kind === "constant" || isLinear(node)))
    return quadraticPart(graph, sides)
  const { before, after, entries, inside, ends } = sides
  return { before, after, ...affineMap(entries, inside, ends) }
}
