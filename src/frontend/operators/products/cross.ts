import { printShape } from "../../../data/index.ts"
import { axisOf } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { operandsOf } from "../../core/operands.ts"
import { pickAlong } from "../../core/static-positions.ts"
import { axis } from "../../operator/argument.ts"
import { binary } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { named, optional } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { mul, sub } from "../elementwise/arithmetic.ts"
import { stack } from "../shape/join.ts"
import { moveAxis } from "../shape/rearrange.ts"

const parameters = [
  ...binary,
  optional("axisa", axis),
  optional("axisb", axis),
  optional("axisc", axis),
  named("axis", axis),
] as const

/**
 * Cross product of vectors of 3 elements along an axis, the last unless given; `axisc` is that of the result. Vectors of 2
 * elements have 0 as their third; of two such vectors only the third element of the product is given.
 */
export const cross = operator(
  "cross",
  parameters,
  (a, b, { axisa = -1, axisb = -1, axisc = -1, axis }): Tensor => {
    const [x, y] = operandsOf(a, b)
    const [p, q] = [vectors(x, axis ?? axisa), vectors(y, axis ?? axisb)]
    const minus = (i: number, j: number): Tensor => sub(mul(p.at(i), q.at(j)), mul(p.at(j), q.at(i)))
    if (p.count === 2 && q.count === 2) return minus(0, 1)
    const parts = [minus(1, 2), minus(2, 0), minus(0, 1)]
    return moveAxis(stack(parts, { axis: -1 }), -1, axisOf(axis ?? axisc, parts[0]!.ndim + 1))
  },
)

/** The elements of the vectors along an axis, each as a tensor of the other axes. */
const vectors = (tensor: Tensor, along: number): { count: number; at: (place: number) => Tensor } => {
  const last = moveAxis(tensor, axisOf(along, tensor.ndim), -1)
  const count = last.shape.at(-1)!
  if (count !== 2 && count !== 3)
    fail(
      "wrong-shape",
      `cross of shape ${printShape(tensor.shape)}: an axis of 2 or 3 elements was needed, not of ${count}`,
      tensor,
    )
  const at = (place: number): Tensor => {
    const element = pickAlong(last, last.ndim - 1, [Math.min(place, count - 1)]).reshape(
      last.shape.slice(0, -1),
    )
    return place < count ? element : mul(element, 0)
  }
  return { count, at }
}
