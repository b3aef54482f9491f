import { sizeOf } from "../../data/index.ts"
import {
  Builder,
  type Literal,
  literal,
  type Matrix,
  type Node,
  type Program,
  sliceColumns,
  topological,
} from "../../ir/index.ts"

/**
 * Collects what the server computes in the clear: values of clear inputs that are combined with ciphertexts, and clear
 * outputs. Each becomes an output of one cleartext program.
 */
export class ClearPart {
  readonly #program: Program
  readonly #builder: Builder
  readonly #copies = new Map<Node, Node>()
  readonly #outputs = new Map<string, Node>()

  constructor(program: Program) {
    this.#program = program
    this.#builder = new Builder(program.origins)
    for (const input of program.inputs) {
      if (!input.type.secret) this.#copies.set(input, this.#builder.make("input", [], input.attrs))
    }
  }

  /** A clear value of the program under a name of its own; `name` for outputs. */
  give(node: Node, name = this.#freshName()): string {
    this.#outputs.set(name, this.#copy(node))
    return name
  }

  /** The clear columns of a `linear` node, without its bias: what clear operands add to it. Null when there are none. */
  giveColumns(node: Extract<Node, { op: "linear" }>): string | null {
    const { matrix, shape } = node.attrs
    let sum: Node | null = null
    let column = 0
    for (const operand of node.operands) {
      const columns = sizeOf(operand.type.shape)
      if (!operand.type.secret) {
        const block: Matrix = sliceColumns(matrix, column, column + columns)
        const bias: Literal = zeros(matrix.rows)
        const part = this.#builder.make("linear", [this.#copy(operand)], { matrix: block, bias, shape })
        sum = sum === null ? part : this.#builder.make("add", [sum, part], {})
      }
      column += columns
    }
    if (sum === null) return null
    const name = this.#freshName()
    this.#outputs.set(name, sum)
    return name
  }

  /** The cleartext program; null when nothing is computed in the clear. */
  program(): Program | null {
    if (this.#outputs.size === 0) return null
    const { name, inputs, origins } = this.#program
    const clearInputs = inputs.filter((input) => !input.type.secret)
    return Object.freeze({
      name: `${name}_clear`,
      inputs: clearInputs.map((input) => this.#copies.get(input) as Program["inputs"][number]),
      outputs: this.#outputs,
      origins,
    })
  }

  #copy(node: Node): Node {
    for (const each of topological([node])) {
      if (this.#copies.has(each)) continue
      const operands = each.operands.map((operand) => this.#copies.get(operand)!)
      this.#copies.set(each, this.#builder.make(each.op, operands, each.attrs as never))
    }
    return this.#copies.get(node)!
  }

  #freshName(): string {
    const taken = new Set([...this.#outputs.keys(), ...this.#program.outputs.keys()])
    let i = this.#outputs.size
    while (taken.has(`given${i}`)) i++
    return `given${i}`
  }
}

const zeros = (length: number): Literal => literal(new Int32Array(length))
