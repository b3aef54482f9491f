import { type Integer, printRange } from "../data/index.ts"
import { fail } from "./fail.ts"
import { make } from "./make.ts"
import { integersOf, type TensorLike } from "./operands.ts"
import { range } from "./spec.ts"
import type { Tensor } from "./tensor.ts"

/**
 * The same value with a narrower range, on the user's word: inputs that leave it give a wrong result.
 * The result's range is the intersection with the proved one. Throws ProgramError when the two do not meet, and when
 * the assumed one is wider at both ends.
 */
export const assume = (x: TensorLike, lo: Integer, hi: Integer): Tensor => {
  const [a] = integersOf("assume", x)
  const proved = a.node.type
  const assumed = range(lo, hi)
  if (assumed.lo < proved.lo && assumed.hi > proved.hi) {
    fail(
      `assume ${printRange(assumed.lo, assumed.hi)} of a value proved to lie in ${printRange(proved.lo, proved.hi)}\n` +
        "an assumption may only narrow a range; leave it out",
      a,
    )
  }
  return make("assume", [a], { ...assumed, by: "user" })
}
