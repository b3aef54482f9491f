import type { IntTensor } from "../../core/operands.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { neg } from "../elementwise/arithmetic.ts"
import { eq, gt } from "../elementwise/comparison.ts"
import { sum } from "../reductions/sum-and-matmul.ts"
import { stack } from "../shape/join.ts"
import { chosen, firstLargest, MOST_COMPARED } from "./pairwise-comparisons.ts"

/** What a value made by `maximum` or `minimum` after the other is the extreme of: values, and extremes of 16 values each. */
export interface Chain {
  readonly by: Extreme
  readonly full: readonly IntTensor[]
  readonly open: readonly IntTensor[]
}

export type Extreme = "maximum" | "minimum"

/**
 * The extreme of a chain's values and one more, compared with each other at the same time as `max` does; undefined for the
 * first two values, which are compared as they are.
 */
export const longerChain = (by: Extreme, x: IntTensor, y: IntTensor): { chain: Chain; value?: Tensor } => {
  const known = x.builder.chains.get(x.node)
  const { full, open } = known?.by === by ? known : { full: [], open: [x] }
  const isFull = open.length === MOST_COMPARED
  const isOver = isFull && full.length + 2 > MOST_COMPARED
  const chain = isOver
    ? { by, full: [], open: [x, y] }
    : isFull
      ? { by, full: [...full, extremeOf(by, open)], open: [y] }
      : { by, full, open: [...open, y] }
  if (chain.full.length + chain.open.length < 3) return { chain }
  const last = chain.open.length === 1 ? chain.open[0]! : extremeOf(by, chain.open)
  return { chain, value: chain.full.length > 0 ? extremeOf(by, [...chain.full, last]) : last }
}

/** The extreme of two to 16 values of one shape. */
const extremeOf = (by: Extreme, values: readonly IntTensor[]): IntTensor => {
  const lines = stack(values, { axis: -1 }) as IntTensor
  const { lo, hi } = lines.node.type
  if (lo >= 0n && hi <= 1n) {
    const count = sum(lines, { axis: -1 })
    return (by === "maximum" ? gt(count, 0) : eq(count, values.length)) as IntTensor
  }
  if (by === "maximum") return chosen(firstLargest(lines), lines, "max") as IntTensor
  const negated = neg(lines)
  return neg(chosen(firstLargest(negated), negated, "max")) as IntTensor
}
