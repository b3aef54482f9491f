import { sub } from "./arithmetic.ts"
import { apply, express, scalarText } from "./express.ts"
import { isInt, operandsOf, type TensorLike } from "./operands.ts"
import type { Tensor } from "./tensor.ts"

/** Elementwise 1 or 0. Of two integers it is a table of their difference, so that only one value is looked up. */
const comparison =
  (symbol: string) =>
  (a: TensorLike, b: TensorLike): Tensor => {
    const [x, y] = operandsOf(a, b)
    if (!isInt(x) || !isInt(y)) return express((p, q) => `${p} ${symbol} ${q}`, x, y)
    const isDirect = scalarText(x) !== undefined || scalarText(y) !== undefined
    // Rounding an integer to a double keeps its order to 0 and to every integer that is a double.
    return isDirect
      ? apply((p, q) => `${p} ${symbol} ${q}`, [x, y])
      : apply((d) => `${d} ${symbol} 0`, [sub(x, y)])
  }

/** Elementwise a < b as 0 or 1. */
export const lt = comparison("<")

/** Elementwise a <= b as 0 or 1. */
export const le = comparison("<=")

/** Elementwise a > b as 0 or 1. */
export const gt = comparison(">")

/** Elementwise a >= b as 0 or 1. */
export const ge = comparison(">=")

/** Elementwise equality as 0 or 1. */
export const eq = comparison("==")

/** Elementwise inequality as 0 or 1. */
export const ne = comparison("!=")
