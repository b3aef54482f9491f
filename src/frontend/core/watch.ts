import { isPlainObject, placeFrom, type Warning, warning } from "../../data/index.ts"
import { type Node, type Origin, type Program, topological } from "../../ir/index.ts"
import type { Declaration, Watched } from "../operator/operator.ts"
import { originHere } from "./location.ts"
import { isTensor } from "./tensor-base.ts"

/** The result of an operator that is of no use but by what is done with it. */
interface Asked {
  readonly watched: Watched
  readonly name: string
  readonly node: Node
  readonly origin: Origin | undefined
}

/** What a watch asks of the builder that makes the nodes. */
interface Nodes {
  readonly size: number
  readonly origins: Program["origins"]
  idOf(node: Node): number | undefined
}

/**
 * Notes the comparisons and assumptions that a traced function itself asks for, not those that operators are made of, and
 * which of the results it goes on to use: `if (x.gt(3))` reads nothing of a tensor, so that no trap can see it.
 */
export class Watch {
  readonly #nodes: Nodes
  readonly #asked: Asked[] = []
  /** Those whose result was given to no operator so far. */
  readonly #waiting = new Map<object, Asked>()
  /** Comparisons that a choice has taken up in another form. */
  readonly #absorbed = new Set<Node>()
  /** How many operators are running one inside the other. */
  #depth = 0

  constructor(nodes: Nodes) {
    this.#nodes = nodes
  }

  /** Runs an operator on its arguments. */
  during(declaration: Declaration, args: readonly unknown[], run: () => unknown): unknown {
    if (this.#depth === 0) this.#use(args)
    const before = this.#nodes.size
    this.#depth++
    let result: unknown
    try {
      result = run()
    } finally {
      this.#depth--
    }
    if (this.#depth === 0 && declaration.watched !== undefined && isTensor(result)) {
      const { node } = result
      // A node that was there already was made at another place.
      const isNew = (this.#nodes.idOf(node) ?? 0) >= before
      const origin = isNew ? this.#nodes.origins.get(node) : originHere(undefined)
      const asked = { watched: declaration.watched, name: declaration.name, node, origin }
      this.#asked.push(asked)
      this.#waiting.set(result, asked)
    }
    return result
  }

  /** Runs a function of the user's that an operator calls. */
  outside<T>(run: () => T): T {
    const depth = this.#depth
    this.#depth = 0
    try {
      const result = run()
      this.#use(result)
      return result
    } finally {
      this.#depth = depth
    }
  }

  /** Says that a comparison is part of what a choice by it became. */
  absorb(comparison: Node): void {
    this.#absorbed.add(comparison)
  }

  #use(value: unknown, nesting = 0): void {
    if (this.#waiting.size === 0 || nesting > MOST_NESTING) return
    if (isTensor(value)) this.#waiting.delete(value)
    else if (Array.isArray(value)) for (const each of value) this.#use(each, nesting + 1)
    else if (isPlainObject(value)) for (const each of Object.values(value)) this.#use(each, nesting + 1)
  }

  /** A warning for each line with results that reach no output of the program, whose function returned this. */
  warnings(program: Program, returned: unknown): Warning[] {
    this.#use(returned)
    if (this.#asked.length === 0) return []
    const reached = new Set(topological(program.outputs.values()))
    const dropped = new Set(this.#waiting.values())
    const lines = new Map<string, Asked[]>()
    for (const asked of this.#asked) {
      const isUsed = reached.has(asked.node) || this.#absorbed.has(asked.node)
      if (!dropped.has(asked) && isUsed) continue
      const line = `${asked.watched} ${asked.origin?.location?.replace(/:\d+$/, "")}`
      const known = lines.get(line)
      if (known === undefined) lines.set(line, [asked])
      else known.push(asked)
    }
    return [...lines.values()].map(warn)
  }
}

/** Arguments are lists of tensors, or of lists. */
const MOST_NESTING = 8

const warn = (line: readonly Asked[]): Warning => {
  const [{ watched, origin }] = line as readonly [Asked]
  const where = placeFrom(origin?.location)
  const names = [...new Set(line.map(({ name }) => name))].join(", ")
  const what =
    line.length === 1 ? `the ${watched} ${names} reaches` : `${line.length} ${watched}s (${names}) reach`
  return warning({
    code: watched === "comparison" ? "unused-comparison" : "unused-range",
    message: `${what} no output\n${REMEDIES[watched]}`,
    ...(where && { where }),
  })
}

const REMEDIES: Readonly<Record<Watched, string>> = {
  comparison:
    "if, ?:, &&, || and ! of JavaScript take every tensor for true: choose with where(condition, a, b), or leave it out",
  assumption: "a tensor never changes: go on with what assume returns, or leave it out",
}
