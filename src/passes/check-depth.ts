import { type IntType, type Node, nodesOf, type Program, width } from "../ir/index.ts"
import type { Pass } from "./pass.ts"
import { type Problem, Refusal, refuse } from "./refusals/refusal.ts"
import { depthOf, depths, levelsOf, tableLevels } from "./shared/levels.ts"

/** No parameters carry more products one after the other than `maxDepth`, whatever the noise. */
export const checkDepth: Pass = {
  name: "check-depth",
  doc: "Refuses outputs that need more levels of products than any parameters carry, and shows what needs them.",
  run: (program, { maxDepth }) => {
    if (depthOf(program) <= maxDepth) return program
    const remedy = (step: Step): string => {
      const depth = depthOf(program, (node) => (node === step.node ? step.levels - 1 : levelsOf(node)))
      return `${lighter(step)}: ${levelCount(depth)} in all`
    }
    throw refuse("too-deep", program, [depthProblem(program, `, but at most ${maxDepth} can be had`, remedy)])
  },
}

/** A node of the deepest path that adds to its depth. */
export interface Step {
  readonly node: Node
  readonly levels: number
}

/**
 * A listing of the steps that make a program as deep as it is, each with its levels and with what `remedy` says of it.
 */
export const explainDepth = (program: Program, remedy?: (step: Step) => string | undefined): string => {
  if (deepestPath(program).length === 0)
    return `${summaryOf(program)}\nuse smaller weights or narrower inputs`
  return new Refusal("too-deep", program, [depthProblem(program, "", remedy)]).message
}

const depthProblem = (
  program: Program,
  limit: string,
  remedy: (step: Step) => string | undefined = () => undefined,
): Problem => {
  const path = deepestPath(program)
  return {
    node: path.at(-1)!.node,
    message: `${summaryOf(program)}${limit}\n${REMEDY}`,
    steps: path.map((step) => {
      const better = remedy(step)
      return { node: step.node, message: better === undefined ? cost(step) : `${cost(step)}; ${better}` }
    }),
  }
}

const summaryOf = (program: Program): string =>
  `the deepest output needs ${levelCount(depthOf(program))} of products`

/**
 * The nodes whose levels add up to the depth of the deepest value, from the inputs or a refresh on; `levels` may count them
 * in another way.
 */
export const deepestPath = (program: Program, levels: (node: Node) => number = levelsOf): Step[] => {
  const nodes = nodesOf(program)
  const depth = depths(nodes, levels)
  const deepest = (among: Iterable<Node>): Node | undefined => {
    let best: Node | undefined
    for (const node of among) if (best === undefined || depth.get(node)! > depth.get(best)!) best = node
    return best
  }
  const path: Step[] = []
  for (let node = deepest(nodes); node !== undefined && depth.get(node)! > 0; node = deepest(node.operands)) {
    const own = levels(node)
    if (own > 0) path.push({ node, levels: own })
  }
  return path.reverse()
}

const REMEDY =
  "use shorter tables (narrower inputs, assume), a square in place of a table, fewer products in a row, " +
  "or refresh(): the client then encrypts a value again on the way"

export const levelCount = (levels: number): string => `${levels} ${levels === 1 ? "level" : "levels"}`

const cost = ({ node, levels }: Step): string =>
  node.op === "table"
    ? `a table of ${entriesOf(node)} entries: ${levelCount(levels)}`
    : `a product of secrets: ${levelCount(levels)}`

const entriesOf = (node: Node): bigint => width(node.operands[0]!.type as IntType)

/** What a step of one level less would be. */
export const lighter = ({ node }: Step): string =>
  node.op === "table" ? `with ${entriesWithin(node)} entries` : "with a factor in the clear"

/** The most entries of a table that takes one level less. */
export const entriesWithin = (node: Node): bigint => 2n ** BigInt(tableLevels(entriesOf(node)) - 1)
