import { printShape } from "../../../data/index.ts"
import { width } from "../../../ir/index.ts"
import { fail } from "../../core/fail.ts"
import { type ConstantTensor, isConstant, isInt, operandsOf } from "../../core/operands.ts"
import { proved } from "../../core/prove.ts"
import { argument, flag, tensor, tensorOrNull } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { named, optional, required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { eq, gt, le, lt } from "../elementwise/comparison.ts"
import { take } from "../indexing/take.ts"
import { sum } from "../reductions/sum-and-matmul.ts"
import { logicalNot } from "../reductions/truth.ts"
import { expandDims, reshape } from "../shape/reshape.ts"
import { map } from "./lookup.ts"
import { MOST_POINTS } from "./table-entry.ts"

/** Elementwise 1 where x is one of these elements, 0 elsewhere, and the other way round with `invert`. One table where they are constant. */
export const isin = operator(
  "isin",
  [x, required("elements", tensor), named("invert", flag("invert"))],
  (x, elements, { invert = false }): Tensor => {
    const [a, wanted] = operandsOf(x, elements)
    const found = isTabulated(a, wanted) ? oneOf(a, wanted) : among(a, wanted)
    return invert ? logicalNot(found) : found
  },
  "comparison",
)

const oneOf = (a: Tensor, wanted: ConstantTensor): Tensor => {
  const known = new Set(Array.from(wanted.node.attrs.value.values as ArrayLike<number>, Number))
  return map(a, (value) => known.has(value))
}

const among = (a: Tensor, wanted: Tensor): Tensor =>
  gt(sum(eq(expandDims(a, -1), reshape(wanted, [wanted.size])), { axis: -1 }), 0)

/** Constants are looked for by a table as long as one has room for all values. */
const isTabulated = (a: Tensor, known: Tensor): known is ConstantTensor =>
  isConstant(known) && !isConstant(a) && isInt(a) && width(a.node.type) <= MOST_POINTS

type Side = "left" | "right"
const side = argument<Side>("the side", '"left" or "right"', (value) => value === "left" || value === "right")

/**
 * For each value how many elements of an ascending vector stand before it: smaller ones, or with `side: "right"` those that
 * are not larger. `sorter` holds the order of a vector that is not ascending. One table where the vector is constant.
 */
export const searchsorted = operator(
  "searchsorted",
  [x, required("values", tensor), optional("side", side), optional("sorter", tensorOrNull)],
  (x, values, { side = "left", sorter }): Tensor => {
    const [given, v] = operandsOf(x, values)
    if (given.ndim !== 1)
      fail("wrong-shape", `searchsorted in shape ${printShape(given.shape)}; a vector was needed`, given)
    const a = sorter === undefined || sorter === null ? given : take(given, sorter)
    if (isConstant(a)) checkAscending(a)
    const isBefore = side === "left" ? (p: number, q: number) => p < q : (p: number, q: number) => p <= q
    if (isTabulated(v, a)) {
      const known = Array.from(a.node.attrs.value.values as ArrayLike<number>, Number)
      return map(v, (value) => known.filter((each) => isBefore(each, value)).length)
    }
    const before = (side === "left" ? lt : le)(a, expandDims(v, -1))
    return proved("searchsorted", sum(before, { axis: -1 }), 0n, BigInt(a.size))
  },
)

const checkAscending = (a: ConstantTensor): void => {
  const { values } = a.node.attrs.value
  for (let i = 1; i < values.length; i++) {
    if (values[i]! < values[i - 1]!)
      fail(
        "wrong-argument",
        `searchsorted in a vector that does not ascend: ${values[i]} stands behind ${values[i - 1]}\nsort it, or give { sorter: x.argsort() }`,
        a,
      )
  }
}
