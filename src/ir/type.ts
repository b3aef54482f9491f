import { ProgramError, printShape, sizeOf, type Values } from "../data/index.ts"

export type Shape = readonly number[]

/** The interval of each element of a tensor, in row-major order. */
export interface Bounds {
  readonly lo: Values
  readonly hi: Values
}

/** Exact integers in `lo..hi`. The interval is proved: no input inside its declared range can leave it. */
export interface IntType {
  readonly kind: "int"
  readonly secret: boolean
  readonly lo: bigint
  readonly hi: bigint
  readonly shape: Shape
  /** The intervals of the elements where they differ; `lo..hi` is their hull, and all that text shows. */
  readonly each?: Bounds
}

/** Double-precision values in `lo..hi`, alive only between the frontend and `fuse-tables`. Bounds may be infinite. */
export interface RealType {
  readonly kind: "real"
  readonly secret: boolean
  readonly lo: number
  readonly hi: number
  readonly shape: Shape
}

export type Type = IntType | RealType

export const intType = (
  secret: boolean,
  lo: bigint,
  hi: bigint,
  shape: Shape = [],
  each?: Bounds,
): IntType => {
  if (lo < -FURTHEST || hi > FURTHEST) {
    throw new ProgramError(
      "the range passes 1024 bits\nnarrow the values it is computed from with clip or assume",
      { code: "too-wide" },
    )
  }
  if (lo > hi) throw new ProgramError(`the range ${lo}..${hi} is empty`, { code: "out-of-range" })
  return Object.freeze({ kind: "int", secret, lo, hi, shape: freezeShape(shape), ...(each && { each }) })
}

export const realType = (secret: boolean, lo: number, hi: number, shape: Shape = []): RealType =>
  Object.freeze({ kind: "real", secret, lo, hi, shape: freezeShape(shape) })

/** Bounds beyond these would soon take all memory: every squaring doubles their length. */
const FURTHEST = 2n ** 1024n
const MOST_ELEMENTS = 2 ** 26

const freezeShape = (shape: Shape): Shape => {
  for (const extent of shape) {
    if (!Number.isSafeInteger(extent) || extent < 0) {
      throw new ProgramError(
        `shape ${printShape(shape)} has the extent ${extent}; extents are integers from 0`,
        { code: "wrong-shape" },
      )
    }
  }
  return Object.freeze([...checkSize(shape)])
}

const checkSize = (shape: Shape): Shape => {
  if (sizeOf(shape) > MOST_ELEMENTS) {
    throw new ProgramError(`shape ${printShape(shape)} has more than ${MOST_ELEMENTS} elements`, {
      code: "too-large",
    })
  }
  return shape
}

/** `enc 0..15[4]`, `clear real -1.0..1.0`: the one spelling of a type, in text and in messages. */
export const printType = (type: Type): string => {
  const secrecy = type.secret ? "enc" : "clear"
  const range =
    type.kind === "int" ? `${type.lo}..${type.hi}` : `real ${printReal(type.lo)}..${printReal(type.hi)}`
  return `${secrecy} ${range}${type.shape.length === 0 ? "" : `[${type.shape.join(",")}]`}`
}

/** A type or statement as messages show it: with a sign in place of the text's word for infinity. */
export const infinite = (text: string): string => text.replaceAll(/(real -?|\.\.-?)inf\b/g, "$1∞")

/** A double so that it reads back as the same double and never as an integer. */
export const printReal = (value: number): string => {
  if (value === Infinity) return "inf"
  if (value === -Infinity) return "-inf"
  const text = Object.is(value, -0) ? "-0" : String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

/** The number of integers an interval holds. */
export const width = (type: IntType): bigint => type.hi - type.lo + 1n

/** The shape two operands broadcast to by numpy's rule. Throws ProgramError when they do not. */
export const broadcastShapes = (a: Shape, b: Shape): Shape => {
  const rank = Math.max(a.length, b.length)
  const shape = Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1
    const y = b[b.length - rank + i] ?? 1
    if (x !== y && x !== 1 && y !== 1) {
      throw new ProgramError(
        `shapes ${printShape(a)} and ${printShape(b)} do not broadcast: axis ${i} is ${x} and ${y}\n` +
          "equal extents or an extent of 1 are needed on every axis, counted from the last",
        { code: "wrong-shape" },
      )
    }
    return x === 1 ? y : x
  })
  return checkSize(shape)
}

/** For each element of `to` in row-major order, the flat index of the element of `from` that broadcasting puts there. */
export const broadcastIndices = (from: Shape, to: Shape): Int32Array => {
  const rank = to.length
  const strides = new Array<number>(rank).fill(0)
  for (let axis = rank - 1, stride = 1; axis >= 0; axis--) {
    const extent = from[axis - (rank - from.length)] ?? 1
    strides[axis] = extent === 1 ? 0 : stride
    stride *= extent
  }
  return strideIndices(to, strides)
}

/** Flat source indices of a view with the given shape and strides (in elements), in row-major order. */
export const strideIndices = (shape: Shape, strides: readonly number[], offset = 0): Int32Array => {
  let indices = Int32Array.of(offset)
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis]!
    const stride = strides[axis]!
    const next = new Int32Array(indices.length * extent)
    for (let i = 0, at = 0; i < indices.length; i++) {
      for (let j = 0; j < extent; j++) next[at++] = indices[i]! + j * stride
    }
    indices = next
  }
  return indices
}

/** Row-major strides of a shape, in elements. */
export const rowStrides = (shape: Shape): number[] => {
  const strides = new Array<number>(shape.length)
  for (let axis = shape.length - 1, stride = 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis]!
  }
  return strides
}

export const min = (...values: readonly bigint[]): bigint => {
  let least = values[0]!
  for (const value of values) if (value < least) least = value
  return least
}

export const max = (...values: readonly bigint[]): bigint => {
  let most = values[0]!
  for (const value of values) if (value > most) most = value
  return most
}

export const abs = (value: bigint): bigint => (value < 0n ? -value : value)
