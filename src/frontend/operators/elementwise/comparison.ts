import { apply, express, scalarText } from "../../core/elementwise.ts"
import { isInt, operandsOf } from "../../core/operands.ts"
import { binary } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { sub } from "./arithmetic.ts"

/** Elementwise 1 or 0. Of two integers it is a table of their difference, so that only one value is looked up. */
const comparison = (name: string, symbol: string) =>
  operator(
    name,
    binary,
    (a, b): Tensor => {
      const [x, y] = operandsOf(a, b)
      if (!isInt(x) || !isInt(y)) return express((p, q) => `${p} ${symbol} ${q}`, x, y)
      const isDirect = scalarText(x) !== undefined || scalarText(y) !== undefined
      // Rounding an integer to a double keeps its order to 0 and to every integer that is a double.
      return isDirect
        ? apply((p, q) => `${p} ${symbol} ${q}`, [x, y])
        : apply((d) => `${d} ${symbol} 0`, [sub(x, y)])
    },
    "comparison",
  )

/** Elementwise a < b as 0 or 1. */
export const lt = comparison("lt", "<")

/** Elementwise a <= b as 0 or 1. */
export const le = comparison("le", "<=")

/** Elementwise a > b as 0 or 1. */
export const gt = comparison("gt", ">")

/** Elementwise a >= b as 0 or 1. */
export const ge = comparison("ge", ">=")

/** Elementwise equality as 0 or 1. */
export const eq = comparison("eq", "==")

/** Elementwise inequality as 0 or 1. */
export const ne = comparison("ne", "!=")
