import { axesOf, axisOf, without } from "../../core/axes.ts"
import { make } from "../../core/make.ts"
import { indices } from "../../core/static-positions.ts"
import type { ReduceOptions } from "../../operator/common.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { moveAxis } from "../shape/rearrange.ts"
import { reshape, transpose } from "../shape/reshape.ts"

/**
 * What a reduction makes of a tensor: `reduce` is given the elements of the reduced axes as one last axis and takes
 * that axis away.
 */
export const reduceLines = (
  a: Tensor,
  { axis, keepDims = false }: ReduceOptions,
  reduce: (lines: Tensor) => Tensor,
): Tensor => {
  const axes = axesOf(axis, a.ndim)
  const kept = without(a.shape, axes)
  const order = [...indices(a.ndim).filter((i) => !axes.includes(i)), ...axes]
  const count = axes.reduce((n, i) => n * a.shape[i]!, 1)
  const reduced = reduce(reshape(transpose(a, order), [...kept, count]))
  if (!keepDims) return reduced
  return make("reshape", [reduced], { shape: a.shape.map((extent, i) => (axes.includes(i) ? 1 : extent)) })
}

/** What a function of a last axis makes of another axis; of all elements as one vector where it is null. */
export const alongAxis = (a: Tensor, axis: number | null, fn: (lines: Tensor) => Tensor): Tensor => {
  if (axis === null) return fn(reshape(a, [a.size]))
  const along = axisOf(axis, a.ndim)
  return moveAxis(fn(moveAxis(a, along, -1)), -1, along)
}

/** The number of elements on the last axis. */
export const lengthOf = (lines: Tensor): number => lines.shape.at(-1)!
