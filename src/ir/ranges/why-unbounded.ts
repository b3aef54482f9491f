import { type Expression, intervalsOf } from "../expression/expression.ts"
import type { NodeOf } from "../program.ts"

interface Range {
  readonly lo: number
  readonly hi: number
}

/**
 * The message for an expression that interval arithmetic cannot show to give exact integers. `node` is its node where there
 * is one: the first real value below it that has no bounds is then what is named.
 */
export const whyUnbounded = (expr: Expression, range: Range, node: NodeOf<"apply">): string => {
  if (Number.isFinite(range.lo) && Number.isFinite(range.hi)) {
    return (
      `"${expr.text}" may reach ${range.lo}..${range.hi}, which is no range of exact integers\n` +
      "clip it before it is rounded"
    )
  }
  let at = node
  for (;;) {
    const below = at.operands.find(
      (operand): operand is NodeOf<"apply"> =>
        operand.op === "apply" &&
        operand.type.kind === "real" &&
        !(Number.isFinite(operand.type.lo) && Number.isFinite(operand.type.hi)),
    )
    if (below === undefined) break
    at = below
  }
  const why = at.attrs.expr.doubt(intervalsOf(at.operands.map(({ type }) => type)))
  return (
    `no bounds are known for this value: ${why ?? "it is computed from a value without bounds"}\n` +
    "exclude that with clip, maximum or assume before, or clip this before it is rounded; " +
    "of values with at most 65537 combinations every one is looked at"
  )
}
