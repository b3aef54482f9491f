import { Builder, type Node, type Program } from "./program.ts"
import { nodesOf } from "./traverse.ts"

/**
 * Builds the program anew from operands to users. `rule` sees each old node with its rebuilt operands and returns the
 * node to take its place, or undefined to make the same operation again.
 */
export const rewrite = (
  program: Program,
  rule: (node: Node, operands: readonly Node[], builder: Builder) => Node | undefined,
): Program => {
  const builder = new Builder(program.origins)
  const rebuilt = new Map<Node, Node>()
  for (const node of nodesOf(program)) {
    const operands = node.operands.map((operand) => rebuilt.get(operand)!)
    const fresh = rule(node, operands, builder) ?? builder.remake(node, operands)
    inheritOrigin(program, node, fresh)
    rebuilt.set(node, fresh)
  }
  return withOutputs(program, rebuilt)
}

/** A message about `fresh` should point where `old` was written, unless it has a place of its own. */
export const inheritOrigin = (program: Program, old: Node, fresh: Node): void => {
  if (old === fresh) return
  const origin = program.origins.get(old)
  if (origin !== undefined && !program.origins.has(fresh)) program.origins.set(fresh, origin)
}

/** The program whose inputs and outputs are the images of those of `program`. */
export const withOutputs = (program: Program, image: ReadonlyMap<Node, Node>): Program =>
  Object.freeze({
    name: program.name,
    inputs: program.inputs.map((input) => image.get(input) as Program["inputs"][number]),
    outputs: new Map([...program.outputs].map(([name, node]) => [name, image.get(node)!])),
    origins: program.origins,
  })
