import { printShape, sizeOf } from "../../../data/index.ts"
import { broadcastIndices, rowStrides } from "../../../ir/index.ts"
import { axisOf, structural } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { operandsOf, type TensorLike } from "../../core/operands.ts"
import { gather, indices, pickAlong } from "../../core/static-positions.ts"
import { argument, axisOrNull, tensor } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { optional, required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { concat } from "./join.ts"
import { moveAxis } from "./rearrange.ts"
import { reshape } from "./reshape.ts"

/** One place, several, or whether each element is one. */
type PlacesLike = number | readonly number[] | readonly boolean[]
const places = argument<PlacesLike>(
  "the places",
  "an integer, a list of integers or a list of booleans",
  (value) => typeof value === "number" || Array.isArray(value) || ArrayBuffer.isView(value),
)

/** A tensor without some elements of an axis; of all elements in row-major order without one. */
const remove = operator(
  "delete",
  [x, required("places", places), optional("axis", axisOrNull)],
  (x, places, { axis = null }): Tensor => {
    const [a, along] = flatUnless(x, axis)
    const extent = a.shape[along]!
    const gone = new Set(listOf(places, extent).map((place) => placeOf("delete", place, extent, extent)))
    return pickAlong(
      a,
      along,
      indices(extent).filter((i) => !gone.has(i)),
    )
  },
)

// `delete` is no name for a variable.
export { remove as delete }

/**
 * Values put in before the elements at these places of an axis, which are counted before anything is put in; of all
 * elements in row-major order without an axis. All of several values go before one place; several places take a value each.
 */
export const insert = operator(
  "insert",
  [x, required("places", places), required("values", tensor), optional("axis", axisOrNull)],
  (x, places, values, { axis = null }): Tensor => {
    const [given, filling] = operandsOf(x, values)
    const [a, along] = flatUnless(given, axis)
    const extent = a.shape[along]!
    const at = listOf(places, extent).map((place) => placeOf("insert", place, extent, extent + 1))
    const isOne = at.length === 1
    const thick = reshape(filling, [
      ...new Array<number>(Math.max(0, a.ndim - filling.ndim)).fill(1),
      ...filling.shape,
    ])
    const v = typeof places === "number" ? moveAxis(thick, 0, along) : thick
    const count = isOne ? v.shape[along]! : at.length
    const taken = isOne ? indices(count).map((i) => at[0]! + i) : shifted(at)
    return merged(a, along, v, taken)
  },
)

/** Values after the last element of an axis; both in row-major order as one vector without an axis. */
export const append = operator(
  "append",
  [x, required("values", tensor), optional("axis", axisOrNull)],
  (x, values, { axis = null }): Tensor => {
    const [a, v] = operandsOf(x, values)
    if (axis === null) return concat([reshape(a, [a.size]), reshape(v, [v.size])])
    return concat([a, v], { axis: axisOf(axis, a.ndim) })
  },
)

const flatUnless = (x: TensorLike, axis: number | null): [Tensor, number] => {
  const [a] = operandsOf(x)
  return axis === null ? [reshape(a, [a.size]), 0] : [a, axisOf(axis, a.ndim)]
}

const listOf = (places: PlacesLike, extent: number): number[] => {
  if (typeof places === "number") return [structural("a place", places)]
  const list: readonly unknown[] = Array.from(places as ArrayLike<unknown>)
  if (list.length > 0 && list.every((place) => typeof place === "boolean")) {
    if (list.length !== extent)
      fail("wrong-shape", `a mask of ${list.length} booleans for an axis of ${extent} elements`)
    return list.flatMap((isOne, i) => (isOne ? [i] : []))
  }
  return list.map((place) => structural("a place", place))
}

const placeOf = (name: string, place: number, extent: number, end: number): number => {
  if (place >= -extent && place < end) return place < 0 ? place + extent : place
  return fail("out-of-range", `${name} at place ${place} of an axis of ${extent} elements`)
}

/** Where each value stands in the result: after those that go to places before it, and to its own before it. */
const shifted = (at: readonly number[]): number[] => {
  const order = indices(at.length).sort((p, q) => at[p]! - at[q]! || p - q)
  const result = [...at]
  order.forEach((k, rank) => {
    result[k]! += rank
  })
  return result
}

/** The tensor with the values, which broadcast, at the places `taken` of the longer axis. */
const merged = (a: Tensor, along: number, values: Tensor, taken: readonly number[]): Tensor => {
  const part = a.shape.with(along, taken.length)
  const rank = Math.max(values.ndim, a.ndim)
  const fits = rank === a.ndim && values.shape.every((extent, axis) => extent === 1 || extent === part[axis])
  if (!fits)
    fail(
      "wrong-shape",
      `insert of values of shape ${printShape(values.shape)} where ${printShape(part)} was needed`,
      values,
    )
  const spread = broadcastIndices(values.shape, part)
  const shape = a.shape.with(along, a.shape[along]! + taken.length)
  const numberOf = new Map(taken.map((place, k) => [place, k]))
  const [own, inserted] = [rowStrides(a.shape), rowStrides(part)]
  let before = 0
  // For each place of the longer axis, which element or which value stands there.
  const sources = indices(shape[along]!).map((place) => {
    const value = numberOf.get(place)
    return value === undefined ? { isValue: false, at: before++ } : { isValue: true, at: value }
  })
  const strides = rowStrides(shape)
  const flat = indices(sizeOf(shape)).map((i) => {
    const place = Math.floor(i / strides[along]!) % shape[along]!
    const source = sources[place]!
    const use = source.isValue ? inserted : own
    let at = source.at * use[along]!
    for (let axis = 0; axis < shape.length; axis++) {
      if (axis !== along) at += (Math.floor(i / strides[axis]!) % shape[axis]!) * use[axis]!
    }
    return source.isValue ? a.size + spread[at]! : at
  })
  return gather(concat([reshape(a, [a.size]), reshape(values, [values.size])]), flat, shape)
}
