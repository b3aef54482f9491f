import type { Node, Program } from "./program.ts"

/** Every node that `roots` depend on, operands before users, in a fixed order. Safe for programs of any depth. */
export const topological = (roots: Iterable<Node>): Node[] => {
  const order: Node[] = []
  const seen = new Set<Node>()
  const stack: { node: Node; next: number }[] = []
  for (const root of roots) {
    if (seen.has(root)) continue
    seen.add(root)
    stack.push({ node: root, next: 0 })
    while (stack.length > 0) {
      const top = stack.at(-1)!
      const operand = top.node.operands[top.next++]
      if (operand === undefined) {
        order.push(top.node)
        stack.pop()
      } else if (!seen.has(operand)) {
        seen.add(operand)
        stack.push({ node: operand, next: 0 })
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
