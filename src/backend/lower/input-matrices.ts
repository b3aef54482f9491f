import { sizeOf } from "../../data/index.ts"
import { countUses, type Matrix, type Node, nodesOf, type Program, sliceColumns } from "../../ir/index.ts"
import { powerOfTwoFrom } from "../arithmetic/slots.ts"

/** The one matrix that takes an encrypted input, for each input that nothing else uses. */
export const matricesOfInputs = (program: Program): Map<Node, Matrix> => {
  const uses = countUses(program)
  const matrices = new Map<Node, Matrix>()
  for (const node of nodesOf(program)) {
    if (node.op !== "linear") continue
    const { matrix } = node.attrs
    let from = 0
    for (const operand of node.operands) {
      const to = from + sizeOf(operand.type.shape)
      let input = operand
      let isOnly = uses.get(input) === 1
      while (input.op === "reshape" || input.op === "onehot" || input.op === "symbols") {
        input = input.operands[0]!
        isOnly &&= uses.get(input) === 1
      }
      if (input.op === "input" && input.type.secret && isOnly) {
        matrices.set(input, node.operands.length === 1 ? matrix : sliceColumns(matrix, from, to))
      }
      from = to
    }
  }
  return matrices
}

/** The longest ring that helps to spread an input; 1 when none can be. */
export const spreadRing = (program: Program): number =>
  [...matricesOfInputs(program).values()].reduce(
    (most, { rows, columns }) => Math.max(most, powerOfTwoFrom(rows) * powerOfTwoFrom(columns)),
    1,
  )
