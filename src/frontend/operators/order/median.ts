import { fail } from "../../core/fail.ts"
import { integersOf } from "../../core/operands.ts"
import { pickAlong } from "../../core/static-positions.ts"
import { reduction } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { add, div } from "../elementwise/arithmetic.ts"
import { lengthOf, reduceLines } from "../reductions/last-axis.ts"
import { reshape } from "../shape/reshape.ts"
import { sort } from "./sort.ts"

/**
 * The element in the middle of those of some or all axes in order, at the cost of `sort`; of an even number of them the
 * mean of the two in the middle, a real value to be closed by a rounding. Throws ProgramError when there are no elements.
 */
export const median = operator("median", reduction, (x, options): Tensor => {
  const [a] = integersOf("median", x)
  return reduceLines(a, options, (lines) => {
    const count = lengthOf(lines)
    if (count === 0) fail("wrong-shape", "median of no elements", a)
    const ordered = sort(lines)
    const at = (place: number): Tensor =>
      reshape(pickAlong(ordered, ordered.ndim - 1, [place]), lines.shape.slice(0, -1))
    const middle = Math.floor(count / 2)
    return count % 2 === 1 ? at(middle) : div(add(at(middle - 1), at(middle)), 2)
  })
})
