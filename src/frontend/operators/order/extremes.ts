import { printShape } from "../../../data/index.ts"
import { fail } from "../../core/fail.ts"
import { type IntTensor, integersOf } from "../../core/operands.ts"
import { proved } from "../../core/prove.ts"
import { indices, pickAlong } from "../../core/static-positions.ts"
import { lineReduction, reduction } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { add, neg, sub } from "../elementwise/arithmetic.ts"
import { eq, gt, lt } from "../elementwise/comparison.ts"
import { lengthOf, reduceLines } from "../reductions/last-axis.ts"
import { matmul, sum } from "../reductions/sum-and-matmul.ts"
import { zerosLike } from "../shape/filled-like.ts"
import { reshape } from "../shape/reshape.ts"
import { maximum } from "./choice.ts"
import { chosen, firstLargest, MOST_COMPARED } from "./pairwise-comparisons.ts"

/**
 * Largest element over some or all axes. Up to 16 elements are compared pair by pair at the same time, which takes one
 * table of differences, one of as many entries as there are elements, and one product; more of them in rounds.
 * Throws ProgramError when there are no elements.
 */
export const max = operator("max", reduction, (x, options): Tensor => {
  const [a] = integersOf("max", x)
  return reduceLines(a, options, (lines) => champion("max", lines).value())
})

/** Smallest element over some or all axes, at the cost of `max`. Throws ProgramError when there are no elements. */
export const min = operator("min", reduction, (x, options): Tensor => {
  const [a] = integersOf("min", x)
  return neg(reduceLines(neg(a), options, (lines) => champion("min", lines).value()))
})

/** Largest minus smallest element over some or all axes. */
export const ptp = operator("ptp", reduction, (x, options): Tensor => {
  const [a] = integersOf("ptp", x)
  const { lo, hi } = a.node.type
  return proved("ptp", sub(max(a, options), min(a, options)), 0n, hi - lo)
})

/** Where the largest element is, the first of several, as a number from 0, at the cost of `max` without its product. */
export const argmax = operator("argmax", lineReduction, (x, options): Tensor => {
  const [a] = integersOf("argmax", x)
  return reduceLines(a, options, (lines) => champion("argmax", lines).index())
})

/** Where the smallest element is, the first of several. */
export const argmin = operator("argmin", lineReduction, (x, options): Tensor => {
  const [a] = integersOf("argmin", x)
  return reduceLines(neg(a), options, (lines) => champion("argmin", lines).index())
})

/** The largest element on the last axis and its place; each is made when it is asked for. */
interface Champion {
  readonly value: () => Tensor
  readonly index: () => Tensor
}

const champion = (name: string, lines: Tensor): Champion => {
  const count = lengthOf(lines)
  const outer = lines.shape.slice(0, -1)
  if (count === 0)
    fail(
      "wrong-shape",
      `${name} of shape ${printShape(lines.shape)}: there are no elements to compare`,
      lines,
    )
  if (count === 1) {
    const only = reshape(lines, outer)
    return { value: () => only, index: () => zerosLike(only) }
  }
  if (count > MOST_COMPARED) return inRounds(name, lines)
  const last = lines.ndim - 1
  const at = (place: number): Tensor => reshape(pickAlong(lines, last, [place]), outer)
  const { lo, hi } = (lines as IntTensor).node.type
  const isBit = lo >= 0n && hi <= 1n
  let known: Tensor | undefined
  const first = (): Tensor => {
    known ??= firstLargest(lines)
    return known
  }
  return {
    value: () => {
      if (isBit) return gt(sum(lines, { axis: -1 }), 0)
      return count === 2 ? maximum(at(0), at(1)) : chosen(first(), lines, "max")
    },
    index: () =>
      count === 2
        ? lt(at(0), at(1))
        : proved("argmax", matmul(first(), indices(count)), 0n, BigInt(count - 1)),
  }
}

/** The champion of the champions of groups. */
const inRounds = (name: string, lines: Tensor): Champion => {
  const count = lengthOf(lines)
  const groups = Math.ceil(count / MOST_COMPARED)
  const size = Math.ceil(count / groups)
  // The last element once more changes neither the largest nor where it is first.
  const filled = pickAlong(
    lines,
    lines.ndim - 1,
    indices(groups * size).map((i) => Math.min(i, count - 1)),
  )
  const inner = champion(name, reshape(filled, [...lines.shape.slice(0, -1), groups, size]))
  const outer = champion(name, inner.value())
  return {
    value: outer.value,
    index: () => {
      const starts = indices(groups).map((group) => group * size)
      const group = eq(outer.index().expandDims(-1), indices(groups))
      return chosen(group, add(inner.index(), starts), "argmax")
    },
  }
}
