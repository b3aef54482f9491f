import { axesOf } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { type IntTensor, integersOf } from "../../core/operands.ts"
import { proved } from "../../core/prove.ts"
import { integer } from "../../operator/argument.ts"
import { reduction } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { named } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { div, mul, square, sub } from "../elementwise/arithmetic.ts"
import { sqrt } from "../elementwise/real-functions.ts"
import { sum } from "./sum-and-matmul.ts"

const parameters = [...reduction, named("ddof", integer("ddof"))] as const

/**
 * Mean square distance from the mean over some or all axes, a real value to be closed by a rounding: n times the sum of
 * the squares less the square of the sum, which is an exact integer, over n (n - ddof).
 */
const variance = operator("var", parameters, (x, { axis, keepDims = false, ddof = 0 }): Tensor => {
  const [a] = integersOf("var", x)
  const count = axesOf(axis, a.ndim).reduce((n, i) => n * a.shape[i]!, 1)
  if (count === 0) fail("wrong-shape", "var of no elements", a)
  if (count <= ddof)
    fail(
      "wrong-argument",
      `var of ${count} elements with ddof ${ddof}: there must be more elements than that`,
      a,
    )
  return div(spread(a, count, { axis, keepDims }), count * (count - ddof))
})

/** Standard deviation over some or all axes: the square root of `var`, a real value to be closed by a rounding. */
export const std = operator("std", parameters, (x, options): Tensor => sqrt(variance(x, options)))

// `var` is no name for a variable.
export { variance as var }

/** n sum(x^2) - sum(x)^2, at most n^2 (hi - lo)^2 / 4 (Popoviciu's inequality), of values moved so that they begin at 0. */
const spread = (
  a: IntTensor,
  count: number,
  options: { readonly axis: number | readonly number[] | null | undefined; readonly keepDims: boolean },
): Tensor => {
  const { lo, hi } = a.node.type
  const y = sub(a, lo)
  const most = (BigInt(count) ** 2n * (hi - lo) ** 2n) / 4n
  return proved("variance", sub(mul(sum(square(y), options), count), square(sum(y, options))), 0n, most)
}
