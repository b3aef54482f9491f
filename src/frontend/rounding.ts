import { structural } from "./axes.ts"
import { bitWidth } from "./bit-width.ts"
import { express } from "./express.ts"
import { fail } from "./fail.ts"
import { type IntTensor, isInt, operandsOf, type TensorLike } from "./operands.ts"
import type { Tensor } from "./tensor.ts"

/** Real to integer; integers are their own rounding. */
const rounding =
  (name: string) =>
  (x: TensorLike): Tensor => {
    const [a] = operandsOf(x)
    return isInt(a) ? a : express((operand) => `${name}(${operand})`, a)
  }

const nearest = rounding("rint")

/** How many decimals stay; below 0 tens, hundreds and so on are rounded. */
export interface RoundOptions {
  readonly decimals?: number
}

/**
 * Elementwise nearest integer, halves to the even one, as numpy's round. With decimals above 0 it is a real value, the
 * nearest with so many, and has to be closed by another rounding.
 */
export const round = (x: TensorLike, { decimals = 0 }: RoundOptions = {}): Tensor => {
  const [a] = operandsOf(x)
  const digits = structural("a number of decimals", decimals)
  if (digits === 0 || (digits > 0 && isInt(a))) return nearest(a)
  const unit = 10 ** Math.abs(digits)
  return express((v) => (digits > 0 ? `rint(${v} * ${unit}) / ${unit}` : `rint(${v} / ${unit}) * ${unit}`), a)
}

/** Elementwise largest integer that is not above x. */
export const floor = rounding("floor")

/** Elementwise smallest integer that is not below x. */
export const ceil = rounding("ceil")

/** Elementwise integer part: x rounded toward zero. */
export const trunc = rounding("fix")

/** Elementwise integer part, as numpy's astype(int). */
export const toInt = rounding("fix")

/** How many low bits to drop: their number, or as many as leave `keep` bits of the value's range. */
export type LowBits = number | { readonly keep: number }

/**
 * Elementwise nearest multiple of 2^bits, halves upward; the magnitude stays. With `{ keep }` in place of a number the
 * bits are chosen so that `keep` are left of the range that samples show, or of the proved one without samples.
 */
export const roundBits = (x: TensorLike, bits: LowBits): Tensor => dropBits("roundBits", x, bits, true)

/** Elementwise largest multiple of 2^bits that is not above x: the low bits are cleared, chosen as in `roundBits`. */
export const truncateBits = (x: TensorLike, bits: LowBits): Tensor => dropBits("truncateBits", x, bits, false)

const dropBits = (name: string, x: TensorLike, given: LowBits, isRounded: boolean): Tensor => {
  const [a] = operandsOf(x)
  if (!isInt(a)) return fail(`${name} of a real value\nround it first`, a)
  const bits = typeof given === "object" ? surplusBits(name, a, given.keep) : given
  if (!Number.isSafeInteger(bits) || bits < 0 || bits > 32) {
    fail(`${name}(${bits}): the number of low bits is a whole number from 0 to 32`, a)
  }
  if (bits === 0) return a
  const half = isRounded ? 2 ** (bits - 1) : 0
  return express((operand) => `floor((${operand} + ${half}) / ${2 ** bits}) * ${2 ** bits}`, a)
}

const surplusBits = (name: string, a: IntTensor, keep: number): number => {
  if (!Number.isSafeInteger(keep) || keep < 1)
    fail(`${name}({ keep: ${keep} }): the number of bits to keep is a whole number from 1`, a)
  const measured = a.builder.rangeOnSamples(a.node)
  return Math.max(0, bitWidth(measured ?? a.node.type) - keep)
}
