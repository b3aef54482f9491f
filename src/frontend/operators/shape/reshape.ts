import { printShape } from "../../../data/index.ts"
import { type Axes, axesOf, axisOf, shapeFrom, shapeOfSize, without } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { make } from "../../core/make.ts"
import { operandsOf } from "../../core/operands.ts"
import { axes, axesOrNull, shape } from "../../operator/argument.ts"
import { unary, x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { optional, required, rest } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"

/** The same elements in row-major order under another shape; one extent may be -1. */
export const reshape = operator("reshape", [x, rest("shape", shape)], (x, ...shape): Tensor => {
  const [a] = operandsOf(x)
  return make("reshape", [a], { shape: shapeOfSize(oneList("reshape", shape) ?? missing("shape"), a.size) })
})

/** What was given as one list or, as numpy's methods allow, as its entries. */
const oneList = (name: string, given: readonly (Axes | null)[]): Axes | undefined => {
  if (given.length < 2) return given[0] ?? undefined
  return given.every((entry) => typeof entry === "number")
    ? given
    : fail("wrong-argument", `${name} of several lists\ngive one list: x.${name}([1, 0])`)
}

const missing = (what: string): never =>
  fail("wrong-argument", `${what} of reshape is missing\nwrite x.reshape([2, 2])`)

/** All elements as one vector. */
export const flatten = operator("flatten", unary, (x): Tensor => reshape(x, -1))

/** All elements as one vector. */
export const ravel = flatten

/** Axes in the given order, reversed unless given. */
export const transpose = operator("transpose", [x, rest("axes", axesOrNull)], (x, ...given): Tensor => {
  const [a] = operandsOf(x)
  const axes = oneList("transpose", given)
  const order =
    axes === undefined
      ? a.shape.map((_, i) => a.ndim - 1 - i)
      : [axes].flat().map((axis) => axisOf(axis, a.ndim))
  return make("transpose", [a], { axes: order })
})

/** Drops axes of extent 1: all of them, or those given. */
export const squeeze = operator("squeeze", [x, optional("axis", axesOrNull)], (x, { axis }): Tensor => {
  const [a] = operandsOf(x)
  const dropped =
    axis === undefined || axis === null
      ? axesOf(null, a.ndim).filter((i) => a.shape[i] === 1)
      : axesOf(axis, a.ndim)
  for (const i of dropped) {
    if (a.shape[i] !== 1) {
      fail(
        "wrong-shape",
        `squeeze of axis ${i} of shape ${printShape(a.shape)}, whose extent is ${a.shape[i]} and not 1`,
        a,
      )
    }
  }
  return make("reshape", [a], { shape: without(a.shape, dropped) })
})

/** New axes of extent 1, at these places of the result. */
export const expandDims = operator("expandDims", [x, required("axis", axes)], (x, axis): Tensor => {
  const [a] = operandsOf(x)
  const rank = a.ndim + (Array.isArray(axis) ? axis.length : 1)
  const added = axesOf(axis, rank)
  const old = [...a.shape]
  const shape = Array.from({ length: rank }, (_, i) => (added.includes(i) ? 1 : old.shift()!))
  return make("reshape", [a], { shape })
})

/** Repeats along axes of extent 1 and new leading axes. */
export const broadcastTo = operator("broadcastTo", [x, required("shape", shape)], (x, shape): Tensor => {
  const [a] = operandsOf(x)
  return make("broadcast", [a], { shape: shapeFrom(shape) })
})
