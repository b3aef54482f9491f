import { printRange } from "../../../data/index.ts"
import { fail } from "../../core/fail.ts"
import { make } from "../../core/make.ts"
import { integersOf } from "../../core/operands.ts"
import { range } from "../../core/spec.ts"
import { exact } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"

const bounds = [x, required("lo", exact("a bound")), required("hi", exact("a bound"))] as const

/**
 * The same value with a narrower range, on the user's word: inputs that leave it give a wrong result.
 * The result's range is the intersection with the proved one. Throws ProgramError when the two do not meet, and when
 * the assumed one is wider at both ends.
 */
export const assume = operator(
  "assume",
  bounds,
  (x, lo, hi): Tensor => {
    const [a] = integersOf("assume", x)
    const proved = a.node.type
    const assumed = range(lo, hi)
    if (assumed.lo < proved.lo && assumed.hi > proved.hi) {
      fail(
        "out-of-range",
        `assume ${printRange(assumed.lo, assumed.hi)} of a value proved to lie in ${printRange(proved.lo, proved.hi)}\n` +
          "an assumption may only narrow a range; leave it out",
        a,
      )
    }
    return make("assume", [a], { ...assumed, by: "user" })
  },
  "assumption",
)
