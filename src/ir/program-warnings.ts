import { placeFrom, printRange, sizeOf, type Warning, warning } from "../data/index.ts"
import type { Node, NodeOf, Program } from "./program.ts"
import { nodesOf, topological } from "./traverse.ts"
import type { IntType } from "./type.ts"

/** What is likely a mistake in any program, traced or written as text: inputs and assumptions that change nothing. */
export const programWarnings = (program: Program): Warning[] => {
  const read = new Set<Node>(topological(program.outputs.values()))
  return [
    ...nodesOf(program).flatMap((node) =>
      node.op === "assume" && node.attrs.by === "user" ? idle(node, program) : [],
    ),
    ...program.inputs.flatMap((input) => (read.has(input) ? [] : [unread(input, program)])),
  ]
}

const unread = (input: NodeOf<"input">, { origins }: Program): Warning => {
  const { name } = input.attrs
  const where = placeFrom(origins.get(input)?.location)
  return warning({
    code: "unused-input",
    message: `input ${JSON.stringify(name)} is never read: no output depends on it\nuse it, or do not declare it: clients have to give it a value`,
    input: name,
    ...(where && { where }),
  })
}

/** A warning for an assumption that a proof makes needless. */
const idle = (node: NodeOf<"assume">, { origins }: Program): Warning[] => {
  const [operand] = node.operands
  const [proved, type] = [operand!.type as IntType, node.type as IntType]
  if (proved.lo !== type.lo || proved.hi !== type.hi || sizeOf(type.shape) === 0) return []
  const where = placeFrom(origins.get(node)?.location)
  return [
    warning({
      code: "unused-range",
      message:
        `the assumption ${printRange(node.attrs.lo, node.attrs.hi)} narrows nothing: ` +
        `the value is proved to lie in ${printRange(proved.lo, proved.hi)}\nleave it out`,
      ...(where && { where }),
    }),
  ]
}
