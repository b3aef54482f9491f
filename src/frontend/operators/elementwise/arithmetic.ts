import { ProgramError } from "../../../data/index.ts"
import { express, type Write } from "../../core/elementwise.ts"
import { fail } from "../../core/fail.ts"
import { make } from "../../core/make.ts"
import { isConstant, isInt, operandsOf, type TensorLike } from "../../core/operands.ts"
import { tensor } from "../../operator/argument.ts"
import { binary, unary } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"

/** A core operator on integers, the same as an expression where a real value takes part. */
const bilinear = (op: "add" | "sub" | "mul", write: Write) =>
  operator(op, binary, (a, b): Tensor => {
    const operands = operandsOf(a, b)
    return operands.every(isInt) ? make(op, operands, {}) : express(write, ...operands)
  })

/** Elementwise a + b. */
export const add = bilinear("add", (a, b) => `${a} + ${b}`)

/** Elementwise a - b. */
export const sub = bilinear("sub", (a, b) => `${a} - ${b}`)

/** Elementwise a * b. */
export const mul = bilinear("mul", (a, b) => `${a} * ${b}`)

/** Elementwise -x. */
export const neg = operator("neg", unary, (x): Tensor => {
  const [a] = operandsOf(x)
  return isInt(a) ? make("neg", [a], {}) : express((name) => `-${name}`, a)
})

/** Elementwise x * x. */
export const square = operator("square", unary, (x): Tensor => {
  const [a] = operandsOf(x)
  return mul(a, a)
})

/** Elementwise quotient: a real value, to be closed by a rounding. */
export const div = operator("div", binary, (a, b): Tensor => {
  const [x, y] = operandsOf(a, b)
  return express((n, d) => guarded(y, d!, `${n} / ${d}`), x, y)
})

/**
 * Elementwise quotient rounded down, as Python's `//`, of real values too. Of two secrets it is one table of all their pairs.
 * Throws ProgramError for a divisor that may be 0.
 */
export const floorDiv = operator("floorDiv", binary, (a, b): Tensor => {
  const [x, y] = withDivisor("floorDiv", a, b)
  const isWhole = isInt(x) && isInt(y)
  return express((n, d) => guarded(y, d!, isWhole ? `floor(${n} / ${d})` : `floorDiv(${n}, ${d})`), x, y)
})

/**
 * Elementwise remainder with the sign of the divisor, as Python's `%`. Of two secrets it is one table of all their pairs.
 * Throws ProgramError for a divisor that may be 0.
 */
export const mod = operator("mod", binary, (a, b): Tensor => {
  const [x, y] = withDivisor("mod", a, b)
  return express((n, d) => guarded(y, d!, `mod(${n}, ${d})`), x, y)
})

/**
 * Elementwise remainder with the sign of the dividend, as C's and JavaScript's `%`.
 * Throws ProgramError for a divisor that may be 0.
 */
export const fmod = operator("fmod", binary, (a, b): Tensor => {
  const [x, y] = withDivisor("fmod", a, b)
  return express((n, d) => guarded(y, d!, `fmod(${n}, ${d})`), x, y)
})

const power = [required("base", tensor), required("exponent", tensor)] as const

/** Elementwise power; the exponent or the base is a constant. Whole powers of integers are integers. */
export const pow = operator("pow", power, (base, exponent): Tensor => {
  const [x, n] = operandsOf(base, exponent)
  if (!isConstant(x) && !isConstant(n)) {
    fail(
      "unsupported",
      "pow of two tensors; the exponent or the base must be a constant\nuse x.map2(y, Math.pow) for small ranges",
      n,
    )
  }
  return express((a, b) => `${a} ^ ${b}`, x, n)
})

const withDivisor = (name: string, a: TensorLike, b: TensorLike): [Tensor, Tensor] => {
  const [x, y] = operandsOf(a, b)
  const { lo, hi } = y.node.type
  if (!isConstant(y) && lo <= 0 && hi >= 0 && mayBeZero(y)) {
    fail(
      "out-of-range",
      `${name} by a value in ${lo}..${hi}, which may be 0\n` +
        "exclude 0 with clip, maximum or assume, or say what comes out there in a function of two, for map2",
      y,
    )
  }
  return [x, y]
}

/** Whether a value in whose range 0 lies may be 0: whether 1 can be divided by it tells, where its values are few enough to be tried. */
const mayBeZero = (y: Tensor): boolean => {
  try {
    express((v) => `floor(1 / ${v})`, y)
    return false
  } catch (error) {
    if (error instanceof ProgramError) return true
    throw error
  }
}

/**
 * A constant divisor holds no 0; where its range passes over 0 all the same, as that of [-1, 1] does, the expression
 * must say what it is there. Throws ProgramError for a constant 0.
 */
const guarded = (divisor: Tensor, name: string, quotient: string): string => {
  const { lo, hi } = divisor.node.type
  if (!isConstant(divisor) || lo > 0 || hi < 0) return quotient
  if (divisor.node.attrs.value.values.some((value) => Number(value) === 0))
    fail("out-of-range", "division by the constant 0", divisor)
  return `${name} == 0 ? 0 : ${quotient}`
}
