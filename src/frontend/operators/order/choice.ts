import { express } from "../../core/elementwise.ts"
import { fail } from "../../core/fail.ts"
import { type IntTensor, isConstant, isInt, operandsOf } from "../../core/operands.ts"
import { proved } from "../../core/prove.ts"
import { tensor } from "../../operator/argument.ts"
import { binary, unary, x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { add, mul, neg, sub } from "../elementwise/arithmetic.ts"
import { type Chain, type Extreme, longerChain } from "./chains.ts"
import { chosenExtreme, isNegative } from "./written-extremes.ts"

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/**
 * Of two values that are not constant only a linear step is taken in common: max(a, b) = a + max(b - a, 0). Of more, one
 * after the other, all are compared with each other at the same time.
 */
const extreme = (by: Extreme, name: "max" | "min", pick: (a: bigint, b: bigint) => bigint) =>
  operator(by, binary, (a, b): Tensor => {
    const [x, y] = operandsOf(a, b)
    if (isConstant(x) || isConstant(y) || !isInt(x) || !isInt(y)) {
      return express((p, q) => `${name}(${p}, ${q})`, x, y)
    }
    // max(x, -x) = |x|
    if (isNegative(y.node, x.node)) return by === "maximum" ? abs(x) : neg(abs(x))
    return x.builder.writing(() => {
      const { chain, value } = chainOf(by, x, y)
      const [p, q] = [x.node.type, y.node.type]
      const step = (): Tensor => express((d) => `${name}(${d}, 0)`, sub(y, x))
      const result = proved(by, value ?? add(x, step()), pick(p.lo, q.lo), pick(p.hi, q.hi))
      if (chain !== undefined) x.builder.chains.set(result.node, chain)
      return result
    })
  })

/** Values of different shapes are no chain. */
const chainOf = (by: Extreme, x: IntTensor, y: IntTensor): { chain?: Chain; value?: Tensor } => {
  if (x.shape.join() !== y.shape.join() || x.node === y.node) return {}
  const isLonger = x.builder.chains.get(y.node)?.by === by && x.builder.chains.get(x.node)?.by !== by
  return isLonger ? longerChain(by, y, x) : longerChain(by, x, y)
}

/** Elementwise larger of two values. */
export const maximum = extreme("maximum", "max", larger)

/** Elementwise smaller of two values. */
export const minimum = extreme("minimum", "min", smaller)

const limits = [x, required("lo", tensor), required("hi", tensor)] as const

/** Elementwise x, but not below lo and not above hi; hi where lo > hi. */
export const clip = operator("clip", limits, (x, lo, hi): Tensor => {
  const [a, low, high] = operandsOf(x, lo, hi)
  // `clip` keeps a -0 at a bound of 0, as numpy does; integers have none.
  if (![a, low, high].every(isInt)) return express((v, l, h) => `clip(${v}, ${l}, ${h})`, a, low, high)
  return isConstant(low) && isConstant(high)
    ? express((v, l, h) => `min(max(${v}, ${l}), ${h})`, a, low, high)
    : minimum(maximum(a, low), high)
})

/** Elementwise larger of x and 0. */
export const relu = operator("relu", unary, (x): Tensor => express((v) => `max(${v}, 0)`, x))

/** Elementwise absolute value. */
export const abs = operator("abs", unary, (x): Tensor => express((v) => `abs(${v})`, x))

/** Elementwise -1, 0 or 1. */
export const sign = operator("sign", unary, (x): Tensor => express((v) => `sign(${v})`, x))

const ternary = [required("condition", tensor), ...binary] as const

/**
 * Elementwise `a` where the condition is 1 and `b` where it is 0: b + c * (a - b).
 * This is what takes the place of `if` and `?:`. JavaScript gives no way to notice those on a tensor: `if (x)`, `!x` and
 * `x && y` take every tensor for true.
 * Throws ProgramError for a condition that is not proved to lie in 0..1.
 */
export const where = operator("where", ternary, (condition, a, b): Tensor => {
  const [c, x, y] = operandsOf(condition, a, b)
  if (!isInt(c)) return fail("not-integer", "the condition is real; compare it first: c.ne(0)", c)
  if (c.node.type.lo < 0n || c.node.type.hi > 1n) {
    const { lo, hi } = c.node.type
    return fail("out-of-range", `the condition lies in ${lo}..${hi}; compare it first: c.ne(0)`, c)
  }
  if (!isInt(x) || !isInt(y)) return express((p, q, r) => `${p} ? ${q} : ${r}`, c, x, y)
  const by = chosenExtreme(c.node, x.node, y.node)
  if (by !== undefined) {
    c.builder.watch?.absorb(c.node)
    return by === "maximum" ? maximum(x, y) : minimum(x, y)
  }
  const [p, q] = [x.node.type, y.node.type]
  return proved("where", add(y, mul(c, sub(x, y))), smaller(p.lo, q.lo), larger(p.hi, q.hi))
})
