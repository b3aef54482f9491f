import { type Node, nodesOf, type Program, width } from "../ir/index.ts"

/** Levels of products that a table of `size` entries needs: its polynomial has a degree below `size`. */
export const tableLevels = (size: bigint): number => (size <= 1n ? 0 : (size - 1n).toString(2).length)

/** Levels of products that a node adds to the deepest of its operands: maps with clear weights add none. */
export const levelsOf = ({ op, operands, type }: Node): number => {
  if (!type.secret) return 0
  if (op === "mul" || op === "matmul") return operands.every((operand) => operand.type.secret) ? 1 : 0
  if (op !== "table" && op !== "apply") return 0
  return tableLevels(
    operands
      .map((operand) => operand.type)
      .reduce((size, own) => (own.kind === "int" ? size * width(own) : size), 1n),
  )
}

/** The levels that each node of a program needs, counted from the inputs. */
export const depths = (nodes: readonly Node[]): Map<Node, number> => {
  const result = new Map<Node, number>()
  for (const node of nodes) {
    const below = node.operands.reduce((most, operand) => Math.max(most, result.get(operand)!), 0)
    result.set(node, below + levelsOf(node))
  }
  return result
}

/** The multiplicative depth of a program: the most levels of products, secret with secret, that an output needs. */
export const depthOf = (program: Program): number => {
  const levels = depths(nodesOf(program))
  return Math.max(0, ...[...program.outputs.values()].map((node) => levels.get(node)!))
}
