import { fail } from "../fail.ts"
import { checkShape } from "../graph/graph.ts"
import type { Split, Trees } from "../graph/trees.ts"
import { limited } from "./limits.ts"

/** One tree: its splits refer to each other by number from 0, and to its leaves as `~leaf`. */
export interface Tree {
  readonly root: number
  readonly splits: readonly Split[]
  /** A number for each leaf, or of a tree for all results so many for each leaf in turn. */
  readonly leaves: readonly number[]
  /** The result its leaves add to. */
  readonly target: number | "all"
}

const leavesIn = ({ leaves, target }: Tree, targets: number): number =>
  target === "all" ? leaves.length / targets : leaves.length

/** Boosted trees as one ensemble: a sum for each target. */
export const joinTrees = (
  trees: readonly Tree[],
  features: number,
  targets: number,
  base: ArrayLike<number>,
): Trees => {
  const leafCount = trees.reduce((sum, tree) => sum + leavesIn(tree, targets), 0)
  const splitCount = trees.reduce((sum, tree) => sum + tree.splits.length, 0)
  limited("treeNodes", leafCount + splitCount)
  checkShape([leafCount, targets])
  const leaves = new Float64Array(leafCount * targets)
  const splits: Split[] = []
  const roots: number[] = []
  let leaf = 0
  for (const tree of trees) {
    const { target } = tree
    const own = leavesIn(tree, targets)
    if (target !== "all" && !(target >= 0 && target < targets))
      fail("damaged-model", `a tree adds to result ${target} of ${targets}`)
    const [firstSplit, firstLeaf] = [splits.length, leaf]
    const move = (at: number): number => {
      if (!Number.isSafeInteger(at) || at >= tree.splits.length || ~at >= own) {
        return fail(
          "damaged-model",
          `a tree refers to ${at < 0 ? `leaf ${~at}` : `split ${at}`}, which does not exist`,
        )
      }
      return at >= 0 ? at + firstSplit : at - firstLeaf
    }
    roots.push(move(tree.root))
    for (const split of tree.splits) {
      splits.push({ ...split, whenTrue: move(split.whenTrue), whenFalse: move(split.whenFalse) })
    }
    if (target === "all") leaves.set(tree.leaves, leaf * targets)
    else
      tree.leaves.forEach((value, i) => {
        leaves[(leaf + i) * targets + target] = value
      })
    leaf += own
  }
  return { features, targets, roots, splits, leaves, aggregate: "sum", base: Float64Array.from(base) }
}
