import { fail } from "../../core/fail.ts"
import { operandsOf } from "../../core/operands.ts"
import { unary } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import type { Tensor } from "../../tensor/tensor.ts"

const refused = (name: string, what: string, instead: string) =>
  operator(
    name,
    unary,
    (x): Tensor =>
      fail(
        "data-dependent",
        `${name} has as many elements as ${what}, and nobody sees how many those are\n${instead}`,
        operandsOf(x)[0],
      ),
  )

/** Refused: how many values differ depends on the data. `sort`, `bincount` and `isin` say it in shapes that do not. */
export const unique = refused(
  "unique",
  "there are different values",
  "use sort, bincount to count each value, or isin to ask for some",
)

/** Refused: how many elements are not 0 depends on the data. `countNonzero`, `argTopK` and `where` have fixed shapes. */
export const nonzero = refused(
  "nonzero",
  "are not 0",
  "use countNonzero for their number, x.ne(0) for a mask, x.ne(0).argTopK(k) for the first k of them, or compress by a mask that is known",
)
