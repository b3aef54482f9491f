import { printShape } from "../../../data/index.ts"
import { axesOf, axisOf } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { operandsOf } from "../../core/operands.ts"
import { axes, integer } from "../../operator/argument.ts"
import { unary, x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { optional } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { flip, swapAxes } from "./rearrange.ts"

/** The plane of two axes turned by 90 degrees `k` times, from the first axis toward the second: the first two unless given. */
export const rot90 = operator(
  "rot90",
  [x, optional("k", integer("a number of turns")), optional("axes", axes)],
  (x, { k = 1, axes = [0, 1] }): Tensor => {
    const [a] = operandsOf(x)
    const plane = (typeof axes === "number" ? [axes] : [...axes]).map((axis) => axisOf(axis, a.ndim))
    axesOf(plane, a.ndim)
    if (plane.length !== 2) fail("wrong-argument", `rot90 of ${plane.length} axes; two were needed`, a)
    const [first, second] = plane as [number, number]
    switch (((k % 4) + 4) % 4) {
      case 1:
        return swapAxes(flip(a, { axis: second }), first, second)
      case 2:
        return flip(a, { axis: plane })
      case 3:
        return flip(swapAxes(a, first, second), { axis: second })
      default:
        return a
    }
  },
)

const flipped = (name: string, axis: 0 | 1) =>
  operator(name, unary, (x): Tensor => {
    const [a] = operandsOf(x)
    if (a.ndim <= axis)
      fail("wrong-shape", `${name} of shape ${printShape(a.shape)}; at least ${axis + 1} axes were needed`, a)
    return flip(a, { axis })
  })

/** The order of the elements reversed along the second axis. */
export const fliplr = flipped("fliplr", 1)

/** The order of the elements reversed along the first axis. */
export const flipud = flipped("flipud", 0)
