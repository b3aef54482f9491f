import { ProgramError, type Values } from "../data/index.ts"
import { Builder, foldNode, type Literal, literalValues, type Node, opDef, realLiteral } from "../ir/index.ts"
import type { Pass } from "./pass.ts"
import { constantOf, elements, isConstant } from "./shared/node-values.ts"
import { sweep } from "./shared/sweep.ts"

/** Larger constants are left to be computed by whoever needs them. */
const MOST_ELEMENTS = 2 ** 22

export const foldConstants: Pass = {
  name: "fold-constants",
  doc: "Computes what depends on constants only.",
  run: (program, _target, made = new Builder(program.origins)) =>
    sweep(program, made, (node, operands, builder) => folded(builder, builder.remake(node, operands))),
}

/** The constant that a node has become, or the node itself where that is none or would not fit 64 bits. */
export const folded = (builder: Builder, node: Node): Node => {
  const { operands } = node
  if (operands.length === 0 || !operands.every(isConstant) || elements(node) > MOST_ELEMENTS) return node
  const value = computed(
    node,
    operands.map(({ attrs }) => literalValues(attrs.value)),
  )
  return value === undefined ? node : constantOf(builder, value, node.type.shape)
}

const computed = (node: Node, values: readonly Values[]): Literal | undefined => {
  const operands = node.operands.map(({ type }, k) => ({ type, values: values[k]! }))
  try {
    if (node.type.kind === "int") return foldNode(node, operands)
    return realLiteral(opDef(node.op).evaluate(operands, node.attrs as never, node.type) as Float64Array)
  } catch (error) {
    // An assumption that does not hold, or a result that is no integer: the evaluator says so when it gets there.
    if (error instanceof ProgramError) return undefined
    throw error
  }
}
