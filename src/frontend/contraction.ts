import { printShape } from "../data/index.ts"
import { mul } from "./arithmetic.ts"
import { type Axes, axesOf } from "./axes.ts"
import { fail } from "./fail.ts"
import { make } from "./make.ts"
import { integersOf, type TensorLike } from "./operands.ts"
import type { Tensor } from "./tensor.ts"

/** Which axes disappear, all unless given, and whether they stay with extent 1. */
export interface ReduceOptions {
  readonly axis?: Axes | null
  readonly keepDims?: boolean
}

/** Sum over some or all axes. */
export const sum = (x: TensorLike, { axis, keepDims = false }: ReduceOptions = {}): Tensor => {
  const [a] = integersOf("sum", x)
  const axes = axesOf(axis, a.ndim)
  const total = make("sum", [a], { axes })
  if (!keepDims) return total
  return make("reshape", [total], { shape: a.shape.map((extent, i) => (axes.includes(i) ? 1 : extent)) })
}

/** Matrix product by numpy's rules for vectors, matrices and stacks of matrices. */
export const matmul = (a: TensorLike, b: TensorLike): Tensor => make("matmul", integersOf("matmul", a, b), {})

/** Inner product of vectors, product of matrices, scaling by a scalar; numpy's rule for up to two axes. */
export const dot = (a: TensorLike, b: TensorLike): Tensor => {
  const [x, y] = integersOf("dot", a, b)
  if (x.ndim === 0 || y.ndim === 0) return mul(x, y)
  if (x.ndim > 2 || y.ndim > 2) {
    fail(
      `dot of shapes ${printShape(x.shape)} and ${printShape(y.shape)}, but at most 2 axes are supported\nuse matmul`,
    )
  }
  return make("matmul", [x, y], {})
}
