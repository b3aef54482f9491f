import { printGiven } from "../../../data/index.ts"
import { express } from "../../core/elementwise.ts"
import { fail } from "../../core/fail.ts"
import { type IntTensor, isInt, operandsOf, type TensorLike } from "../../core/operands.ts"
import { integer, number } from "../../operator/argument.ts"
import { unary, x } from "../../operator/common.ts"
import { type Options, operator } from "../../operator/operator.ts"
import { named, optional } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { bitWidth } from "./bit-width.ts"

/** Real to integer; integers are their own rounding. */
const rounding = (name: string, written: string) =>
  operator(name, unary, (x): Tensor => {
    const [a] = operandsOf(x)
    return isInt(a) ? a : express((operand) => `${written}(${operand})`, a)
  })

/** Elementwise nearest integer, halves to the even one. */
export const rint = rounding("rint", "rint")

const decimals = [x, optional("decimals", integer("a number of decimals"))] as const

/** How many decimals stay; below 0 tens, hundreds and so on are rounded. */
export type RoundOptions = Options<typeof decimals>

/**
 * Elementwise nearest integer, halves to the even one, as numpy's round. With decimals above 0 it is a real value, the
 * nearest with so many, and has to be closed by another rounding.
 */
export const round = operator("round", decimals, (x, { decimals: digits = 0 }): Tensor => {
  const [a] = operandsOf(x)
  if (digits === 0 || (digits > 0 && isInt(a))) return rint(a)
  const unit = 10 ** Math.abs(digits)
  return express((v) => (digits > 0 ? `rint(${v} * ${unit}) / ${unit}` : `rint(${v} / ${unit}) * ${unit}`), a)
})

/** Elementwise largest integer that is not above x. */
export const floor = rounding("floor", "floor")

/** Elementwise smallest integer that is not below x. */
export const ceil = rounding("ceil", "ceil")

/** Elementwise integer part: x rounded toward zero. */
export const trunc = rounding("trunc", "fix")

/** Elementwise integer part, as numpy's astype(int). */
export const toInt = rounding("toInt", "fix")

const lowBits = [
  x,
  optional("bits", number("the number of low bits")),
  named("keep", number("the number of bits to keep")),
] as const

/** How many low bits to drop: their number, or as many as leave `keep` bits of the value's range. */
type LowBits = Options<typeof lowBits>

/**
 * Elementwise nearest multiple of 2^bits, halves upward; the magnitude stays. With `{ keep }` in place of a number the
 * bits are chosen so that `keep` are left of the range that samples show, or of the proved one without samples.
 */
export const roundBits = operator(
  "roundBits",
  lowBits,
  (x, low): Tensor => dropBits("roundBits", x, low, true),
)

/** Elementwise largest multiple of 2^bits that is not above x: the low bits are cleared, chosen as in `roundBits`. */
export const truncateBits = operator(
  "truncateBits",
  lowBits,
  (x, low): Tensor => dropBits("truncateBits", x, low, false),
)

const dropBits = (name: string, x: TensorLike, given: LowBits, isRounded: boolean): Tensor => {
  const [a] = operandsOf(x)
  if (!isInt(a)) return fail("not-integer", `${name} of a real value\nround it first`, a)
  if ((given.bits === undefined) === (given.keep === undefined))
    return fail(
      "wrong-argument",
      `${name} needs a number of low bits or how many to keep\nwrite x.${name}(2) or x.${name}({ keep: 4 })`,
      a,
    )
  const bits = given.bits ?? surplusBits(name, a, given.keep!)
  if (!Number.isSafeInteger(bits) || bits < 0 || bits > 32) {
    fail(
      "wrong-argument",
      `${name}(${printGiven(bits)}): the number of low bits is a whole number from 0 to 32`,
      a,
    )
  }
  if (bits === 0) return a
  const half = isRounded ? 2 ** (bits - 1) : 0
  return express((operand) => `floor((${operand} + ${half}) / ${2 ** bits}) * ${2 ** bits}`, a)
}

const surplusBits = (name: string, a: IntTensor, keep: number): number => {
  if (!Number.isSafeInteger(keep) || keep < 1)
    fail(
      "wrong-argument",
      `${name}({ keep: ${printGiven(keep)} }): the number of bits to keep is a whole number from 1`,
      a,
    )
  const measured = a.builder.rangeOnSamples(a.node)
  return Math.max(0, bitWidth(measured ?? a.node.type) - keep)
}
