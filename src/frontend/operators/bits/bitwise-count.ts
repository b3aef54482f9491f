import { width } from "../../../ir/index.ts"
import { integersOf } from "../../core/operands.ts"
import { indices } from "../../core/static-positions.ts"
import { unary } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { abs } from "../order/choice.ts"
import { sum } from "../reductions/sum-and-matmul.ts"
import { stack } from "../shape/join.ts"
import { map } from "../tables/lookup.ts"
import { MOST_POINTS } from "../tables/table-entry.ts"
import { bits } from "./bit-slices.ts"

/** Elementwise number of ones among the bits of the magnitude: one table, or one of each bit of a wide value. */
export const bitwiseCount = operator("bitwiseCount", unary, (x): Tensor => {
  const [a] = integersOf("bitwiseCount", x)
  if (width(a.node.type) <= MOST_POINTS) {
    return map(a, (value) => [...Math.abs(value).toString(2)].filter((digit) => digit === "1").length)
  }
  const [size] = integersOf("bitwiseCount", abs(a))
  const count = size.node.type.hi.toString(2).length
  return sum(
    stack(
      indices(count).map((i) => bits(size, i)),
      { axis: -1 },
    ),
    { axis: -1 },
  )
})
