import {
  literal,
  literalValues,
  type NodeOf,
  type OpName,
  opDef,
  RELATED,
  realLiteral,
} from "../../ir/index.ts"
import type { Tensor } from "../tensor/tensor.ts"
import { originHere } from "./location.ts"
import { isConstant } from "./operands.ts"
import { isTruth } from "./truth-value.ts"

/** The result of a core operator on tensors of one trace, with the user's place and the innermost label as its origin. */
export const make = <O extends OpName>(
  op: O,
  operands: readonly Tensor[],
  attrs: NodeOf<O>["attrs"],
): Tensor => {
  const host = operands[0]!
  const label = innermost(operands)
  const node = host.builder.make(
    op,
    operands.map((operand) => operand.node),
    attrs,
    originHere(label),
  )
  if (host.builder.isConstant) return folded(host.derive(node, label), operands)
  const other = host.builder.inPlaceOf(node, host)
  if (other !== undefined) return other
  // Said on the node, so that no pass that computes it in another way forgets it.
  const range = host.builder.relatedRange(node)
  return host.derive(
    range ? host.builder.make("assume", [node], { ...range, by: RELATED }, originHere(label)) : node,
    label,
  )
}

/** A nested label extends the outer one, so the longest is the innermost. */
const innermost = (operands: readonly Tensor[]): string | undefined => {
  let label = operands[0]!.label
  for (const operand of operands) {
    if ((operand.label?.length ?? 0) > (label?.length ?? 0)) label = operand.label
  }
  return label
}

/** Operations on constants outside every trace are done at once, so that their results are constants, too. */
const folded = (result: Tensor, operands: readonly Tensor[]): Tensor => {
  const { op, attrs, type } = result.node
  const known = operands.filter(isConstant).map(({ node }) => ({
    type: node.type,
    values: literalValues(node.attrs.value),
  }))
  const values = opDef(op).evaluate(known, attrs as never, type)
  const value = type.kind === "int" ? literal(values) : realLiteral(values as Float64Array)
  const constant = result.builder.make("constant", [], { value, shape: type.shape })
  return result.derive(constant, result.label, isTruth(result.node) || isMovedMask(result, operands))
}

const MOVEMENTS: ReadonlySet<OpName> = new Set(["reshape", "gather", "transpose", "broadcast", "concat"])

const isMovedMask = ({ node }: Tensor, operands: readonly Tensor[]): boolean =>
  MOVEMENTS.has(node.op) && operands.every(({ isMask }) => isMask)
