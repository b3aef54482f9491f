import { axisOf, structural } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { operandsOf } from "../../core/operands.ts"
import { axis, integers } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { optional, required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { slice } from "./slice.ts"

/**
 * Parts of a tensor along an axis: so many of equal extent, or those that begin at these places besides the first.
 * Throws ProgramError when the axis does not part into so many.
 */
export const split = operator(
  "split",
  [x, required("parts", integers("a number of parts")), optional("axis", axis)],
  (x, parts, { axis = 0 }): Tensor[] => {
    const [a] = operandsOf(x)
    const along = axisOf(axis, a.ndim)
    const extent = a.shape[along]!
    const starts = typeof parts === "number" ? equalStarts(parts, extent) : parts
    const ends = [...starts, null]
    return [0, ...starts].map((start, i) =>
      slice(a, ...Array.from({ length: along }, () => null), [start, ends[i]]),
    )
  },
)

const equalStarts = (parts: number, extent: number): number[] => {
  if (structural("a number of parts", parts) < 1 || extent % parts !== 0)
    fail("wrong-shape", `split of ${extent} elements into ${parts} equal parts`)
  return Array.from({ length: parts - 1 }, (_, i) => ((i + 1) * extent) / parts)
}
