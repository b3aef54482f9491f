import { printShape } from "../../data/index.ts"
import { fail } from "../core/fail.ts"
import { isInt } from "../core/operands.ts"
import { and, not, or, xor } from "../operators/bits/bitwise.ts"
import { shl, shr } from "../operators/bits/shifts.ts"
import { add, div, mod, mul, neg, pow, sub } from "../operators/elementwise/arithmetic.ts"
import { eq, ge, gt, le, lt, ne } from "../operators/elementwise/comparison.ts"
import { matmul } from "../operators/reductions/sum-and-matmul.ts"
import { logicalAnd, logicalNot, logicalOr, logicalXor } from "../operators/reductions/truth.ts"
import { transpose } from "../operators/shape/reshape.ts"
import type { Tensor } from "../tensor/tensor.ts"

/** 0 or 1: whether x is not 0. What is proved to be 0 or 1 stays. */
export const truth = (x: Tensor): Tensor =>
  isInt(x) && x.node.type.lo >= 0n && x.node.type.hi <= 1n ? x : ne(x, 0)

/** As in mathjs: of vectors and matrices the product of matrices, with a scalar the scaled value. */
const times = (a: Tensor, b: Tensor): Tensor => {
  if (a.ndim === 0 || b.ndim === 0) return mul(a, b)
  if (a.ndim > 2 || b.ndim > 2) {
    const shapes = `${printShape(a.shape)} and ${printShape(b.shape)}`
    fail(
      "wrong-shape",
      `* of shapes ${shapes} multiplies matrices, which have 2 axes\nwrite .* or matmul(a, b)`,
    )
  }
  return matmul(a, b)
}

const over = (a: Tensor, b: Tensor): Tensor =>
  b.ndim === 0
    ? div(a, b)
    : fail(
        "wrong-shape",
        `/ by a value of shape ${printShape(b.shape)}\nwrite ./ to divide element by element`,
      )

const power = (a: Tensor, n: Tensor): Tensor => {
  if (a.ndim === 0 && n.ndim === 0) return pow(a, n)
  const shapes = `${printShape(a.shape)} and ${printShape(n.shape)}`
  return fail("wrong-shape", `^ of shapes ${shapes}\nwrite .^ for the power of each element`)
}

/** Operators of one operand by the names that mathjs gives them. */
export const unary: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  unaryMinus: neg,
  unaryPlus: (x) => x,
  not: logicalNot,
  bitNot: not,
  ctranspose: (x) => transpose(x),
}

/** Operators of two operands by the names that mathjs gives them. */
export const binary: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
  add,
  subtract: sub,
  multiply: times,
  divide: over,
  pow: power,
  mod,
  dotMultiply: mul,
  dotDivide: div,
  dotPow: pow,
  smaller: lt,
  smallerEq: le,
  larger: gt,
  largerEq: ge,
  equal: eq,
  unequal: ne,
  and: logicalAnd,
  or: logicalOr,
  xor: logicalXor,
  bitAnd: and,
  bitOr: or,
  bitXor: xor,
  leftShift: shl,
  rightArithShift: shr,
}

/** How the parts of a < b <= c are written. */
export const comparisonSymbol: Readonly<Record<string, string>> = {
  smaller: "<",
  smallerEq: "<=",
  larger: ">",
  largerEq: ">=",
  equal: "==",
  unequal: "!=",
}
