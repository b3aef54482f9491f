import { printRange, printShape, sizeOf } from "../../../data/index.ts"
import { broadcastIndices, broadcastShapes, literal, rowStrides } from "../../../ir/index.ts"
import { fail } from "../../core/fail.ts"
import { make } from "../../core/make.ts"
import {
  type ConstantTensor,
  type IntTensor,
  integersOf,
  isConstant,
  isInt,
  operandsOf,
  type TensorLike,
} from "../../core/operands.ts"
import { proved } from "../../core/prove.ts"
import { indices, pickAlong } from "../../core/static-positions.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { add, mul } from "../elementwise/arithmetic.ts"
import { eq, lt } from "../elementwise/comparison.ts"
import { moveAxis } from "../shape/rearrange.ts"
import { expandDims, reshape } from "../shape/reshape.ts"
import { refuseSecretMasks, unmasked } from "./mask.ts"

/** Elements of one axis at the places that a tensor of indices holds, whose axes take the place of that axis. */
export const takeAlong = (a: Tensor, given: TensorLike, axis: number): Tensor => {
  const index = integerIndex(given, a)
  const [before, after] = [a.shape.slice(0, axis), a.shape.slice(axis + 1)]
  const known = knownPlaces(index, a.shape[axis]!, axis)
  if (known !== undefined) return reshape(pickAlong(a, axis, known), [...before, ...index.shape, ...after])
  if (isConstant(a) && a.ndim === 1 && index.node.type.secret) return fromConstants(a, index)
  const rows = moveAxis(a, axis, 0)
  const matrix = reshape(rows, [a.shape[axis]!, sizeOf(rows.shape.slice(1))])
  const mask = reshape(isThere(index, a.shape[axis]!, axis), [index.size, a.shape[axis]!])
  const { lo, hi } = integersOf("a selection", a)[0].node.type
  const chosen = proved("selection", make("matmul", [mask, matrix], {}), lo, hi)
  const result = reshape(chosen, [...index.shape, ...before, ...after])
  const own = indices(index.ndim)
  return moveAxis(
    result,
    own,
    own.map((i) => before.length + i),
  )
}

/** One table: all constants for the places counted from the end, and again for those counted from the start. */
const fromConstants = (a: ConstantTensor, index: IntTensor): Tensor => {
  const { values } = a.node.attrs.value
  const entries = Array.from({ length: 2 * a.size }, (_, i) => values[i % a.size]!)
  return make("table", [withinAxis(index, a.size, 0)], { lo: BigInt(-a.size), entries: literal(entries) })
}

/** The elements at several tensors or arrays of indices for the first axes, which broadcast against each other. */
export const elementsAt = (a: Tensor, given: readonly TensorLike[]): Tensor => {
  refuseSecretMasks("at", given)
  const plain = unmasked(a, given) as TensorLike[]
  return elementsOf(a, plain)
}

const elementsOf = (a: Tensor, given: readonly TensorLike[]): Tensor => {
  if (given.length > a.ndim)
    fail("wrong-shape", `${given.length} indices for the ${a.ndim} axes of shape ${printShape(a.shape)}`, a)
  if (given.length === 1) return takeAlong(a, given[0]!, 0)
  const lists = given.map((index) => integerIndex(index, a))
  const shape = lists.map((index) => index.shape).reduce(broadcastShapes)
  const indexed = a.shape.slice(0, given.length)
  const strides = rowStrides(indexed)
  const known = lists.map((index, axis) => knownPlaces(index, indexed[axis]!, axis))
  const parts = reshape(a, [sizeOf(indexed), ...a.shape.slice(given.length)])
  if (known.every((list) => list !== undefined)) {
    const sources = lists.map((index) => broadcastIndices(index.shape, shape))
    const flat = indices(sizeOf(shape)).map((i) =>
      known.reduce((total, list, axis) => total + list[sources[axis]![i]!]! * strides[axis]!, 0),
    )
    return reshape(pickAlong(parts, 0, flat), [...shape, ...a.shape.slice(given.length)])
  }
  const places = lists.map((index, axis) => mul(fromStart(index, indexed[axis]!, axis), strides[axis]!))
  const flat = places.reduce((p, q) => add(p, q)).broadcastTo(shape)
  return takeAlong(parts, flat, 0)
}

const integerIndex = (given: TensorLike, a: Tensor): IntTensor => {
  const [index] = operandsOf(given, a)
  if (isInt(index)) return index
  return fail(
    "not-integer",
    `${index.toString()} is given as an index, which must be an integer\nround it first`,
    index,
  )
}

/** Whether the index is each of the places of an axis, as 0 or 1 on a new last axis. */
export const isThere = (index: IntTensor, extent: number, axis: number): Tensor => {
  const inside = withinAxis(index, extent, axis)
  const place = expandDims(inside, -1)
  const here = eq(place, indices(extent))
  if (inside.node.type.lo >= 0n) return here
  const fromEnd = eq(
    place,
    indices(extent).map((i) => i - extent),
  )
  return proved("one-hot", add(here, fromEnd), 0n, 1n)
}

/** The index counted from the start of its axis. */
const fromStart = (index: IntTensor, extent: number, axis: number): Tensor => {
  const known = knownPlaces(index, extent, axis)
  if (known !== undefined) return reshape(operandsOf(known, index)[0], index.shape)
  const inside = withinAxis(index, extent, axis)
  if (inside.node.type.lo >= 0n) return inside
  return proved("index", add(inside, mul(lt(inside, 0), extent)), 0n, BigInt(extent - 1))
}

/** Clear indices are checked when the program runs; of encrypted ones only what is proved can be known. */
const withinAxis = (index: IntTensor, extent: number, axis: number): IntTensor => {
  const { lo, hi, secret } = index.node.type
  const n = BigInt(extent)
  if (lo >= -n && hi < n) return index
  if (secret || lo >= n || hi < -n) {
    return fail(
      "out-of-range",
      `an index in ${printRange(lo, hi)} on axis ${axis}, which has ${extent} elements\n` +
        "narrow it with clip, mod or assume; nobody can check an encrypted index when the program runs",
      index,
    )
  }
  return make("assume", [index], {
    lo: lo > -n ? lo : -n,
    hi: hi < n ? hi : n - 1n,
    by: "index",
  }) as IntTensor
}

/** The places that constant indices name, counted from the start. Throws ProgramError for one outside. */
export const knownPlaces = (index: IntTensor, extent: number, axis: number): number[] | undefined => {
  if (!isConstant(index)) return undefined
  return Array.from(index.node.attrs.value.values as ArrayLike<number>, Number).map((place) => {
    if (place >= -extent && place < extent) return place < 0 ? place + extent : place
    return fail("out-of-range", `index ${place} on axis ${axis}, which has ${extent} elements`)
  })
}
