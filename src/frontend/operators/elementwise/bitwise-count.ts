import { width } from "../../../ir/index.ts"
import { bits } from "../../bit-fields.ts"
import { abs } from "../../choice.ts"
import { sum } from "../../contraction.ts"
import { MOST_POINTS } from "../../entries.ts"
import { stack } from "../../join.ts"
import { integersOf } from "../../operands.ts"
import { unary } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { indices } from "../../pick.ts"
import { map } from "../../tables.ts"
import type { Tensor } from "../../tensor.ts"

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
