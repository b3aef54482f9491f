import { structural } from "../../core/axes.ts"
import { express } from "../../core/elementwise.ts"
import { fail } from "../../core/fail.ts"
import { integersOf } from "../../core/operands.ts"
import { argument } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { add, mul } from "../elementwise/arithmetic.ts"
import { bitAt, bitWidth } from "../elementwise/bit-width.ts"
import { rangeOf, type SliceRange } from "../indexing/slice-range.ts"
import { zerosLike } from "../shape/filled-like.ts"

/** The farthest bit: beyond it numbers are not exact. */
const MOST_BITS = 53

const places = argument<number | SliceRange>(
  "which bits",
  "an integer or [start, stop, step]",
  (value) => typeof value === "number" || Array.isArray(value),
)

/**
 * Bit i of two's complement as 0 or 1, or the integer that a range of bits spells, its first bit lowest. An open end is
 * the width of the value, which a negative one has not.
 * Throws ProgramError for places counted from the back, and for open ends of values that may be negative.
 */
export const bits = operator("bits", [x, required("which", places)], (x, which): Tensor => {
  const [a] = integersOf("bits", x)
  if (!Array.isArray(which)) return bitAt(a, place(which as number))
  const [start, stop, step = 1] = which as SliceRange
  for (const bound of [start, stop]) if (bound != null) place(bound)
  const isBackward = (step ?? 1) < 0
  if (isBackward && start == null)
    fail(
      "wrong-argument",
      "bits in reverse order without a start\ngive the first bit: bits([start, stop, -1])",
      a,
    )
  const isSigned = a.node.type.lo < 0n
  if (!isBackward && stop == null && isSigned) {
    const { lo, hi } = a.node.type
    fail(
      "wrong-argument",
      `bits without a stop of a value in ${lo}..${hi}, whose sign goes on for ever\ngive the stop: bits([start, stop])`,
      a,
    )
  }
  const given = [start ?? 0, stop ?? 0].reduce((p, q) => Math.max(p, q))
  const {
    start: first,
    step: by,
    count,
  } = rangeOf(which as SliceRange, Math.max(bitWidth(a.node.type), given + 1))
  if (count === 0) return zerosLike(a)
  if (by === 1) {
    return express((v) => `mod(floor(${v} / ${2 ** first}), ${2 ** count})`, a)
  }
  let spelt = bitAt(a, first)
  for (let i = 1; i < count; i++) spelt = add(spelt, mul(bitAt(a, first + i * by), 2 ** i))
  return spelt
})

const place = (bit: number): number => {
  const given = structural("a bit", bit)
  if (given < 0) fail("wrong-argument", `bit ${given}: bits are counted from the lowest, 0`)
  if (given > MOST_BITS) fail("too-wide", `bit ${given}: at most ${MOST_BITS} bits are exact`)
  return given
}
