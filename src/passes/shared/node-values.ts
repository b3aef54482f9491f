import { fitsNumber, type Integer, sizeOf, type Values } from "../../data/index.ts"
import {
  type Builder,
  type IntType,
  type Literal,
  literal,
  literalValues,
  type Matrix,
  matrixFromRows,
  type Node,
  type NodeOf,
  type Shape,
  type Type,
} from "../../ir/index.ts"

/** The sum of two integers, as a number while it is exact. */
export const plus = (a: Integer, b: Integer): Integer => {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  return exactly(BigInt(a) + BigInt(b))
}

/** The product of two integers, as a number while it is exact. */
export const times = (a: Integer, b: Integer): Integer => {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b
    if (Number.isSafeInteger(product)) return product
  }
  return exactly(BigInt(a) * BigInt(b))
}

export const isZero = (value: Integer): boolean => value === 0 || value === 0n

/** An integer as a number when it is exact as one. */
export const exactly = (value: bigint): Integer => (fitsNumber(value, value) ? Number(value) : value)

export const isConstant = (node: Node): node is NodeOf<"constant"> => node.op === "constant"

export const isIntegerConstant = (node: Node): node is NodeOf<"constant"> =>
  isConstant(node) && node.attrs.value.kind === "int"

/** The flat values of an integer constant; undefined for any other node. */
export const constantIntegers = (node: Node): Values | undefined =>
  isIntegerConstant(node) ? literalValues(node.attrs.value) : undefined

/** The one value that all elements of an integer constant have; undefined when they differ or there are none. */
export const uniformValue = (node: Node): bigint | undefined => {
  if (!isIntegerConstant(node)) return undefined
  const { values } = node.attrs.value
  return values.length > 0 && values.every((value: Integer) => value === values[0])
    ? BigInt(values[0]!)
    : undefined
}

export const constantOf = (builder: Builder, value: Literal, shape: Shape): NodeOf<"constant"> =>
  builder.make("constant", [], { value, shape })

/** One integer, to be broadcast. */
export const scalarOf = (builder: Builder, value: bigint): NodeOf<"constant"> =>
  constantOf(builder, literal([value]), [])

/** Zeros for a tensor of this shape. */
export const zeros = (shape: Shape): Literal => literal(new Int32Array(shape.reduce((a, b) => a * b, 1)))

export const zeroMatrix = (rows: number, columns: number): Matrix =>
  matrixFromRows(
    columns,
    Array.from({ length: rows }, () => []),
  )

/** Whether every value of `type` is one of `other`, element by element where these have intervals of their own. */
export const isWithin = (type: Type, other: Type): boolean => {
  if (type.lo < other.lo || type.hi > other.hi) return false
  if (type.kind === "real" || other.kind === "real" || other.each === undefined) return true
  const { lo, hi } = other.each
  return Array.from(lo as ArrayLike<Integer>).every(
    (_, i) => (type.each?.lo[i] ?? type.lo) >= lo[i]! && (type.each?.hi[i] ?? type.hi) <= hi[i]!,
  )
}

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((extent, i) => extent === b[i])

/** All integers of an interval, in order. */
export const integersBetween = ({ lo, hi }: IntType): Values =>
  fitsNumber(lo, hi)
    ? Float64Array.from({ length: Number(hi - lo) + 1 }, (_, i) => Number(lo) + i)
    : Array.from({ length: Number(hi - lo) + 1 }, (_, i) => lo + BigInt(i))

/** The number of elements of a node. */
export const elements = (node: Node): number => sizeOf(node.type.shape)
