import { integersOf } from "../../core/operands.ts"
import { indices, pickAlong } from "../../core/static-positions.ts"
import { alongOne } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { mul } from "../elementwise/arithmetic.ts"
import { concat } from "../shape/join.ts"
import { alongAxis, lengthOf } from "./last-axis.ts"

/**
 * Products of all elements up to each, along an axis or, without one, through all in row-major order: log2 n levels for n
 * secrets (Hillis and Steele, "Data parallel algorithms", 1986).
 */
export const cumprod = operator("cumprod", alongOne, (x, { axis = null }): Tensor => {
  const [a] = integersOf("cumprod", x)
  return alongAxis(a, axis, (lines) => {
    const count = lengthOf(lines)
    const last = lines.ndim - 1
    let result = lines
    for (let reach = 1; reach < count; reach *= 2) {
      const part = (from: number, length: number): Tensor =>
        pickAlong(
          result,
          last,
          indices(length).map((i) => from + i),
        )
      const products = mul(part(reach, count - reach), part(0, count - reach))
      result = concat([part(0, reach), products], { axis: -1 })
    }
    return result
  })
})
