import { sizeOf } from "../../../data/index.ts"
import type { FloatNode, NodeOf } from "../../graph/graph.ts"
import type { Trees } from "../../graph/trees.ts"
import type { AffineMap } from "../../sides/affine-map.ts"

/**
 * Several ensembles as one: their results one after the other, or a map of these. Features are those of all `starts`, joined.
 */
export const joinEnsembles = (
  nodes: readonly NodeOf<"trees">[],
  starts: readonly FloatNode[],
  map: AffineMap | undefined,
): Trees => {
  const [only] = nodes
  if (nodes.length === 1 && map === undefined) return only!.attributes.trees
  const features = starts.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  const width = nodes.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  const weights =
    map?.weights ??
    Array.from({ length: width }, (_, i) => Float64Array.from({ length: width }, (_, j) => Number(i === j)))
  const targets = weights.length
  const base = Float64Array.from({ length: targets }, (_, t) => map?.bias[t] ?? 0)
  const roots: number[] = []
  const splits: Trees["splits"][number][] = []
  const leaves: number[] = []
  let first = 0
  for (const { attributes, operands } of nodes) {
    const { trees } = attributes
    const start = starts
      .slice(0, starts.indexOf(operands[0]!))
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0)
    const [firstSplit, firstLeaf] = [splits.length, leaves.length / targets]
    const move = (at: number): number => (at >= 0 ? at + firstSplit : at - firstLeaf)
    const share = trees.aggregate === "mean" ? 1 / trees.roots.length : 1
    const worth = (values: ArrayLike<number>, from: number, t: number, factor: number): number => {
      let sum = 0
      for (let k = 0; k < trees.targets; k++) sum += weights[t]![first + k]! * values[from + k]! * factor
      return sum
    }
    roots.push(...trees.roots.map(move))
    for (const split of trees.splits)
      splits.push({
        ...split,
        feature: split.feature + start,
        whenTrue: move(split.whenTrue),
        whenFalse: move(split.whenFalse),
      })
    for (let leaf = 0; leaf < trees.leaves.length; leaf += trees.targets)
      for (let t = 0; t < targets; t++) leaves.push(worth(trees.leaves, leaf, t, share))
    for (let t = 0; t < targets; t++) base[t]! += worth(trees.base, 0, t, 1)
    first += trees.targets
  }
  return {
    features,
    targets,
    roots,
    splits,
    leaves: Float64Array.from(leaves),
    aggregate: "sum",
    base,
  }
}
