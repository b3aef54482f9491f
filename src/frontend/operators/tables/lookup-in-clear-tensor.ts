import { printRange } from "../../../data/index.ts"
import { fail } from "../../core/fail.ts"
import { type IntTensor, integersOf, type TensorLike } from "../../core/operands.ts"
import { proved } from "../../core/prove.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { mul, sub } from "../elementwise/arithmetic.ts"
import { isThere } from "../indexing/take-along.ts"
import { sum } from "../reductions/sum-and-matmul.ts"
import { checkedOptions, type LookupOptions } from "./lookup-table.ts"

/**
 * `lookup` in a clear tensor that is known only at run time: the sum of its entries, each times whether x is that
 * place. Throws ProgramError when a value of the proved range of x has no entry.
 */
export const lookupClear = (x: TensorLike, values: Tensor, options: LookupOptions): Tensor => {
  const { offset = 0, wrap = false } = checkedOptions(options)
  const [a, table] = integersOf("lookup", x, values)
  const count = table.shape.at(-1)
  if (count === undefined)
    return fail("wrong-shape", "a table is one value, but a list of entries was needed", table)
  const [first, last] = wrap
    ? [BigInt(-count), BigInt(count - 1)]
    : [BigInt(offset), BigInt(offset) + BigInt(count - 1)]
  const { lo, hi } = a.node.type
  if (lo < first || hi > last) {
    fail(
      "out-of-range",
      `the table covers ${first}..${last}, but the value lies in ${printRange(lo, hi)}\n` +
        "give one entry for every value, or narrow the value with clip or assume",
      a,
    )
  }
  const place = wrap ? a : (sub(a, offset) as IntTensor)
  const entries = table.node.type
  return proved("selection", sum(mul(isThere(place, count, 0), table), { axis: -1 }), entries.lo, entries.hi)
}
