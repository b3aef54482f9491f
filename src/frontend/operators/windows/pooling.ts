import { printShape } from "../../../data/index.ts"
import { fail } from "../../core/fail.ts"
import { type IntTensor, integersOf, type TensorLike } from "../../core/operands.ts"
import { indices } from "../../core/static-positions.ts"
import { flag, integers } from "../../operator/argument.ts"
import { unary, x } from "../../operator/common.ts"
import { type Options, operator } from "../../operator/operator.ts"
import { named, required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { div } from "../elementwise/arithmetic.ts"
import { max } from "../order/extremes.ts"
import { mean } from "../reductions/mean-and-cumsum.ts"
import { sum } from "../reductions/sum-and-matmul.ts"
import {
  type PerAxis,
  perAxis,
  type WindowOptions,
  type Windows,
  windowOptions,
  windowsOf,
} from "./windows.ts"

const kernel = required("kernel", integers("a window"))

/** The largest element of each window of the last axes; each stride is the window unless given. */
const maxPool = (name: string, rank: number) =>
  operator(name, [x, kernel, ...windowOptions], (x, kernel, options): Tensor => {
    const [a] = integersOf(name, x)
    // What is no element is no larger than any.
    const windows = poolWindows(name, a, kernel, rank, options, a.node.type.lo)
    if (windows.real.some((counts) => counts.includes(0)))
      fail("wrong-shape", `${name}: a window lies in the padding alone`, a)
    return max(windows.elements, { axis: -1 })
  })

const averaged = [
  x,
  kernel,
  ...windowOptions,
  // Whether padding counts as elements that are 0; true unless given.
  named("countIncludePad", flag("countIncludePad")),
] as const

/** How windows lie, and whether padding counts as elements that are 0, which it does unless said. */
export type AvgPoolOptions = Options<typeof averaged>

/** The mean of each window of the last axes: an exact sum over a count, to be closed by a rounding. */
const avgPool = (name: string, rank: number) =>
  operator(name, averaged, (x, kernel, options): Tensor => {
    const [a] = integersOf(name, x)
    const { elements, real } = poolWindows(name, a, kernel, rank, options, 0)
    const total = sum(elements, { axis: -1 })
    if (options.countIncludePad ?? true) return div(total, elements.shape.at(-1)!)
    if (real.some((counts) => counts.includes(0)))
      fail("wrong-shape", `${name}: a window lies in the padding alone`, a)
    return div(total, products(real))
  })

const poolWindows = (
  name: string,
  a: Tensor,
  kernel: PerAxis,
  rank: number,
  options: WindowOptions,
  fill: TensorLike,
): Windows => {
  if (a.ndim < rank)
    fail("wrong-shape", `${name} of shape ${printShape(a.shape)}, which has no ${rank} spatial axes`, a)
  const sizes = perAxis("a window", kernel, rank)
  return windowsOf(name, a, sizes, { ...options, stride: options.stride ?? sizes }, fill)
}

type NestedNumbers = number | NestedNumbers[]

/** The products of one number from each list, as nested arrays. */
const products = ([first, ...rest]: readonly (readonly number[])[], factor = 1): NestedNumbers[] =>
  first!.map((count) => (rest.length === 0 ? factor * count : products(rest, factor * count)))

/** Largest elements of windows along the last axis: `maxPool1d(3, { stride, padding, dilation })`. */
export const maxPool1d = maxPool("maxPool1d", 1)

/** Largest elements of windows on the last two axes: `maxPool2d([2, 2], { stride, padding, dilation })`. */
export const maxPool2d = maxPool("maxPool2d", 2)

/** Largest elements of windows on the last three axes. */
export const maxPool3d = maxPool("maxPool3d", 3)

/** Means of windows along the last axis, real values to be closed by a rounding. */
export const avgPool1d = avgPool("avgPool1d", 1)

/** Means of windows on the last two axes, real values to be closed by a rounding: `x.avgPool2d([2, 2]).round()`. */
export const avgPool2d = avgPool("avgPool2d", 2)

/** Means of windows on the last three axes, real values to be closed by a rounding. */
export const avgPool3d = avgPool("avgPool3d", 3)

/** The largest element of each channel of shape [batch, channels, …spatial]; the spatial axes stay with extent 1. */
export const globalMaxPool = operator("globalMaxPool", unary, (x): Tensor => {
  const [a] = integersOf("globalMaxPool", x)
  return max(a, { axis: spatialAxes("globalMaxPool", a), keepDims: true })
})

/** The mean of each channel of shape [batch, channels, …spatial], to be closed by a rounding; the axes stay with extent 1. */
export const globalAvgPool = operator("globalAvgPool", unary, (x): Tensor => {
  const [a] = integersOf("globalAvgPool", x)
  return mean(a, { axis: spatialAxes("globalAvgPool", a), keepDims: true })
})

const spatialAxes = (name: string, a: IntTensor): number[] =>
  a.ndim < 3
    ? fail(
        "wrong-shape",
        `${name} of shape ${printShape(a.shape)}, but axes [batch, channels, …spatial] were needed`,
        a,
      )
    : indices(a.ndim).slice(2)
