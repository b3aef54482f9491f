import { fail } from "./fail.ts"
import { checkShape } from "./graph/graph.ts"
import type { Split, Trees } from "./graph/trees.ts"
import { limited } from "./limits.ts"

/** One tree: its splits refer to each other by number from 0, and to its leaves as `~leaf`. */
export interface Tree {
  readonly root: number
  readonly splits: readonly Split[]
  readonly leaves: readonly number[]
  /** The result its leaves add to. */
  readonly target: number
}

/** Boosted trees as one ensemble: a sum for each target. */
export const joinTrees = (
  trees: readonly Tree[],
  features: number,
  targets: number,
  base: ArrayLike<number>,
): Trees => {
  const leafCount = trees.reduce((sum, tree) => sum + tree.leaves.length, 0)
  const splitCount = trees.reduce((sum, tree) => sum + tree.splits.length, 0)
  limited("treeNodes", leafCount + splitCount)
  checkShape([leafCount, targets])
  const leaves = new Float64Array(leafCount * targets)
  const splits: Split[] = []
  const roots: number[] = []
  let leaf = 0
  for (const tree of trees) {
    if (!(tree.target >= 0 && tree.target < targets))
      fail(`a tree adds to result ${tree.target} of ${targets}`)
    const [firstSplit, firstLeaf] = [splits.length, leaf]
    const move = (at: number): number => {
      if (!Number.isSafeInteger(at) || at >= tree.splits.length || ~at >= tree.leaves.length) {
        return fail(`a tree refers to ${at < 0 ? `leaf ${~at}` : `split ${at}`}, which does not exist`)
      }
      return at >= 0 ? at + firstSplit : at - firstLeaf
    }
    roots.push(move(tree.root))
    for (const split of tree.splits) {
      splits.push({ ...split, whenTrue: move(split.whenTrue), whenFalse: move(split.whenFalse) })
    }
    for (const value of tree.leaves) leaves[leaf++ * targets + tree.target] = value
  }
  return { features, targets, roots, splits, leaves, aggregate: "sum", base: Float64Array.from(base) }
}
