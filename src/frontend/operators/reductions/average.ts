import { printShape, sizeOf } from "../../../data/index.ts"
import { axesOf } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import {
  type IntTensor,
  integersOf,
  isConstant,
  isInt,
  operandsOf,
  type TensorLike,
} from "../../core/operands.ts"
import { tensorOrNull } from "../../operator/argument.ts"
import { reduction } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { optional } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { div, mul } from "../elementwise/arithmetic.ts"
import { reshape } from "../shape/reshape.ts"
import { mean } from "./mean-and-cumsum.ts"
import { sum } from "./sum-and-matmul.ts"

const [x, axis, keepDims] = reduction

/**
 * Mean over some or all axes in which each element counts as often as its weight says: a real value, to be closed by a
 * rounding. Weights have the shape of x, or the extents of the axes; those that are no integers must be multiples of 2^-20.
 */
export const average = operator(
  "average",
  [x, axis, optional("weights", tensorOrNull), keepDims],
  (x, { axis, weights, keepDims = false }): Tensor => {
    if (weights === undefined || weights === null) return mean(x, { axis, keepDims })
    const [given] = operandsOf(x, weights)
    const [a] = integersOf("average", given)
    const axes = axesOf(axis, a.ndim)
    const w = spread(scaled(weights, a), a, axis === undefined || axis === null ? undefined : axes)
    const options = { axis: axes, keepDims }
    return div(sum(mul(a, w), options), sum(mul(w, onesOf(a)), options))
  },
)

const onesOf = (a: Tensor): Tensor => reshape(operandsOf(new Int8Array(a.size).fill(1), a)[0], a.shape)

/** Integer weights in the same proportion: a common factor changes no mean. */
const scaled = (weights: TensorLike, a: IntTensor): IntTensor => {
  const [w] = operandsOf(weights, a)
  if (isInt(w)) return w
  const values = isConstant(w)
    ? Array.from(w.node.attrs.value.values as ArrayLike<number>, (value) => Number(value) * 2 ** 20)
    : [Number.NaN]
  if (!values.every(Number.isSafeInteger)) {
    return fail(
      "not-integer",
      "average with real weights that are no multiples of 2^-20\nonly their proportion counts: write integers, [1, 3] in place of [0.1, 0.3]",
      a,
    )
  }
  const least = values.reduce(divisor, 0)
  return integersOf(
    "average",
    reshape(
      operandsOf(
        values.map((v) => v / Math.max(1, least)),
        a,
      )[0],
      w.shape,
    ),
  )[0]
}

const divisor = (a: number, b: number): number => {
  let [p, q] = [Math.abs(a), Math.abs(b)]
  while (q !== 0) [p, q] = [q, p % q]
  return p
}

/** Weights in the shape of x; given for the axes only, they hold for all the others. */
const spread = (w: Tensor, a: Tensor, axes: readonly number[] | undefined): Tensor => {
  if (printShape(w.shape) === printShape(a.shape)) return w
  const wanted = axes?.map((axis) => a.shape[axis]!)
  if (wanted === undefined || printShape(wanted) !== printShape(w.shape)) {
    return fail(
      "wrong-shape",
      `average of shape ${printShape(a.shape)} with weights of shape ${printShape(w.shape)}\n` +
        `weights have the shape of x, or${axes === undefined ? " with an axis" : ""} the extents of the axes${wanted === undefined ? "" : `, ${printShape(wanted)}`}`,
      w,
    )
  }
  const thin = a.shape.map((extent, axis) => (axes!.includes(axis) ? extent : 1))
  return sizeOf(thin) === w.size ? reshape(w, thin) : w
}
