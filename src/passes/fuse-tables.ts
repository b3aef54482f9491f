import { ProgramError } from "../data/index.ts"
import {
  type Builder,
  countUses,
  type IntType,
  type Node,
  nodesOf,
  type Program,
  type Tabulated,
  Tabulator,
  width,
} from "../ir/index.ts"
import { boundsCode, realOutput } from "./check-bounds.ts"
import { folded } from "./fold-constants.ts"
import { makeTable } from "./fuse-tables/make-table.ts"
import { MOVED_REAL, type Pack, packs, type Reason } from "./fuse-tables/pack-two-secrets.ts"
import { isElementwise, Regions } from "./fuse-tables/region.ts"
import type { Pass, Target } from "./pass.ts"
import { type Problem, refuse } from "./refusals/refusal.ts"
import { integersBetween } from "./shared/node-values.ts"
import { sweep, untilStable } from "./shared/sweep.ts"

/**
 * Every region of elementwise operators that holds an `apply` or `table` and has one source becomes one table of it; a region
 * of several small sources becomes a table of a number that spells them all. Regions without either stay arithmetic.
 * The work runs from operands to users, so that each table sees the ranges that the tables below it have.
 * Throws ProgramError with all that cannot be tabulated.
 */
export const fuseTables: Pass = {
  name: "fuse-tables",
  doc: "Turns every connected region of elementwise operators on one secret into one lookup table.",
  run: (program, target, made) => {
    const reasons = new Map<Node, Reason>()
    const fused = untilStable(program, made, (before, builder) => fuse(before, builder, target, reasons))
    const problems = leftovers(fused, reasons)
    if (problems.length > 0) throw refuse(boundsCode(fused), fused, problems)
    return fused
  },
}

const fuse = (program: Program, made: Builder, target: Target, reasons: Map<Node, Reason>): Program => {
  const regions = new Regions(target.maxTableSize)
  const tabulator = new Tabulator()
  const uses = countUses(program)
  return sweep(program, made, (node, operands, builder, imageOf) => {
    const same = folded(builder, builder.remake(node, operands))
    regions.add(same)
    const result = tabulated(same, builder, target, regions, tabulator, reasons)
    regions.add(result)
    for (const operand of node.operands) {
      const left = uses.get(operand)! - 1
      uses.set(operand, left)
      if (left === 0) tabulator.drop(imageOf(operand))
    }
    return result
  })
}

/** The node as a table of its source, or of several packed into one; the node itself where it needs no table or finds none. */
const tabulated = (
  node: Node,
  builder: Builder,
  target: Target,
  regions: Regions,
  tabulator: Tabulator,
  reasons: Map<Node, Reason>,
): Node => {
  if (!node.type.secret || node.type.kind === "real" || !isElementwise(node)) return node
  try {
    const source = regions.sourceOf(node)
    if (source !== undefined) {
      const type = source.type as IntType
      const columns = (): Tabulated => {
        const domain = { size: Number(width(type)), sources: new Map([[source, integersBetween(type)]]) }
        return tabulator.tabulate(node, source, domain)
      }
      return makeTable(node, source, type.lo, columns, builder)
    }
    if (node.op !== "apply" && !isLargeTable(node, target)) return node
    const choices = packs(node, target, builder)
    if (typeof choices === "object") return firstTable(node, choices, builder, tabulator)
    reasons.set(node, choices)
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    reasons.set(node, error.message)
  }
  return node
}

/** The table of the first packing that it can be made of. */
const firstTable = (
  node: Node,
  choices: readonly (() => Pack)[],
  builder: Builder,
  tabulator: Tabulator,
): Node => {
  for (const [i, choice] of choices.entries()) {
    const { index, domain } = choice()
    try {
      return makeTable(node, index, 0n, () => tabulator.tabulate(node, index, domain), builder)
    } catch (error) {
      if (i === choices.length - 1 || !(error instanceof ProgramError)) throw error
    }
  }
  return node
}

const isLargeTable = (node: Node, { maxTableSize }: Target): boolean =>
  node.op === "table" && width(node.operands[0]!.type as IntType) > maxTableSize

/** What no table could be made of, and real values that nothing closes. */
const leftovers = (program: Program, reasons: ReadonlyMap<Node, Reason>): Problem[] => {
  const problems: Problem[] = []
  /** What is said of elementwise nodes or of those below them. */
  const said = new Map<Node, ReadonlySet<string>>()
  for (const node of nodesOf(program)) {
    const below = new Set(isElementwise(node) ? node.operands.flatMap((o) => [...(said.get(o) ?? [])]) : [])
    const message = complaint(node, reasons)
    if (message !== undefined && !below.has(message)) problems.push({ node, message })
    if (message !== undefined) below.add(message)
    if (below.size > 0) said.set(node, below)
  }
  for (const [name, node] of program.outputs) {
    if (isSecretReal(node) && !said.has(node)) problems.push(realOutput(name, node))
  }
  return problems
}

const complaint = (node: Node, reasons: ReadonlyMap<Node, Reason>): string | undefined => {
  if (isSecretReal(node)) return isElementwise(node) ? undefined : UNCLOSED
  if (node.op !== "apply" || !node.type.secret) return undefined
  const reason = reasons.get(node) ?? "no table can be made of this expression"
  // Where a real value is moved, that is shown.
  if (reason === MOVED_REAL) return undefined
  return typeof reason === "string" ? reason : reason()
}

const UNCLOSED =
  "a real value that is moved or summed, but only integers can be encrypted\nclose it before with round, floor, ceil, trunc or toInt"

const isSecretReal = ({ type }: Node): boolean => type.secret && type.kind === "real"
