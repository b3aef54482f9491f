import type { Node, Program } from "./program.ts"

/** Every node that `roots` depend on, operands before users, in a fixed order. Safe for programs of any depth. */
export const topological = (roots: Iterable<Node>): Node[] => {
  const order: Node[] = []
  const seen = new Set<Node>()
  // The way down to a node, and which operand is next of each node on it.
  const way: Node[] = []
  const next: number[] = []
  const enter = (node: Node): void => {
    if (seen.has(node)) return
    seen.add(node)
    way.push(node)
    next.push(0)
  }
  for (const root of roots) {
    enter(root)
    while (way.length > 0) {
      const at = way.length - 1
      const operand = way[at]!.operands[next[at]!++]
      if (operand !== undefined) enter(operand)
      else {
        order.push(way.pop()!)
        next.pop()
      }
    }
  }
  return order
}

/** All nodes of a program: declared inputs first, then what the outputs need. */
export const nodesOf = (program: Program): Node[] =>
  topological([...program.inputs, ...program.outputs.values()])

/** How often each node is used, as an operand or as an output. */
export const countUses = (program: Program): Map<Node, number> => {
  const uses = new Map<Node, number>()
  const use = (node: Node): void => void uses.set(node, (uses.get(node) ?? 0) + 1)
  for (const node of nodesOf(program)) node.operands.forEach(use)
  for (const node of program.outputs.values()) use(node)
  return uses
}
