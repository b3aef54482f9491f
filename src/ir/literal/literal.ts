import { fitsNumber, ProgramError, type Values } from "../../data/index.ts"
import { hashNumbers } from "./hash.ts"

/**
 * The values of a constant, a table or an index list: flat, immutable, hashed once by content.
 * Storage is the narrowest of Int32Array, Float64Array (whole numbers below 2^53) and BigInt64Array, so that equal
 * content has equal storage. A `real` literal is always a Float64Array.
 */
export interface Literal {
  readonly kind: "int" | "real"
  readonly values: Int32Array | Float64Array | BigInt64Array
  readonly hash: number
}

type Numbers = Int32Array | Float64Array | BigInt64Array | ArrayLike<number | bigint>

/** An integer literal. Throws ProgramError for a value that is no integer or lies beyond 64 bits. */
export const literal = (values: Numbers): Literal => {
  const storage = narrow(values)
  return Object.freeze({ kind: "int", values: storage, hash: hashNumbers(storage) })
}

/** A literal of doubles, -0 among them. Throws ProgramError for NaN. */
export const realLiteral = (values: ArrayLike<number>): Literal => {
  const storage = Float64Array.from(values)
  if (storage.some(Number.isNaN))
    throw new ProgramError("a constant holds what is not a number", { code: "not-integer" })
  return Object.freeze({ kind: "real", values: storage, hash: hashNumbers(storage) ^ 0x5bd1e995 })
}

/** Copies whole numbers into the narrowest storage that holds them exactly. */
export const narrow = (values: Numbers): Literal["values"] => {
  if (values instanceof Int32Array) return values.slice()
  const small = new Int32Array(values.length)
  let count = 0
  for (; count < values.length; count++) {
    const value = values[count]!
    if (typeof value !== "number" || value !== (value | 0)) break
    small[count] = value
  }
  if (count === values.length) return small
  let lo = 0n
  let hi = 0n
  let isInt32 = true
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (typeof value === "number") {
      if (!Number.isSafeInteger(value))
        throw new ProgramError(`${value} is not an exact integer`, { code: "not-integer" })
      if (value !== (value | 0)) {
        isInt32 = false
      }
    } else {
      if (value < lo) lo = value
      if (value > hi) hi = value
    }
  }
  if (isInt32 && lo >= -(2n ** 31n) && hi < 2n ** 31n)
    return Int32Array.from(values as ArrayLike<number>, Number)
  if (fitsNumber(lo, hi)) return Float64Array.from(values as ArrayLike<number>, (value) => Number(value) + 0)
  if (lo < -(2n ** 63n) || hi >= 2n ** 63n) {
    throw new ProgramError(`a constant reaches ${hi >= 2n ** 63n ? hi : lo}, beyond 64 bits`, {
      code: "too-wide",
    })
  }
  return BigInt64Array.from(values as ArrayLike<bigint>, BigInt)
}

/** Smallest and largest value of an integer literal; 0..0 when it is empty. */
export const literalRange = ({ values }: Literal): { lo: bigint; hi: bigint } => rangeOf(values)

/** Smallest and largest of the whole numbers `values[from]` to `values[to - 1]`; 0..0 when there are none. */
export const rangeOf = (
  values: ArrayLike<number | bigint>,
  from = 0,
  to = values.length,
): { lo: bigint; hi: bigint } => {
  if (from >= to) return { lo: 0n, hi: 0n }
  let lo = values[from]!
  let hi = values[from]!
  for (let i = from; i < to; i++) {
    const value = values[i]!
    if (value < lo) lo = value
    if (value > hi) hi = value
  }
  return { lo: BigInt(lo), hi: BigInt(hi) }
}

/** Stored numbers in the form that evaluation uses. */
export const storedValues = (values: Literal["values"]): Values =>
  values instanceof BigInt64Array ? Array.from(values) : new Float64Array(values)

export const literalValues = ({ values }: Literal): Values => storedValues(values)

export const sameLiteral = (a: Literal, b: Literal): boolean =>
  a === b || (a.kind === b.kind && a.hash === b.hash && sameNumbers(a.values, b.values))

/** Equal storage, length and content; tells -0 from 0 and takes NaN for itself. */
export const sameNumbers = (a: Literal["values"], b: Literal["values"]): boolean => {
  if (a === b) return true
  if (a.length !== b.length || a.constructor !== b.constructor) return false
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false
  return true
}
