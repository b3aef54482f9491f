import { printShape } from "../../../data/index.ts"
import { axisOf } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { isConstant, operandsOf } from "../../core/operands.ts"
import { indices, pickAlong } from "../../core/static-positions.ts"
import { isTensor } from "../../core/tensor-base.ts"
import { axisOrNull, tensor } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { optional, required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { reshape } from "../shape/reshape.ts"

/**
 * The elements of an axis, or of all in row-major order, where a mask that is known while tracing is not 0. The function
 * takes numpy's order, too: the mask first.
 */
export const compress = operator(
  "compress",
  [x, required("condition", tensor), optional("axis", axisOrNull)],
  (x, condition, { axis = null }): Tensor => {
    const isMaskFirst = isTensor(condition) && (!isTensor(x) || (isConstant(x) && !isConstant(condition)))
    const [given, mask] = isMaskFirst ? operandsOf(condition, x) : operandsOf(x, condition)
    const a = axis === null ? reshape(given, [given.size]) : given
    const along = axis === null ? 0 : axisOf(axis, a.ndim)
    if (!isConstant(mask)) {
      return fail(
        "data-dependent",
        "compress by a mask that is not known while tracing: how many elements it keeps is not either\n" +
          "choose with where, or multiply by the mask",
        mask,
      )
    }
    if (mask.ndim !== 1)
      fail("wrong-shape", `compress by a mask of shape ${printShape(mask.shape)}; a vector was needed`, mask)
    const { values } = mask.node.attrs.value
    const kept = indices(mask.size).filter((i) => Number(values[i]) !== 0)
    if ((kept.at(-1) ?? -1) >= a.shape[along]!)
      fail(
        "wrong-shape",
        `compress by a mask of ${mask.size} entries along an axis of ${a.shape[along]} elements`,
        a,
      )
    return pickAlong(a, along, kept)
  },
)
