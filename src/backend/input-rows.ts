import { sizeOf } from "../data/index.ts"
import { countUses, type Node, nodesOf, type Program } from "../ir/index.ts"
import { powerOfTwoFrom } from "./layout.ts"

/** The rows of the one matrix that takes an encrypted input, for each input that nothing else uses. */
export const rowsOfInputs = (program: Program): Map<Node, number> => {
  const uses = countUses(program)
  const rows = new Map<Node, number>()
  for (const node of nodesOf(program)) {
    if (node.op !== "linear") continue
    for (const operand of node.operands) {
      const input = operand.op === "reshape" ? operand.operands[0]! : operand
      const isOnly = uses.get(operand) === 1 && uses.get(input) === 1
      if (input.op === "input" && input.type.secret && isOnly) rows.set(input, node.attrs.matrix.rows)
    }
  }
  return rows
}

/** The shortest ring that has room to spread every input that can be; 1 when none can. */
export const spreadRing = (program: Program): number =>
  [...rowsOfInputs(program)].reduce(
    (most, [input, rows]) => Math.max(most, powerOfTwoFrom(sizeOf(input.type.shape)) * powerOfTwoFrom(rows)),
    1,
  )
