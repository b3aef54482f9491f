import { printShape } from "../data/index.ts"
import { type Axes, axesOf, axisOf, type ShapeLike, shapeFrom, shapeOfSize, without } from "./axes.ts"
import { fail } from "./fail.ts"
import { make } from "./make.ts"
import { operandsOf, type TensorLike } from "./operands.ts"
import type { Tensor } from "./tensor.ts"

/** The same elements in row-major order under another shape; one extent may be -1. */
export const reshape = (x: TensorLike, shape: ShapeLike): Tensor => {
  const [a] = operandsOf(x)
  return make("reshape", [a], { shape: shapeOfSize(shape, a.size) })
}

/** All elements as one vector. */
export const flatten = (x: TensorLike): Tensor => reshape(x, -1)

/** All elements as one vector. */
export const ravel = flatten

/** Axes in the given order, reversed unless given. */
export const transpose = (x: TensorLike, axes?: readonly number[]): Tensor => {
  const [a] = operandsOf(x)
  const order =
    axes === undefined ? a.shape.map((_, i) => a.ndim - 1 - i) : axes.map((axis) => axisOf(axis, a.ndim))
  return make("transpose", [a], { axes: order })
}

/** Drops axes of extent 1: all of them, or those given. */
export const squeeze = (x: TensorLike, { axis }: { readonly axis?: Axes } = {}): Tensor => {
  const [a] = operandsOf(x)
  const dropped =
    axis === undefined ? axesOf(null, a.ndim).filter((i) => a.shape[i] === 1) : axesOf(axis, a.ndim)
  for (const i of dropped) {
    if (a.shape[i] !== 1) {
      fail(`squeeze of axis ${i} of shape ${printShape(a.shape)}, whose extent is ${a.shape[i]} and not 1`, a)
    }
  }
  return make("reshape", [a], { shape: without(a.shape, dropped) })
}

/** New axes of extent 1, at these places of the result. */
export const expandDims = (x: TensorLike, axis: Axes): Tensor => {
  const [a] = operandsOf(x)
  const rank = a.ndim + (Array.isArray(axis) ? axis.length : 1)
  const added = axesOf(axis, rank)
  const old = [...a.shape]
  const shape = Array.from({ length: rank }, (_, i) => (added.includes(i) ? 1 : old.shift()!))
  return make("reshape", [a], { shape })
}

/** Repeats along axes of extent 1 and new leading axes. */
export const broadcastTo = (x: TensorLike, shape: ShapeLike): Tensor => {
  const [a] = operandsOf(x)
  return make("broadcast", [a], { shape: shapeFrom(shape) })
}
