import {
  type Choice,
  type ChoiceOptions,
  chooseParameters,
  largestBudget,
  type NoChoice,
} from "../backend/index.ts"
import { formatTime } from "../data/index.ts"
import { type IntType, type Node, nodesOf, type Program, rewrite, tableSize } from "../ir/index.ts"
import { deepestPath, entriesWithin, lighter, type Step } from "../passes/index.ts"

/** The most steps that are tried, and the largest programs that are. */
const MOST_STEPS = 6
const MOST_NODES = 300
const MOST_ENTRIES = 4096

/** What is known of a program for which no parameters were found. */
export interface Shortage {
  /** Bits of noise budget that are missing; undefined for programs that take long to estimate. */
  readonly missing: number | undefined
  /** What one step of its deepest path that took a level less would be worth; undefined for all but the deepest steps. */
  worth(step: Step): string | undefined
}

/** By estimates for the largest ring degree, and by asking the search where these say that it would find something. */
export const shortageOf = (program: Program, options: ChoiceOptions): Shortage => {
  if (!isSmall(program)) return { missing: undefined, worth: () => undefined }
  const budget = largestBudget(program, options.security)
  const heaviest = deepestPath(program).toSorted((a, b) => b.levels - a.levels)
  const asked = new Set(heaviest.slice(0, MOST_STEPS).map(({ node }) => node))
  return {
    missing: Math.ceil(options.margin - budget),
    worth: (step) => {
      if (!asked.has(step.node)) return undefined
      const changed = withLighter(program, step.node)
      const gained = largestBudget(changed, options.security) - budget
      const found = budget + gained < options.margin ? undefined : enough(chooseParameters(changed, options))
      return `${lighter(step)}: ${found ?? bits(Math.floor(gained))}`
    },
  }
}

const enough = (choice: Choice | NoChoice): string | undefined =>
  "reason" in choice
    ? undefined
    : `enough, about ${formatTime(choice.cost.time)} a run at n = ${choice.parameters.n}`

const bits = (gained: number): string =>
  gained <= 0 ? "no bit more" : `${gained} ${gained === 1 ? "bit" : "bits"} more`

/** The program with a shorter table, or with a product of which one factor is no secret, at one node. */
const withLighter = (program: Program, changed: Node): Program => {
  const added: Program["inputs"][number][] = []
  const lightened = rewrite(program, (node, operands, builder) => {
    if (node !== changed) return undefined
    const [a, b] = operands as [Node, Node?]
    if (node.op === "table") {
      const { lo } = a.type as IntType
      const shorter = builder.make("assume", [a], { lo, hi: lo + entriesWithin(node) - 1n, by: "user" })
      return builder.make("table", [shorter], node.attrs)
    }
    const type = { ...(b!.type as IntType), secret: false }
    const factor = builder.make("input", [], { name: "a factor", type })
    added.push(factor)
    return builder.make("mul", [a, factor], {})
  })
  return { ...lightened, inputs: [...lightened.inputs, ...added] }
}

/** Whether the search may be asked about a program for a message. */
export const isSmall = (program: Program): boolean => {
  const nodes = nodesOf(program)
  const entries = nodes.reduce((sum, node) => sum + (node.op === "table" ? tableSize(node.attrs) : 0), 0)
  return nodes.length <= MOST_NODES && entries <= MOST_ENTRIES
}
