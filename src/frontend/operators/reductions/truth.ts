import { express } from "../../core/elementwise.ts"
import { isInt, operandsOf, type TensorLike } from "../../core/operands.ts"
import { binary, reduction, unary } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { add, mul, sub } from "../elementwise/arithmetic.ts"
import { eq, gt, ne } from "../elementwise/comparison.ts"
import { sum } from "./sum-and-matmul.ts"

/** Whether some element is not 0, over some or all axes: one table of how many there are. */
export const any = operator(
  "any",
  reduction,
  (x, options): Tensor => gt(sum(ne(x, 0), options), 0),
  "comparison",
)

/** Whether no element is 0, over some or all axes: one table of how many there are. */
export const all = operator(
  "all",
  reduction,
  (x, options): Tensor => eq(sum(eq(x, 0), options), 0),
  "comparison",
)

/** Elementwise 1 where both are not 0. */
export const logicalAnd = operator(
  "logicalAnd",
  binary,
  (a, b): Tensor => {
    const [x, y] = operandsOf(a, b)
    return mul(ne(x, 0), ne(y, 0))
  },
  "comparison",
)

/** Elementwise 1 where one of the two is not 0, or both are. */
export const logicalOr = operator(
  "logicalOr",
  binary,
  (a, b): Tensor => {
    const [x, y] = operandsOf(a, b)
    return sub(1, mul(eq(x, 0), eq(y, 0)))
  },
  "comparison",
)

/** Elementwise 1 where exactly one of the two is not 0. */
export const logicalXor = operator(
  "logicalXor",
  binary,
  (a, b): Tensor => {
    const [x, y] = operandsOf(a, b)
    return ne(ne(x, 0), ne(y, 0))
  },
  "comparison",
)

/** Elementwise 1 where x is 0. */
export const logicalNot = operator("logicalNot", unary, (x): Tensor => eq(x, 0), "comparison")

/** Elementwise 1 where x is negative, or the -0 of a real value; integers have one zero. */
export const signbit = operator(
  "signbit",
  unary,
  (x): Tensor => {
    const [a] = operandsOf(x)
    return express((v) => (isInt(a) ? `${v} < 0` : `signbit(${v})`), a)
  },
  "comparison",
)

/** Elementwise whether x is neither infinite nor no number; integers always are. */
export const isfinite = operator(
  "isfinite",
  unary,
  (x): Tensor => ofReal(x, (v) => `abs(${v}) <= ${Number.MAX_VALUE}`, 1),
  "comparison",
)

/** Elementwise whether x is infinite, as 1 / 0 is. */
export const isinf = operator(
  "isinf",
  unary,
  (x): Tensor => ofReal(x, (v) => `abs(${v}) > ${Number.MAX_VALUE}`, 0),
  "comparison",
)

/** 0 everywhere: a program in which some value is no number, as sqrt(-1) is, is refused when its tables are made. */
export const isnan = operator(
  "isnan",
  unary,
  (x): Tensor => ofReal(x, (v) => `${v} != ${v}`, 0),
  "comparison",
)

const ofReal = (x: TensorLike, write: (name: string) => string, ofIntegers: 0 | 1): Tensor => {
  const [a] = operandsOf(x)
  return isInt(a) ? add(mul(a, 0), ofIntegers) : express((v) => write(v!), a)
}
