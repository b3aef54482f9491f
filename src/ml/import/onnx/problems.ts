import { fail } from "../../fail.ts"

/** Labels of nodes by the problem that they have alike, in the order of the first ones. */
type Grouped = Map<string, string[]>

const put = (groups: Grouped, label: string, problem: string): void => {
  const labels = groups.get(problem)
  if (labels === undefined) groups.set(problem, [label])
  else labels.push(label)
}

const lines = (groups: Grouped): string[] =>
  [...groups].map(([problem, [first, ...others]]) => {
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`
    return `  node ${first}${more}${problem}`
  })

/** What keeps nodes of an ONNX file from being imported: equal problems are one line. */
export class Problems {
  readonly #groups: Grouped = new Map()
  /** Nodes that join rows come last: exporters put them around recurrences and loops, which are the cause. */
  readonly #mixed: Grouped = new Map()
  #count = 0
  #remedy = ""

  /** Adds a problem of a node, which begins with what follows the node's label. */
  add(label: string, problem: string): void {
    this.#count++
    put(this.#groups, label, problem)
  }

  /** Adds a node that joins the rows of a batch. The remedy is told if no node has another problem. */
  addMixed(label: string, problem: string, remedy: string): void {
    this.#count++
    this.#remedy = remedy
    put(this.#mixed, label, problem)
  }

  /** Throws ProgramError with all problems. */
  throwIfAny(): void {
    if (this.#count === 0) return
    const remedy = this.#groups.size === 0 ? [this.#remedy] : []
    const nodes = this.#count === 1 ? "a node" : `${this.#count} nodes`
    fail(
      "unsupported-model",
      [
        `the ONNX model has ${nodes} that cannot be imported:`,
        ...lines(this.#groups),
        ...lines(this.#mixed),
        ...remedy,
      ].join("\n"),
    )
  }
}
