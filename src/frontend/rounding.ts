import { express } from "./express.ts"
import { fail } from "./fail.ts"
import { isInt, operandsOf, type TensorLike } from "./operands.ts"
import type { Tensor } from "./tensor.ts"

/** Real to integer; integers are their own rounding. */
const rounding =
  (name: string) =>
  (x: TensorLike): Tensor => {
    const [a] = operandsOf(x)
    return isInt(a) ? a : express((operand) => `${name}(${operand})`, a)
  }

/** Elementwise nearest integer, halves to the even one, as numpy's round. */
export const round = rounding("rint")

/** Elementwise largest integer that is not above x. */
export const floor = rounding("floor")

/** Elementwise smallest integer that is not below x. */
export const ceil = rounding("ceil")

/** Elementwise integer part: x rounded toward zero. */
export const trunc = rounding("fix")

/** Elementwise integer part, as numpy's astype(int). */
export const toInt = rounding("fix")

/** Elementwise nearest multiple of 2^bits, halves upward; the magnitude stays. */
export const roundBits = (x: TensorLike, bits: number): Tensor =>
  dropBits("roundBits", x, bits, 2 ** (bits - 1))

/** Elementwise largest multiple of 2^bits that is not above x: the low bits are cleared. */
export const truncateBits = (x: TensorLike, bits: number): Tensor => dropBits("truncateBits", x, bits, 0)

const dropBits = (name: string, x: TensorLike, bits: number, half: number): Tensor => {
  const [a] = operandsOf(x)
  if (!Number.isSafeInteger(bits) || bits < 0 || bits > 32) {
    fail(
      `${name}(${bits}) of ${String(a.node.type.kind)}: the number of low bits is a whole number from 0 to 32`,
    )
  }
  if (!isInt(a)) fail(`${name} of a real value\nround it first`)
  if (bits === 0) return a
  return express((operand) => `floor((${operand} + ${half}) / ${2 ** bits}) * ${2 ** bits}`, a)
}
