import { printShape } from "../data/index.ts"
import { literal, rowStrides, strideIndices } from "../ir/index.ts"
import { structural } from "./axes.ts"
import { fail } from "./fail.ts"
import { make } from "./make.ts"
import { operandsOf, type TensorLike } from "./operands.ts"
import type { Tensor } from "./tensor.ts"

type Bound = number | null | undefined

/** What is taken of one axis: one index, `[start, stop, step]` with null for an open end, or null for all of it. */
export type SliceEntry = number | null | readonly [start?: Bound, stop?: Bound, step?: Bound]

/** Part of a tensor, one entry per axis from the first, as in numpy; an integer entry drops its axis. */
export const slice = (x: TensorLike, ...entries: SliceEntry[]): Tensor => {
  const [a] = operandsOf(x)
  if (entries.length > a.ndim) {
    fail(`${entries.length} entries for the ${a.ndim} axes of shape ${printShape(a.shape)}`, a)
  }
  const strides = rowStrides(a.shape)
  const shape: number[] = []
  const steps: number[] = []
  let offset = 0
  a.shape.forEach((extent, axis) => {
    const entry = entries[axis] ?? []
    const { start, step, count } = isRange(entry)
      ? rangeOf(entry, extent)
      : { start: index(entry, extent, axis), step: 1, count: undefined }
    offset += start * strides[axis]!
    if (count === undefined) return
    shape.push(count)
    steps.push(step * strides[axis]!)
  })
  return make("gather", [a], { indices: literal(strideIndices(shape, steps, offset)), shape })
}

/** The element at these indices, or the part of the tensor when they are fewer than its axes. */
export const at = (x: TensorLike, ...indices: number[]): Tensor =>
  slice(x, ...indices.map((i) => structural("an index", i)))

const isRange = (entry: SliceEntry): entry is Exclude<SliceEntry, number | null> => Array.isArray(entry)

const index = (entry: number | null, extent: number, axis: number): number => {
  const given = structural("an index", entry)
  if (given >= -extent && given < extent) return given < 0 ? given + extent : given
  return fail(`index ${given} on axis ${axis}, which has ${extent} elements`)
}

/** Python's rule: negative bounds count from the end, bounds outside are moved to the nearest end. */
const rangeOf = (entry: readonly Bound[], extent: number): { start: number; step: number; count: number } => {
  const [from, to, by] = entry.map((bound) =>
    bound == null ? undefined : structural("a bound of a slice", bound),
  )
  if (entry.length > 3) fail(`a slice of ${entry.length} entries; it has start, stop and step`)
  const step = by ?? 1
  if (step === 0) fail("a slice with step 0")
  const [first, last] = step > 0 ? [0, extent] : [-1, extent - 1]
  const place = (bound: number): number => Math.min(Math.max(bound < 0 ? bound + extent : bound, first), last)
  const start = from === undefined ? (step > 0 ? first : last) : place(from)
  const stop = to === undefined ? (step > 0 ? last : first) : place(to)
  return { start, step, count: Math.max(0, Math.ceil((stop - start) / step)) }
}
