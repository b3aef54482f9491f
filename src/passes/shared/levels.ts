import { type Node, nodesOf, type Program, width } from "../../ir/index.ts"

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

/** The levels that each node of a program needs, counted from the inputs; `levels` says what each node adds. */
export const depths = (
  nodes: readonly Node[],
  levels: (node: Node) => number = levelsOf,
): Map<Node, number> => {
  const result = new Map<Node, number>()
  for (const node of nodes) {
    const below = node.operands.reduce((most, operand) => Math.max(most, result.get(operand)!), 0)
    // A refreshed value begins anew.
    result.set(node, node.op === "refresh" && node.type.secret ? 0 : below + levels(node))
  }
  return result
}

/**
 * The round in which each node (given operands before users) can be computed first, from 0: how many refreshes stand one
 * after the other below it.
 */
export const roundsOf = (nodes: readonly Node[]): Map<Node, number> => {
  const rounds = new Map<Node, number>()
  for (const node of nodes) {
    const below = node.operands.reduce((most, operand) => Math.max(most, rounds.get(operand)!), 0)
    rounds.set(node, node.op === "refresh" && node.type.secret ? below + 1 : below)
  }
  return rounds
}

/** The multiplicative depth of a program: the most levels of products, secret with secret, between two refreshes of a value. */
export const depthOf = (program: Program, levels: (node: Node) => number = levelsOf): number => {
  const depth = depths(nodesOf(program), levels)
  return [...depth.values()].reduce((most, own) => Math.max(most, own), 0)
}
