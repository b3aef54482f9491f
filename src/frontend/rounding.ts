import { express } from "./express.ts"
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
