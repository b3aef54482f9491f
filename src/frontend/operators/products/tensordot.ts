import { printGiven, printShape } from "../../../data/index.ts"
import { axisOf } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { integersOf } from "../../core/operands.ts"
import { indices } from "../../core/static-positions.ts"
import { argument } from "../../operator/argument.ts"
import { binary } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { optional } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { matmul } from "../reductions/sum-and-matmul.ts"
import { reshape, transpose } from "../shape/reshape.ts"

/** How many axes are summed, the last of the first and the first of the second; or which of each. */
type SummedAxes = number | readonly [number | readonly number[], number | readonly number[]]

const summedAxes = argument<SummedAxes>(
  "the axes",
  "a number of axes, or two lists of axes",
  (value) => typeof value === "number" || (Array.isArray(value) && value.length === 2),
)

/** Sum of products over some axes of both, for all combinations of the others. */
export const tensordot = operator(
  "tensordot",
  [...binary, optional("axes", summedAxes)],
  (a, b, { axes = 2 }): Tensor => {
    const [x, y] = integersOf("tensordot", a, b)
    const [left, right] = pairsOf(axes, x.ndim, y.ndim)
    if (left.length !== right.length)
      fail("wrong-shape", `tensordot over ${left.length} and ${right.length} axes`, y)
    left.forEach((axis, i) => {
      if (x.shape[axis] === y.shape[right[i]!]) return
      fail(
        "wrong-shape",
        `tensordot of shapes ${printShape(x.shape)} and ${printShape(y.shape)}: axis ${axis} of the first has ${x.shape[axis]} elements, axis ${right[i]} of the second ${y.shape[right[i]!]}`,
        y,
      )
    })
    const rows = indices(x.ndim).filter((axis) => !left.includes(axis))
    const columns = indices(y.ndim).filter((axis) => !right.includes(axis))
    const extents = (tensor: Tensor, axes: readonly number[]): number[] =>
      axes.map((axis) => tensor.shape[axis]!)
    const size = (tensor: Tensor, axes: readonly number[]): number =>
      extents(tensor, axes).reduce((p, q) => p * q, 1)
    const product = matmul(
      reshape(transpose(x, [...rows, ...left]), [size(x, rows), size(x, left)]),
      reshape(transpose(y, [...right, ...columns]), [size(y, right), size(y, columns)]),
    )
    return reshape(product, [...extents(x, rows), ...extents(y, columns)])
  },
)

const pairsOf = (axes: SummedAxes, first: number, second: number): [number[], number[]] => {
  if (typeof axes === "number") {
    if (!Number.isSafeInteger(axes) || axes < 0 || axes > Math.min(first, second))
      fail("wrong-shape", `tensordot over ${printGiven(axes)} axes of tensors of ${first} and ${second} axes`)
    return [indices(axes).map((i) => first - axes + i), indices(axes)]
  }
  const listed = (given: number | readonly number[], rank: number): number[] => {
    const list = (typeof given === "number" ? [given] : [...given]).map((axis) => axisOf(axis, rank))
    if (new Set(list).size < list.length)
      fail("wrong-shape", `tensordot names an axis twice: ${printShape(list)}`)
    return list
  }
  return [listed(axes[0], first), listed(axes[1], second)]
}
