import { type Integer, ProgramError, printRange, type Specification } from "../data/index.ts"
import { type ShapeLike, shapeFrom } from "./axes.ts"

/** The integers an element may be: `lo..hi`, both included. */
export interface ElementType {
  readonly lo: bigint
  readonly hi: bigint
}

/** Integers 0..2^bits - 1, for 1 to 64 bits. */
export const uint = (bits: number): ElementType => elementType(0n, 2n ** bitCount(bits, "uint") - 1n)

/** Two's complement integers -2^(bits - 1)..2^(bits - 1) - 1, for 1 to 64 bits. */
export const int = (bits: number): ElementType => {
  const half = 2n ** (bitCount(bits, "int") - 1n)
  return elementType(-half, half - 1n)
}

/** Integers lo..hi, both included. Throws ProgramError when they are not whole, not ordered or need more than 64 bits. */
export const range = (lo: Integer, hi: Integer): ElementType => {
  const [low, high] = [whole(lo), whole(hi)]
  if (low > high)
    throw new ProgramError(`the range ${printRange(low, high)} is empty\ngive the smaller bound first`)
  if (low < -(2n ** 63n) || high >= 2n ** 64n || high - low >= 2n ** 64n) {
    throw new ProgramError(`the range ${printRange(low, high)} needs more than 64 bits`)
  }
  return elementType(low, high)
}

/** An input that the client encrypts; a scalar unless a shape is given. */
export const enc = (type: ElementType, shape: ShapeLike = []): Specification =>
  specification(true, type, shape)

/** An input that the server sees in the clear; a scalar unless a shape is given. */
export const clear = (type: ElementType, shape: ShapeLike = []): Specification =>
  specification(false, type, shape)

const elementType = (lo: bigint, hi: bigint): ElementType => Object.freeze({ lo, hi })

const bitCount = (bits: number, name: string): bigint => {
  if (Number.isInteger(bits) && bits >= 1 && bits <= 64) return BigInt(bits)
  throw new ProgramError(`${name}(${bits}): the number of bits is an integer from 1 to 64`)
}

const whole = (bound: Integer): bigint => {
  if (typeof bound === "bigint" || Number.isSafeInteger(bound)) return BigInt(bound)
  throw new ProgramError(`the bound ${bound} of a range is not an exact integer\nbeyond 2^53 write a bigint`)
}

const specification = (secret: boolean, type: ElementType, shape: ShapeLike): Specification => {
  if (typeof type?.lo !== "bigint" || typeof type.hi !== "bigint") {
    throw new ProgramError(`${String(type)} is no element type\ngive uint(bits), int(bits) or range(lo, hi)`)
  }
  const { lo, hi } = range(type.lo, type.hi)
  return Object.freeze({ secret, lo, hi, shape: Object.freeze(shapeFrom(shape)) })
}
