import { printShape } from "../../../data/index.ts"
import { axesOf } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { make } from "../../core/make.ts"
import { integersOf } from "../../core/operands.ts"
import { binary, reduction } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { mul } from "../elementwise/arithmetic.ts"
import { moveAxis } from "../shape/rearrange.ts"
import { reshape } from "../shape/reshape.ts"

/** Sum over some or all axes. */
export const sum = operator("sum", reduction, (x, { axis, keepDims = false }): Tensor => {
  const [a] = integersOf("sum", x)
  const axes = axesOf(axis, a.ndim)
  const total = make("sum", [a], { axes })
  if (!keepDims) return total
  return make("reshape", [total], { shape: a.shape.map((extent, i) => (axes.includes(i) ? 1 : extent)) })
})

/** Matrix product by numpy's rules for vectors, matrices and stacks of matrices. */
export const matmul = operator(
  "matmul",
  binary,
  (a, b): Tensor => make("matmul", integersOf("matmul", a, b), {}),
)

/** Sum over the last axis of the first and the second-to-last (or only) axis of the second, for all combinations of the others. */
export const dot = operator("dot", binary, (a, b): Tensor => {
  const [x, y] = integersOf("dot", a, b)
  if (x.ndim === 0 || y.ndim === 0) return mul(x, y)
  return y.ndim <= 2 ? combined("dot", x, y) : combined("dot", x, moveAxis(y, -2, 0))
})

/** Sum over the last axes of both, for all combinations of the others. */
export const inner = operator("inner", binary, (a, b): Tensor => {
  const [x, y] = integersOf("inner", a, b)
  if (x.ndim === 0 || y.ndim === 0) return mul(x, y)
  return combined("inner", x, moveAxis(y, -1, 0))
})

/** Products of all pairs of elements, those of the first down the rows. */
export const outer = operator("outer", binary, (a, b): Tensor => {
  const [x, y] = integersOf("outer", a, b)
  return mul(reshape(x, [x.size, 1]), reshape(y, [1, y.size]))
})

/** Sum of the products of all elements, in row-major order. Throws ProgramError when the sizes differ. */
export const vdot = operator("vdot", binary, (a, b): Tensor => {
  const [x, y] = integersOf("vdot", a, b)
  if (x.size !== y.size)
    fail(
      "wrong-shape",
      `vdot of shapes ${printShape(x.shape)} and ${printShape(y.shape)}: ${x.size} and ${y.size} elements`,
      y,
    )
  return combined("vdot", reshape(x, [x.size]), reshape(y, [y.size]))
})

/** The last axis of the first against the first of the second, as one product of matrices. */
const combined = (name: string, x: Tensor, y: Tensor): Tensor => {
  const [left, right] = [x.shape.slice(0, -1), y.shape.slice(1)]
  if (x.shape.at(-1) !== y.shape[0]) {
    fail(
      "wrong-shape",
      `${name} of shapes ${printShape(x.shape)} and ${printShape(y.shape)}: the summed extents are ${x.shape.at(-1)} and ${y.shape[0]}`,
      y,
    )
  }
  const matrix = (tensor: Tensor, rows: number, columns: number): Tensor => reshape(tensor, [rows, columns])
  const product = (shape: readonly number[]): number => shape.reduce((p, q) => p * q, 1)
  const n = x.shape.at(-1)!
  const result = make("matmul", [matrix(x, product(left), n), matrix(y, n, product(right))], {})
  return reshape(result, [...left, ...right])
}
