import { express } from "../../core/elementwise.ts"
import { unary } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import type { Tensor } from "../../tensor/tensor.ts"

/** A function that gives real values, to be closed by a rounding. Throws ProgramError where it is not a number. */
const real = (name: string) =>
  operator(name, unary, (x): Tensor => express((operand) => `${name}(${operand})`, x))

/** Elementwise square root. */
export const sqrt = real("sqrt")

/** Elementwise cube root. */
export const cbrt = real("cbrt")

/** Elementwise e^x. */
export const exp = real("exp")

/** Elementwise e^x - 1. */
export const expm1 = real("expm1")

/** Elementwise natural logarithm. */
export const log = real("log")

/** Elementwise logarithm to base 2. */
export const log2 = real("log2")

/** Elementwise logarithm to base 10. */
export const log10 = real("log10")

/** Elementwise natural logarithm of 1 + x. */
export const log1p = real("log1p")

/** Elementwise sine, x in radians. */
export const sin = real("sin")

/** Elementwise cosine, x in radians. */
export const cos = real("cos")

/** Elementwise tangent, x in radians. */
export const tan = real("tan")

/** Elementwise arc sine in radians. */
export const asin = real("asin")

/** Elementwise arc cosine in radians. */
export const acos = real("acos")

/** Elementwise arc tangent in radians. */
export const atan = real("atan")

/** Elementwise hyperbolic sine. */
export const sinh = real("sinh")

/** Elementwise hyperbolic cosine. */
export const cosh = real("cosh")

/** Elementwise hyperbolic tangent. */
export const tanh = real("tanh")

/** Elementwise inverse hyperbolic sine. */
export const asinh = real("asinh")

/** Elementwise inverse hyperbolic cosine. */
export const acosh = real("acosh")

/** Elementwise inverse hyperbolic tangent. */
export const atanh = real("atanh")

/** Elementwise 1 / (1 + e^-x). */
export const sigmoid = real("sigmoid")

/** Elementwise 2^x. */
export const exp2 = operator("exp2", unary, (x): Tensor => express((v) => `2 ^ ${v}`, x))

/** Elementwise 1 / x. Unlike numpy's for integers it is a real value. */
export const reciprocal = operator("reciprocal", unary, (x): Tensor => express((v) => `1 / ${v}`, x))

/** Elementwise radians to degrees. */
export const degrees = operator("degrees", unary, (x): Tensor => express((v) => `${v} * (180 / pi)`, x))

/** Elementwise degrees to radians. */
export const radians = operator("radians", unary, (x): Tensor => express((v) => `${v} * (pi / 180)`, x))

/** Elementwise distance to the next double away from 0. */
export const spacing = real("spacing")
