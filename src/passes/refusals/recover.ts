import { type Builder, intType, type Node, type NodeOf, type Program, topological } from "../../ir/index.ts"
import { sweep } from "../shared/sweep.ts"
import { type Refusal, refuse } from "./refusal.ts"

/**
 * How the passes after a refusal still find what else is wrong: each refused node becomes an input of the same type, what
 * it was computed from becomes outputs, and real outputs are left out. Nothing is said of what was put there.
 */
export class Recovery {
  readonly #made = new Set<string>()

  /** The refused program without what it was refused for. */
  withoutRefused({ program, problems }: Refusal, builder: Builder): Program {
    const refused = new Set(
      problems.flatMap(({ node, input, output }) =>
        input === undefined && output === undefined ? [node] : [],
      ),
    )
    const inputs: NodeOf<"input">[] = []
    const below: Node[] = []
    const outputs = new Map([...program.outputs].filter(([, { type }]) => type.kind === "int"))
    const closed = { ...program, outputs }
    const open = sweep(closed, builder, (node, operands) => {
      if (!refused.has(node) || node.type.kind === "real") return undefined
      below.push(...integersBelow(operands))
      const { secret, lo, hi, shape } = node.type
      const type = intType(secret, lo, hi, shape)
      const input = builder.make("input", [], { name: this.#name(), type })
      inputs.push(input)
      return input
    })
    return Object.freeze({
      ...open,
      inputs: [...open.inputs, ...inputs],
      outputs: new Map([...open.outputs, ...below.map((node): [string, Node] => [this.#name(), node])]),
    })
  }

  /**
   * A refusal with the problems that are those of the program itself; undefined when there are none. What is wrong with a
   * table of something that was refused is not: that has been said.
   */
  ownPart({ code, program, problems }: Refusal): Refusal | undefined {
    const own = problems.filter(({ node, input, output, steps }) => {
      if (this.#made.has(input ?? "") || this.#made.has(output ?? "")) return false
      const isOfTable = input === undefined && output === undefined && steps === undefined
      return !(isOfTable && topological([node]).some((below) => this.#isMade(below)))
    })
    const inputs = program.inputs.filter((input) => !this.#isMade(input))
    return own.length === 0 ? undefined : refuse(code, { ...program, inputs }, own)
  }

  #isMade(node: Node): boolean {
    return node.op === "input" && this.#made.has(node.attrs.name)
  }

  #name(): string {
    const name = `stand-in ${this.#made.size}`
    this.#made.add(name)
    return name
  }
}

/** The integers that values are computed from, real ones being looked through. */
const integersBelow = (nodes: readonly Node[]): Node[] => {
  const found = new Set<Node>()
  const seen = new Set<Node>()
  const stack = [...nodes]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    if (node.type.kind === "real") stack.push(...node.operands)
    else if (node.type.secret && node.op !== "input") found.add(node)
  }
  return [...found]
}
