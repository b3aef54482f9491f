import type { RowStep } from "../../../data/index.ts"
import type { Trees } from "../../graph/trees.ts"

/** What leaves are worth in integers, in limbs so small that sums over all trees stay in a short plaintext modulus. */
export interface IntegerLeaves {
  /** For each leaf: for each result in turn its limbs, the least first. */
  readonly values: readonly (readonly number[])[]
  /** Of a result, what one unit of the least limb is worth. */
  readonly step: number
  /** From sums of limbs to results, given the leaves that count where no other does. Results that are equal stay equal. */
  readonly decoding: (left: readonly number[]) => readonly RowStep[]
}

/** Bits of the largest leaf at least: most leaves in single precision are then exact, and so are ties of their sums. */
const LEAF_BITS = 27
/** Sums of limbs stay within so many bits. */
const SUM_BITS = 16

/** So far below the largest leaf, and below 1, nothing counts. */
const MOST_OCTAVES = 500

/** Leaves, rounded to one step, each relative to `origins` (one for each leaf: results that its tree is sure to give). */
export const quantizeLeaves = (trees: Trees, origins: readonly number[]): IntegerLeaves => {
  const { targets, leaves, roots } = trees
  const relative = origins.map((origin, leaf) =>
    Array.from({ length: targets }, (_, t) => leaves[leaf * targets + t]! - leaves[origin * targets + t]!),
  )
  const most = relative.flat().reduce((max, value) => Math.max(max, Math.abs(value)), 0)
  const limbBits = Math.max(SUM_BITS - 1 - Math.ceil(Math.log2(roots.length)), 2)
  const limbs = Math.ceil(LEAF_BITS / limbBits)
  // Trees of single leaves are constants, whose own bits count.
  const largest = leaves.reduce((max, value) => Math.max(max, Math.abs(value)), 0) || 1
  const lowest =
    most === 0 ? Math.ceil(Math.log2(largest)) - 52 : Math.ceil(Math.log2(most)) - limbs * limbBits + 1
  const step = 2 ** Math.max(lowest, Math.ceil(Math.log2(largest)) - MOST_OCTAVES, -MOST_OCTAVES)
  const base = 2 ** limbBits
  // Each leaf is rounded by itself, so that classes with equal shares have equal integers.
  const units = leaves.map((value) => Math.round(value / step))
  const values = origins.map((origin, leaf) =>
    Array.from(
      { length: targets },
      (_, t) => units[leaf * targets + t]! - units[origin * targets + t]!,
    ).flatMap((value) => limbsOf(value, limbs, base)),
  )
  const share = trees.aggregate === "mean" ? 1 / roots.length : 1
  const rows = Array.from({ length: targets }, (_, t) =>
    Array.from({ length: targets * limbs }, (_, i) =>
      Math.floor(i / limbs) === t ? step * base ** (i % limbs) : 0,
    ),
  )
  // Up to here all numbers are whole steps, and so exact.
  const decoding: IntegerLeaves["decoding"] = (left) => {
    const sums = Array.from({ length: targets }, (_, t) =>
      left.reduce((sum, leaf) => sum + units[leaf * targets + t]!, 0),
    )
    return [
      { kind: "matrix", rows, offset: sums.map((sum) => sum * step) },
      { kind: "affine", scale: [share], offset: Array.from(trees.base) },
    ]
  }
  return { values, step: step * share, decoding }
}

/** Balanced digits, so that sums of them grow to either side. */
const limbsOf = (value: number, count: number, base: number): number[] => {
  const limbs: number[] = []
  let rest = value
  for (let i = 0; i < count - 1; i++) {
    const low = rest - base * Math.round(rest / base)
    limbs.push(low)
    rest = (rest - low) / base
  }
  return [...limbs, rest]
}
