import { printShape } from "../../../data/index.ts"
import { broadcastIndices } from "../../../ir/index.ts"
import { fail } from "../../core/fail.ts"
import { type IntTensor, integersOf, isConstant, operandsOf } from "../../core/operands.ts"
import { flatPositions, gather, indices } from "../../core/static-positions.ts"
import { isTensor } from "../../core/tensor-base.ts"
import { isTruth } from "../../core/truth-value.ts"
import { argument, tensor } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { mul } from "../elementwise/arithmetic.ts"
import { where } from "../order/choice.ts"
import { concat } from "../shape/join.ts"
import { broadcastTo, expandDims, reshape } from "../shape/reshape.ts"
import { refuseSecretMasks, withoutMasks } from "./mask.ts"
import { type SliceEntry, slice } from "./slice.ts"
import { placeOf, rangeOf, type SliceRange } from "./slice-range.ts"
import { isThere, knownPlaces } from "./take-along.ts"

const entries = argument<readonly SliceEntry[]>(
  "what is set",
  "a list of entries as those of slice",
  (value) => Array.isArray(value),
  "either",
)

/**
 * A copy in which the part that the entries of `slice` name is `value`, which broadcasts to the shape of that part.
 * A clear scalar as an index is checked when the program runs; an encrypted one must be proved to lie inside, and writes
 * by equality: one table of as many entries as the axis has, and one product.
 */
export const set = operator(
  "set",
  [x, required("entries", entries), required("value", tensor)],
  (x, given, value): Tensor => {
    const [whole, v] = operandsOf(x, value, ...given.filter(isTensor))
    const masked = underMask(whole, given, v)
    if (masked !== undefined) return masked
    refuseSecretMasks("set", given)
    const { tensor, entries } = withoutMasks(whole, given)
    return reshape(setEntries(tensor, entries, v), whole.shape)
  },
)

/** One scalar where a mask is 1, which need not be known. */
const underMask = (a: Tensor, entries: readonly SliceEntry[], value: Tensor): Tensor | undefined => {
  const [mask] = entries
  if (entries.length !== 1 || !isTensor(mask) || isConstant(mask) || !isTruth(mask.node) || value.ndim > 0)
    return undefined
  const covered = a.shape.slice(0, mask.ndim)
  if (printShape(covered) !== printShape(mask.shape))
    fail(
      "wrong-shape",
      `a mask of shape ${printShape(mask.shape)} for axes of shape ${printShape(covered)}; they must be equal`,
      a,
    )
  return where(reshape(mask, [...mask.shape, ...a.shape.slice(mask.ndim).fill(1)]), value, a)
}

const setEntries = (a: Tensor, entries: readonly SliceEntry[], v: Tensor): Tensor => {
  const isDynamic = (entry: SliceEntry | undefined): entry is Tensor => isTensor(entry) && !isConstant(entry)
  if (!entries.some(isDynamic)) return setPart(a, entries, v)
  const wholes = entries.map((entry): SliceEntry => (isDynamic(entry) ? [] : entry))
  const before = slice(a, ...wholes)
  let mask: Tensor | undefined
  const added: number[] = []
  let axis = 0
  a.shape.forEach((extent, i) => {
    const entry = entries[i] ?? []
    if (typeof entry === "number") return
    if (isDynamic(entry)) {
      if (entry.ndim > 0)
        fail("wrong-shape", `set at an index of shape ${printShape(entry.shape)}; a scalar was needed`, entry)
      const [index] = integersOf("an index", entry, a)
      const here = reshape(
        isThere(index, extent, i),
        before.shape.map((_, k) => (k === axis ? extent : 1)),
      )
      mask = mask === undefined ? here : mul(mask, here)
      added.push(axis)
    }
    axis += isTensor(entry) ? entry.ndim + Number(isDynamic(entry)) : 1
  })
  const region = before.shape.filter((_, k) => !added.includes(k))
  const placed = expandDims(spread(v, region), added)
  return setPart(a, wholes, where(mask!, placed, before))
}

const setPart = (a: Tensor, entries: readonly SliceEntry[], value: Tensor): Tensor => {
  const places = placesOf(a, entries)
  const v = spread(value, places.shape)
  const source = indices(a.size)
  const from = broadcastIndices(v.shape, places.shape)
  places.flat.forEach((place, i) => {
    source[place] = a.size + from[i]!
  })
  if (places.flat.length === 0) return a
  return gather(concat([reshape(a, [a.size]), reshape(v, [v.size])]), source, a.shape)
}

/** Where the part that static entries name stands in row-major order. */
const placesOf = (a: Tensor, entries: readonly SliceEntry[]): { flat: Int32Array; shape: number[] } => {
  if (entries.length > a.ndim)
    fail("wrong-shape", `${entries.length} entries for the ${a.ndim} axes of shape ${printShape(a.shape)}`, a)
  const tensors = entries.filter(isTensor)
  if (tensors.length > 1 && tensors.some(({ ndim }) => ndim > 0))
    fail(
      "unsupported",
      "set at several index tensors that are no scalars\ngive one, or set one after the other",
      a,
    )
  const lists = a.shape.map((extent, axis): { list: readonly number[]; shape: readonly number[] } => {
    const entry = entries[axis] ?? []
    if (typeof entry === "number") return { list: [placeOf(entry, extent, axis)], shape: [] }
    if (isTensor(entry)) return { list: knownPlaces(entry as IntTensor, extent, axis)!, shape: entry.shape }
    const { start, step, count } = rangeOf(entry as SliceRange, extent)
    return { list: indices(count).map((i) => start + i * step), shape: [count] }
  })
  const positions = lists.map(({ list }) => list)
  return { flat: flatPositions(a.shape, positions), shape: lists.flatMap(({ shape }) => shape) }
}

const spread = (value: Tensor, shape: readonly number[]): Tensor => {
  const lead = shape.length - value.ndim
  const fits = lead >= 0 && value.shape.every((extent, i) => extent === 1 || extent === shape[lead + i])
  if (!fits)
    fail(
      "wrong-shape",
      `a value of shape ${printShape(value.shape)} is set to a part of shape ${printShape(shape)}`,
      value,
    )
  return broadcastTo(value, shape)
}
