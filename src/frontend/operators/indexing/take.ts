import { axisOf } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { operandsOf, type TensorLike } from "../../core/operands.ts"
import { isTensor } from "../../core/tensor-base.ts"
import { axisOrNull, index } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { optional, required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { reshape } from "../shape/reshape.ts"
import { isBooleans } from "./booleans.ts"
import { takeAlong } from "./take-along.ts"

/**
 * The elements of an axis at these indices, or of all elements in row-major order without one; the axes of the indices
 * take the place of that axis. Indices may be arrays; clear tensors, which are checked when the program runs; and
 * encrypted ones, which must be proved to lie inside and read by equality: one table of as many entries as the axis
 * has, and one product unless x is clear.
 */
export const take = operator(
  "take",
  [x, required("indices", index<TensorLike>("an index")), optional("axis", axisOrNull)],
  (x, indices, { axis }): Tensor => {
    if (isBooleans(indices) || (isTensor(indices) && indices.isMask)) {
      return fail(
        "wrong-argument",
        "take by booleans, which numpy's take reads as the indices 0 and 1\n" +
          "to select by a mask write x.at(mask), or x.compress(mask, axis); to read places write integers",
      )
    }
    const [given, index] = operandsOf(x, indices)
    const isFlat = axis === undefined || axis === null
    const a = isFlat ? reshape(given, [given.size]) : given
    return takeAlong(a, index, isFlat ? 0 : axisOf(axis, a.ndim))
  },
)
