import type { Node } from "../program.ts"
import type { IntType } from "../type.ts"
import type { Forms } from "./forms.ts"

/** The operators whose rules bound their operands as if any value of one met any of another. */
const COMBINING = new Set(["add", "sub", "mul", "sum", "matmul"])

/**
 * The range of a node narrowed by what relates its operands to each other, which the rules of single operators do not see:
 * a largest element is no less than any other, a value minus itself is 0, of a one-hot vector one element is 1. Undefined
 * where that is no narrower than its type.
 */
export const relatedRange = (node: Node, forms: Forms): Pick<IntType, "lo" | "hi"> | undefined => {
  const { type } = node
  if (!COMBINING.has(node.op) || type.kind === "real" || type.lo === type.hi) return undefined
  const ranges = forms.ranges(node)
  if (ranges === undefined) return undefined
  let [lo, hi] = [Infinity, -Infinity]
  ranges.forEach((range, i) => {
    lo = Math.min(lo, Math.max(range.lo, Number(type.each?.lo[i] ?? type.lo)))
    hi = Math.max(hi, Math.min(range.hi, Number(type.each?.hi[i] ?? type.hi)))
  })
  return lo > Number(type.lo) || hi < Number(type.hi) ? { lo: BigInt(lo), hi: BigInt(hi) } : undefined
}
