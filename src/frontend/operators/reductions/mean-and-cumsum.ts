import { axesOf } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { integersOf, operandsOf } from "../../core/operands.ts"
import { indices, pickAlong } from "../../core/static-positions.ts"
import { axis, integer } from "../../operator/argument.ts"
import { alongOne, reduction, x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { optional } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { div, sub } from "../elementwise/arithmetic.ts"
import { ne } from "../elementwise/comparison.ts"
import { alongAxis, lengthOf } from "./last-axis.ts"
import { matmul, sum } from "./sum-and-matmul.ts"

/** Mean over some or all axes: the exact sum over their count, a real value to be closed by a rounding. */
export const mean = operator("mean", reduction, (x, options): Tensor => {
  const [a] = integersOf("mean", x)
  const count = axesOf(options.axis, a.ndim).reduce((n, axis) => n * a.shape[axis]!, 1)
  if (count === 0) fail("wrong-shape", "mean of no elements", a)
  return div(sum(a, options), count)
})

/** How many elements are not 0, over some or all axes. */
export const countNonzero = operator(
  "countNonzero",
  reduction,
  (x, options): Tensor => sum(ne(x, 0), options),
)

/** Sums of all elements up to each, along an axis or, without one, through all in row-major order. */
export const cumsum = operator("cumsum", alongOne, (x, { axis = null }): Tensor => {
  const [a] = integersOf("cumsum", x)
  return alongAxis(a, axis, (lines) => {
    const count = lengthOf(lines)
    const upTo = indices(count).map((i) => indices(count).map((j) => Number(i <= j)))
    return count === 0 ? lines : matmul(lines, upTo)
  })
})

/** Differences of neighbours along an axis, `n` times over. */
export const diff = operator(
  "diff",
  [x, optional("n", integer("a number of times")), optional("axis", axis)],
  (x, { n = 1, axis = -1 }): Tensor => {
    const [a] = operandsOf(x)
    if (n < 0) fail("wrong-argument", `diff ${n} times; a number from 0 was needed`)
    let result = a
    for (let i = 0; i < n; i++) {
      result = alongAxis(result, axis, (lines) => {
        const pairs = indices(Math.max(0, lengthOf(lines) - 1))
        const last = lines.ndim - 1
        return sub(
          pickAlong(
            lines,
            last,
            pairs.map((i) => i + 1),
          ),
          pickAlong(lines, last, pairs),
        )
      })
    }
    return result
  },
)
