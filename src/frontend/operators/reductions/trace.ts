import { axis, integer } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { optional } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { diagonal } from "../shape/diagonal.ts"
import { sum } from "./sum-and-matmul.ts"

const ofAxes = [
  x,
  optional("offset", integer("an offset")),
  optional("axis1", axis),
  optional("axis2", axis),
] as const

/** Sum of the elements with equal indices on two axes, the first two unless given; `offset` as in `diagonal`. */
export const trace = operator(
  "trace",
  ofAxes,
  (x, options): Tensor => sum(diagonal(x, options), { axis: -1 }),
)
