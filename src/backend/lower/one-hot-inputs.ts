import { ProgramError, sizeOf } from "../../data/index.ts"
import { type Node, type NodeOf, nodesOf, type Program } from "../../ir/index.ts"

/** What an input is sent as, in 0s and 1s. */
export type Sent = NodeOf<"onehot"> | NodeOf<"symbols">

/**
 * The inputs that are sent one-hot or in symbols, with what is sent for each. Throws ProgramError where something else takes such an
 * input too, or takes it in other digits; passes make no such program.
 */
export const oneHotInputs = (program: Program): Map<Node, Sent> => {
  const nodes = nodesOf(program)
  const sent = new Map<Node, Sent>()
  const refuse = (input: Node): never => {
    const { name } = (input as NodeOf<"input">).attrs
    throw new ProgramError(
      `input "${name}" is sent one-hot, so that nothing but one onehot can take it\ncompute all that is made of it from that vector`,
      { code: "unsupported" },
    )
  }
  for (const node of nodes) {
    if (node.op !== "onehot" && node.op !== "symbols") continue
    const input = node.operands[0]!
    if (sent.has(input)) refuse(input)
    sent.set(input, node)
  }
  const checkUse = (node: Node): void => {
    const input = node.op === "reshape" ? node.operands[0]! : node
    if (sent.has(input)) refuse(input)
  }
  for (const node of nodes) {
    if (node.op === "onehot" || node.op === "symbols" || node.op === "reshape") continue
    const read = readOperands(node)
    node.operands.filter((_, k) => read[k]).forEach(checkUse)
  }
  program.outputs.forEach(checkUse)
  return sent
}

/** Which operands a node depends on: a matrix may have zeros only for one that makes a constant secret. */
const readOperands = ({ op, operands, attrs }: Node): boolean[] => {
  if (op !== "linear") return operands.map(() => true)
  const { column } = (attrs as NodeOf<"linear">["attrs"]).matrix
  let from = 0
  return operands.map(({ type }) => {
    const to = from + sizeOf(type.shape)
    const isRead = column.some((c) => c >= from && c < to)
    from = to
    return isRead
  })
}
