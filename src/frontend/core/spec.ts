import {
  checkArity,
  type Integer,
  mismatch,
  ProgramError,
  printGiven,
  printRange,
  type Specification,
} from "../../data/index.ts"
import { type ShapeLike, type ShapeOf, shapeFrom } from "./axes.ts"

/** The integers an element may be: `lo..hi`, both included. */
export interface ElementType {
  readonly lo: bigint
  readonly hi: bigint
}

/** Integers 0..2^bits - 1, for 1 to 64 bits. */
export const uint = (bits: number, ...surplus: []): ElementType => {
  checkArity("uint", [bits, ...surplus], 1)
  return elementType(0n, 2n ** bitCount(bits, "uint") - 1n)
}

/** Two's complement integers -2^(bits - 1)..2^(bits - 1) - 1, for 1 to 64 bits. */
export const int = (bits: number, ...surplus: []): ElementType => {
  checkArity("int", [bits, ...surplus], 1)
  const half = 2n ** (bitCount(bits, "int") - 1n)
  return elementType(-half, half - 1n)
}

/** Integers lo..hi, both included. Throws ProgramError when they are not whole, not ordered or need more than 64 bits. */
export const range = (lo: Integer, hi: Integer, ...surplus: []): ElementType => {
  checkArity("range", [lo, hi, ...surplus], 2)
  const [low, high] = [whole(lo), whole(hi)]
  if (low > high)
    throw new ProgramError(`the range ${printRange(low, high)} is empty\ngive the smaller bound first`, {
      code: "wrong-argument",
    })
  if (low < -(2n ** 63n) || high >= 2n ** 64n || high - low >= 2n ** 64n) {
    throw new ProgramError(`the range ${printRange(low, high)} needs more than 64 bits`, { code: "too-wide" })
  }
  return elementType(low, high)
}

/** An input that the client encrypts; a scalar unless a shape is given. */
export const enc = <const S extends ShapeLike = []>(
  type: ElementType,
  shape: S = [] as ShapeLike as S,
  ...surplus: []
): Specification<NoInfer<ShapeOf<S>>> => {
  checkArity("enc", [type, shape, ...surplus], 2)
  return specification(true, type, shape) as Specification<ShapeOf<S>>
}

/** An input that the server sees in the clear; a scalar unless a shape is given. */
export const clear = <const S extends ShapeLike = []>(
  type: ElementType,
  shape: S = [] as ShapeLike as S,
  ...surplus: []
): Specification<NoInfer<ShapeOf<S>>> => {
  checkArity("clear", [type, shape, ...surplus], 2)
  return specification(false, type, shape) as Specification<ShapeOf<S>>
}

const elementType = (lo: bigint, hi: bigint): ElementType => Object.freeze({ lo, hi })

const bitCount = (bits: number, name: string): bigint => {
  if (Number.isInteger(bits) && bits >= 1 && bits <= 64) return BigInt(bits)
  throw new ProgramError(
    mismatch(`the number of bits of ${name}`, bits, { needed: "an integer from 1 to 64" }),
    { code: "wrong-argument" },
  )
}

const whole = (bound: Integer): bigint => {
  if (typeof bound === "bigint" || Number.isSafeInteger(bound)) return BigInt(bound)
  const large = typeof bound === "number" ? "\nbeyond 2^53 write a bigint" : ""
  throw new ProgramError(`${mismatch("a bound of range", bound, { needed: "an exact integer" })}${large}`, {
    code: "wrong-argument",
  })
}

const specification = (secret: boolean, type: ElementType, shape: ShapeLike): Specification => {
  if (typeof type?.lo !== "bigint" || typeof type.hi !== "bigint") {
    throw new ProgramError(
      `the type of an input is ${printGiven(type)}\ngive uint(bits), int(bits) or range(lo, hi)`,
      { code: "wrong-argument" },
    )
  }
  const { lo, hi } = range(type.lo, type.hi)
  return Object.freeze({ secret, lo, hi, shape: Object.freeze(shapeFrom(shape)) })
}
