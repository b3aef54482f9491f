import { type Cut, splitFinder } from "./best-split.ts"
import { type Binned, missingBin } from "./bins.ts"
import type { Ensemble } from "./ensemble.ts"
import type { Statistic } from "./statistic.ts"

/** How large a tree may become. */
export interface TreeLimits {
  readonly leaves: number
  readonly depth: number
  /** The rows that a leaf has at least. */
  readonly minLeaf: number
}

/** A leaf of the tree being grown: rows from..to of the order, and its best cut. */
interface Leaf {
  readonly from: number
  readonly to: number
  readonly depth: number
  readonly totals: Float64Array
  readonly cut: Cut | undefined
  /** Set when it is split, otherwise its results are. */
  children?: { readonly left: Leaf; readonly right: Leaf }
  results?: readonly number[]
}

/** A grown tree: the results of the leaf that a row of the binned samples reaches. */
export type GrownTree = (row: number) => readonly number[]

/**
 * Grows a tree on the rows, always at the leaf that gains most, and adds it to the ensemble; `rows` comes to be in another
 * order. `featuresOf` says which features a leaf may ask for.
 */
export const growTree = (
  ensemble: Ensemble,
  binned: Binned,
  rows: Int32Array,
  statistic: Statistic,
  limits: TreeLimits,
  featuresOf: () => Int32Array,
): GrownTree => {
  const find = splitFinder(binned, statistic, limits.minLeaf)
  const spare = new Int32Array(rows.length)
  const oneBin = new Uint8Array(binned.rows)
  const makeLeaf = (from: number, to: number, depth: number): Leaf => {
    const part = rows.subarray(from, to)
    const totals = new Float64Array(statistic.width)
    statistic.accumulate(totals, part, oneBin, 0)
    const isFinal = depth >= limits.depth || to - from < 2
    return { from, to, depth, totals, cut: isFinal ? undefined : find(part, totals, featuresOf()) }
  }

  const goesLeft = (row: number, cut: Cut): boolean => {
    const bin = binned.bins[cut.feature * binned.rows + row]!
    return bin === missingBin(binned.thresholds[cut.feature]!) ? cut.missing === "left" : bin <= cut.bin
  }

  /** Moves the rows that go left before those that go right, both in their order; where the latter begin. */
  const partition = ({ from, to }: Leaf, cut: Cut): number => {
    let [left, right] = [from, 0]
    for (let i = from; i < to; i++) {
      const row = rows[i]!
      if (goesLeft(row, cut)) rows[left++] = row
      else spare[right++] = row
    }
    rows.set(spare.subarray(0, right), left)
    return left
  }

  const root = makeLeaf(0, rows.length, 0)
  const open = [root]
  for (let count = 1; count < limits.leaves; count++) {
    let best = -1
    for (const [i, { cut }] of open.entries()) {
      if (cut !== undefined && !(cut.gain <= (open[best]?.cut?.gain ?? 0))) best = i
    }
    if (best < 0) break
    const leaf = open[best]!
    const middle = partition(leaf, leaf.cut!)
    const left = makeLeaf(leaf.from, middle, leaf.depth + 1)
    const right = makeLeaf(middle, leaf.to, leaf.depth + 1)
    leaf.children = { left, right }
    open.splice(best, 1, left, right)
  }

  const add = (leaf: Leaf): number => {
    const { cut, children } = leaf
    if (cut === undefined || children === undefined) {
      leaf.results = statistic.leaf(leaf.totals)
      return ensemble.addLeaf(leaf.results)
    }
    return ensemble.addSplit({
      feature: cut.feature,
      test: { is: "<=", threshold: binned.thresholds[cut.feature]![cut.bin]! },
      whenTrue: add(children.left),
      whenFalse: add(children.right),
      missing: cut.missing === "left" ? "true" : "false",
      zeroIsMissing: false,
    })
  }
  ensemble.addRoot(add(root))
  return (row) => {
    let leaf = root
    while (leaf.children !== undefined) {
      leaf = goesLeft(row, leaf.cut!) ? leaf.children.left : leaf.children.right
    }
    return leaf.results!
  }
}
