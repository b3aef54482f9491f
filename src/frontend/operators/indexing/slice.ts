import { printShape } from "../../../data/index.ts"
import { literal, rowStrides, strideIndices } from "../../../ir/index.ts"
import { structural } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { make } from "../../core/make.ts"
import { operandsOf, type TensorLike } from "../../core/operands.ts"
import { isTensor } from "../../core/tensor-base.ts"
import { index } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { rest } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import type { Mask } from "./booleans.ts"
import { refuseSecretMasks, withoutMasks } from "./mask.ts"
import { type Places, placeOf, rangeOf, type SliceRange } from "./slice-range.ts"
import { elementsAt, takeAlong } from "./take-along.ts"

/**
 * What is taken of one axis: one index, `[start, stop, step]` with null for an open end, null for all of it, a tensor of
 * indices, or booleans that say which elements; a mask of several axes takes their place.
 */
export type SliceEntry = number | null | SliceRange | Tensor | Mask

/** An entry of a slice as an argument. */
const sliceEntry = index<SliceEntry>("an entry of a slice")

/**
 * Part of a tensor, one entry per axis from the first, as in numpy; an integer entry drops its axis, a tensor of indices
 * puts its own axes there. Tensors are scalars, or there is but one: with several use `at`.
 * A clear index that is outside its axis is an error when the program runs. An encrypted one must be proved to be inside,
 * and reads by equality: one table of as many entries as the axis has, and one product unless x is clear.
 */
export const slice = operator("slice", [x, rest("entries", sliceEntry)], (x, ...given): Tensor => {
  refuseSecretMasks("slice", given)
  const [whole] = operandsOf(x, ...given.filter(isTensor))
  const { tensor: a, entries } = withoutMasks(whole, given)
  if (entries.length > a.ndim) {
    fail("wrong-shape", `${entries.length} entries for the ${a.ndim} axes of shape ${printShape(a.shape)}`, a)
  }
  const tensors = entries.filter(isTensor)
  if (tensors.length > 1 && tensors.some(({ ndim }) => ndim > 0)) {
    const shapes = tensors.map(({ shape }) => printShape(shape)).join(" and ")
    fail(
      "unsupported",
      `a slice with index tensors of shapes ${shapes}\nuse at, or one such slice after the other`,
      a,
    )
  }
  const cut = staticPart(
    a,
    entries.map((entry) => (isTensor(entry) ? [] : entry)),
  )
  let result = cut
  // From the last axis, so that the places of those before stay.
  let axis = cut.ndim
  for (let i = a.ndim - 1; i >= 0; i--) {
    const entry = entries[i] ?? []
    if (typeof entry === "number") continue
    axis--
    if (isTensor(entry)) result = takeAlong(result, entry, axis)
  }
  return result
})

/**
 * The elements at these indices, or parts of the tensor when they are fewer than its axes. Arrays or tensors of indices
 * broadcast against each other, and their axes come first, as in numpy's `x[i, j]`; clear and encrypted ones as in `slice`.
 */
export const at = operator(
  "at",
  [x, rest("indices", index<TensorLike>("an index"))],
  (x, ...indices): Tensor =>
    indices.every((index) => typeof index === "number")
      ? slice(x, ...indices.map((index) => structural("an index", index)))
      : elementsAt(operandsOf(x, ...indices.filter(isTensor))[0], indices),
)

const staticPart = (a: Tensor, entries: readonly Exclude<SliceEntry, Tensor | Mask>[]): Tensor => {
  const strides = rowStrides(a.shape)
  const shape: number[] = []
  const steps: number[] = []
  let offset = 0
  a.shape.forEach((extent, axis) => {
    const entry = entries[axis] ?? []
    const places: Places = isRange(entry)
      ? rangeOf(entry, extent)
      : { start: placeOf(entry, extent, axis), step: 1, count: 1 }
    offset += places.start * strides[axis]!
    if (!isRange(entry)) return
    shape.push(places.count)
    steps.push(places.step * strides[axis]!)
  })
  return make("gather", [a], { indices: literal(strideIndices(shape, steps, offset)), shape })
}

const isRange = (entry: number | null | SliceRange): entry is SliceRange => Array.isArray(entry)
