import type { Values } from "../../data/index.ts"
import { isNarrowField, powerOfTwoFrom, type Slots } from "../arithmetic/slots.ts"

/**
 * How vectors lie in the `n` slots of a ciphertext. A ring has `ring` elements (a power of two up to n/2); element e
 * of lane l sits in row `l / S` at slot `e * S + l % S` of that row, with S = (n/2) / ring. Each of the `lanes` holds one
 * sample, and rotating by `S * r` rotates every lane's ring by r. A vector of length d takes `ceil(d / ring)` pieces.
 *
 * A ring of n elements is both rows together, for one sample whose vectors have one piece of at most n/2 elements:
 * element e sits at slot e, rotations rotate each half of the ring by itself, and the rotation by n/2 exchanges the halves.
 */
export interface Layout {
  readonly n: number
  readonly ring: number
}

/**
 * How one vector lies in its pieces. With one piece, element e of the vector repeats at every ring element
 * congruent to e mod `period` (a power of two, length <= period <= ring). With several pieces the period is the ring.
 * Ring elements beyond the vector's length hold anything.
 */
export interface Placement {
  readonly length: number
  readonly period: number
  /**
   * For an input that one matrix of up to so many rows (a power of two) takes: its copies are turned against each other,
   * ring element e holding element `e mod block + turnOf * floor(e / block)` modulo the period. Each block of ring
   * elements then meets diagonals of its own, and so many fewer rotations are needed before the products.
   */
  readonly block?: number
}

export const lanesOf = ({ n, ring }: Layout): number => n / ring
/** Ring elements that rotations rotate together: all, or each half of a ring of n. */
export const cycleOf = ({ n, ring }: Layout): number => Math.min(ring, n / 2)
export const strideOf = (layout: Layout): number => layout.n / 2 / cycleOf(layout)
export const piecesOf = ({ ring }: Layout, length: number): number => Math.max(1, Math.ceil(length / ring))

/** The placement of a fresh vector: repeated as often as its ring has room. */
export const placementOf = (layout: Layout, length: number): Placement => ({
  length,
  period: Math.min(layout.ring, powerOfTwoFrom(length)),
})

/** The placement of a fresh vector that one matrix of `rows` rows takes, spread over the ring; null without the room. */
export const spreadPlacementOf = (layout: Layout, length: number, rows: number): Placement | null => {
  const placement = placementOf(layout, length)
  const block = powerOfTwoFrom(rows)
  const hasRoom = Math.max(placement.period, block) < layout.ring && length <= placement.period
  return hasRoom && Math.min(placement.period, block) > 1 ? { ...placement, block } : null
}

/** Elements by which each block of a spread vector is turned against the one before: its share of the diagonals. */
export const turnOf = ({ ring }: Layout, period: number, block: number): number =>
  Math.max(1, (period * block) / ring)

export const slotOf = (layout: Layout, element: number, lane: number): number => {
  const stride = strideOf(layout)
  return Math.floor(lane / stride) * (layout.n / 2) + element * stride + (lane % stride)
}

/** The ring elements of one piece, as vector indices; -1 where no element of the vector lies. */
export const ringIndices = (
  layout: Layout,
  { length, period, block }: Placement,
  piece: number,
): Int32Array => {
  const indices = new Int32Array(layout.ring)
  for (let e = 0; e < layout.ring; e++) {
    const turned =
      block === undefined ? e : (e % block) + Math.floor(e / block) * turnOf(layout, period, block)
    const index = piece * layout.ring + (turned % period)
    indices[e] = index < length ? index : -1
  }
  return indices
}

/** One piece of a vector as slots mod t; lane l holds sample l, and lanes beyond the samples repeat the last one. */
export const toSlots = (
  layout: Layout,
  placement: Placement,
  piece: number,
  samples: readonly Values[],
  t: bigint,
): Slots => {
  const slots = isNarrowField(t) ? new Float64Array(layout.n) : new BigInt64Array(layout.n)
  const indices = ringIndices(layout, placement, piece)
  const lanes = lanesOf(layout)
  const residue = isNarrowField(t) ? numberResidue(Number(t)) : bigResidue(t)
  for (let lane = 0; lane < lanes; lane++) {
    const sample = samples[Math.min(lane, samples.length - 1)]!
    for (let e = 0; e < layout.ring; e++) {
      const index = indices[e]!
      if (index >= 0) slots[slotOf(layout, e, lane)] = residue(sample[index]!)
    }
  }
  return slots
}

const numberResidue = (t: number) => (value: number | bigint) => {
  const rest = typeof value === "bigint" ? Number(value % BigInt(t)) : value % t
  return rest < 0 ? rest + t : rest + 0
}
const bigResidue = (t: bigint) => (value: number | bigint) => {
  const rest = BigInt(value) % t
  return rest < 0n ? rest + t : rest
}

/** The vector in one lane, read back from the slots of all its pieces; values in `lo..lo + t - 1`. */
export const fromSlots = (
  layout: Layout,
  { length }: Placement,
  pieces: readonly Slots[],
  lane: number,
  lo: bigint,
  t: bigint,
): bigint[] =>
  Array.from({ length }, (_, i) => {
    const slots = pieces[Math.floor(i / layout.ring)]!
    const above = (BigInt(slots[slotOf(layout, i % layout.ring, lane)]!) - lo) % t
    return lo + (above < 0n ? above + t : above)
  })
