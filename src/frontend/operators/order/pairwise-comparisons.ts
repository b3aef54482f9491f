import type { IntTensor } from "../../core/operands.ts"
import { proved } from "../../core/prove.ts"
import { indices, pickAlong } from "../../core/static-positions.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { add, mul } from "../elementwise/arithmetic.ts"
import { eq, ge } from "../elementwise/comparison.ts"
import { lengthOf } from "../reductions/last-axis.ts"
import { matmul, sum } from "../reductions/sum-and-matmul.ts"

/** The most elements that are all compared with each other: so many pairs of them are looked up at a time. */
export const MOST_COMPARED = 16

/**
 * Every pair i < j of elements on the last axis compared once. `losses` of element k, the comparisons that go against
 * it, are `wins` times `toLosses` plus `constants`.
 */
export const duels = (
  lines: Tensor,
  compare: (a: Tensor, b: Tensor) => Tensor,
): { wins: Tensor; toLosses: number[][]; constants: number[] } => {
  const count = lengthOf(lines)
  const pairs = indices(count).flatMap((i) => indices(count - i - 1).map((k) => [i, i + 1 + k] as const))
  const side = (which: 0 | 1): Tensor =>
    pickAlong(
      lines,
      lines.ndim - 1,
      pairs.map((pair) => pair[which]),
    )
  return {
    wins: compare(side(0), side(1)),
    toLosses: pairs.map(([i, j]) => indices(count).map((k) => (k === j ? 1 : k === i ? -1 : 0))),
    constants: indices(count).map((i) => count - 1 - i),
  }
}

/** The element on the last axis where `mask`, which holds a single 1, has it. */
export const chosen = (mask: Tensor, values: Tensor, by: string): Tensor => {
  const { lo, hi } = (values as IntTensor).node.type
  return proved(by, sum(mul(mask, values), { axis: -1 }), lo, hi)
}

/** 1 at the first of the largest elements on the last axis and 0 elsewhere: the one that loses to no other. */
export const firstLargest = (lines: Tensor): Tensor => {
  const { wins, toLosses, constants } = duels(lines, ge)
  return eq(add(matmul(wins, toLosses), constants), 0)
}
