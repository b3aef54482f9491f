import type { IntType } from "../../../ir/index.ts"
import { width } from "../../../ir/index.ts"
import { fail } from "../../core/fail.ts"
import { type IntTensor, integersOf, isConstant } from "../../core/operands.ts"
import { proved } from "../../core/prove.ts"
import { indices } from "../../core/static-positions.ts"
import { binary, unary } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { add, mul, neg, sub } from "../elementwise/arithmetic.ts"
import { bitAt, bitWidth } from "../elementwise/bit-width.ts"
import { sum } from "../reductions/sum-and-matmul.ts"
import { stack } from "../shape/join.ts"
import { map2 } from "../tables/lookup.ts"

/** Two secrets of no more pairs are looked up together; others bit by bit. */
const MOST_PAIRS = 64n

/**
 * Elementwise and, on two's complement with as many sign bits as needed. With a constant it is one table; two secrets are
 * taken apart into bits, multiplied, and put together.
 */
export const and = operator("and", binary, (a, b): Tensor => {
  const [x, y] = integersOf("and", a, b)
  return isTable(x, y)
    ? map2(
        x,
        y,
        onWords((p, q) => p & q),
      )
    : conjunction(x, y)
})

/** Elementwise or, on two's complement: x + y - (x and y). */
export const or = operator("or", binary, (a, b): Tensor => {
  const [x, y] = integersOf("or", a, b)
  if (isTable(x, y))
    return map2(
      x,
      y,
      onWords((p, q) => p | q),
    )
  const { lo, hi } = signedRange(x, y)
  return proved("or", sub(add(x, y), conjunction(x, y)), lo, hi)
})

/** Elementwise exclusive or, on two's complement: x + y - 2 (x and y). */
export const xor = operator("xor", binary, (a, b): Tensor => {
  const [x, y] = integersOf("xor", a, b)
  if (isTable(x, y))
    return map2(
      x,
      y,
      onWords((p, q) => p ^ q),
    )
  const { lo, hi } = signedRange(x, y)
  return proved("xor", sub(add(x, y), mul(conjunction(x, y), 2)), lo, hi)
})

/** Elementwise complement of every bit, as Python's `~`: -x - 1. */
export const not = operator("not", unary, (x): Tensor => {
  const [a] = integersOf("not", x)
  return sub(neg(a), 1)
})

const onWords =
  (f: (p: bigint, q: bigint) => bigint) =>
  (p: number, q: number): bigint =>
    f(BigInt(p), BigInt(q))

const isTable = (x: IntTensor, y: IntTensor): boolean =>
  isConstant(x) || isConstant(y) || width(x.node.type) * width(y.node.type) <= MOST_PAIRS

const signedRange = (x: IntTensor, y: IntTensor): { lo: bigint; hi: bigint } => {
  const [p, q] = [x.node.type, y.node.type]
  if (p.lo >= 0n && q.lo >= 0n) return { lo: 0n, hi: (1n << BigInt(Math.max(bitWidth(p), bitWidth(q)))) - 1n }
  const half = 1n << BigInt(sharedBits(x, y) - 1)
  return { lo: -half, hi: half - 1n }
}

/** Bits of two's complement for both; the highest is the sign where one may be negative. */
const sharedBits = (x: IntTensor, y: IntTensor): number => {
  const signed = ({ lo, hi }: IntType, isSigned: boolean): number =>
    bitWidth({ lo, hi }) + Number(isSigned && lo >= 0n)
  const isSigned = x.node.type.lo < 0n || y.node.type.lo < 0n
  return Math.max(signed(x.node.type, isSigned), signed(y.node.type, isSigned))
}

// x and y = sum over bits i of 2^i x_i y_i, where the sign bit counts negative.
const conjunction = (x: IntTensor, y: IntTensor): Tensor => {
  const [p, q] = [x.node.type, y.node.type]
  const isPlain = p.lo >= 0n && q.lo >= 0n
  const count = isPlain ? Math.min(bitWidth(p), bitWidth(q)) : sharedBits(x, y)
  if (count > 32)
    fail(
      "too-wide",
      `bits of values in ${p.lo}..${p.hi} and ${q.lo}..${q.hi}, but at most 32 are taken apart`,
      x,
    )
  const bitsOf = (value: Tensor): Tensor =>
    stack(
      indices(count).map((i) => bitAt(value, i)),
      { axis: -1 },
    )
  const weights = indices(count).map((i) => (i === count - 1 && p.lo < 0n && q.lo < 0n ? -(2 ** i) : 2 ** i))
  // Where one is never negative the common sign bit is 0.
  const total = sum(mul(mul(bitsOf(x), bitsOf(y)), weights), { axis: -1 })
  const highs = [p, q].sort((a, b) => Number(a.hi - b.hi)).map(({ hi }) => hi)
  const half = 1n << BigInt(count - 1)
  if (isPlain) return proved("and", total, 0n, highs[0]!)
  const plain = [p, q].find(({ lo }) => lo >= 0n)
  return plain === undefined ? proved("and", total, -half, highs[1]!) : proved("and", total, 0n, plain.hi)
}
