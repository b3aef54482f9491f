import { ProgramError } from "../data/index.ts"
import { type IntType, type Node, nodesOf, type Program, type Remark, width } from "../ir/index.ts"
import { depthOf, depths, levelsOf } from "./depth.ts"
import type { Pass } from "./pass.ts"
import { refuse } from "./remarks.ts"

/** No parameters carry more products one after the other than `maxDepth`, whatever the noise. */
export const checkDepth: Pass = {
  name: "check-depth",
  doc: "Refuses outputs that need more levels of products than any parameters carry, and shows what needs them.",
  run: (program, { maxDepth }) => {
    if (depthOf(program) > maxDepth)
      throw new ProgramError(explainDepth(program, `, but at most ${maxDepth} can be had`))
    return program
  },
}

/** A listing of the steps that make a program as deep as it is, each with its levels. */
export const explainDepth = (program: Program, limit = ""): string => {
  const path = deepestPath(program)
  const summary = `the deepest output needs ${levelCount(depthOf(program))} of products${limit}`
  const last = path.at(-1)
  if (last === undefined) return `${summary}\nuse smaller weights or narrower inputs`
  return refuse(program, [
    { node: last, message: `${summary}\n${REMEDY}` },
    ...path.map((node): Remark => ({ node, message: cost(node) })),
  ]).message
}

/** The nodes whose levels add up to the depth of the deepest output, from the inputs on. */
const deepestPath = (program: Program): Node[] => {
  const levels = depths(nodesOf(program))
  const deepest = (nodes: Iterable<Node>): Node | undefined => {
    let best: Node | undefined
    for (const node of nodes) if (best === undefined || levels.get(node)! > levels.get(best)!) best = node
    return best
  }
  const path: Node[] = []
  for (let node = deepest(program.outputs.values()); node !== undefined; node = deepest(node.operands)) {
    if (levelsOf(node) > 0) path.push(node)
  }
  return path.reverse()
}

const REMEDY =
  "use shorter tables (roundBits, narrower inputs), a square in place of a table, fewer products in a row, " +
  "or let the client decrypt and encrypt again between two programs"

const levelCount = (levels: number): string => `${levels} ${levels === 1 ? "level" : "levels"}`

const cost = (node: Node): string =>
  node.op === "table"
    ? `a table of ${width(node.operands[0]!.type as IntType)} entries: ${levelCount(levelsOf(node))}`
    : `a product of secrets: ${levelCount(levelsOf(node))}`
