import { ProgramError } from "../data/index.ts"
import {
  type Builder,
  countUses,
  type IntType,
  type Node,
  nodesOf,
  type Program,
  type Remark,
  width,
} from "../ir/index.ts"
import { folded } from "./fold-constants.ts"
import { makeTable } from "./make-table.ts"
import { packed } from "./pack.ts"
import type { Pass, Target } from "./pass.ts"
import { isElementwise, Regions } from "./region.ts"
import { refuse } from "./remarks.ts"
import { sweep, untilStable } from "./sweep.ts"
import { type Tabulated, Tabulator } from "./tabulate.ts"
import { integersBetween } from "./values.ts"

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
    const reasons = new Map<Node, string>()
    const fused = untilStable(program, made, (before, builder) => fuse(before, builder, target, reasons))
    const remarks = leftovers(fused, reasons)
    if (remarks.length > 0) throw refuse(fused, remarks)
    return fused
  },
}

const fuse = (program: Program, made: Builder, target: Target, reasons: Map<Node, string>): Program => {
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
  reasons: Map<Node, string>,
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
    const pack = packed(node, target, builder)
    if (typeof pack !== "string") {
      return makeTable(node, pack.index, 0n, () => tabulator.tabulate(node, pack.index, pack.domain), builder)
    }
    reasons.set(node, pack)
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    reasons.set(node, error.message)
  }
  return node
}

const isLargeTable = (node: Node, { maxTableSize }: Target): boolean =>
  node.op === "table" && width(node.operands[0]!.type as IntType) > maxTableSize

/** What no table could be made of, and real values that nothing closes. */
const leftovers = (program: Program, reasons: ReadonlyMap<Node, string>): Remark[] => {
  const remarks: Remark[] = []
  const unclosed = new Set([...program.outputs.values()].filter(isSecretReal))
  for (const node of nodesOf(program)) {
    if (isSecretReal(node)) {
      if (!isElementwise(node)) unclosed.add(node)
    } else if (node.op === "apply" && node.type.secret) {
      remarks.push({ node, message: reasons.get(node) ?? "no table can be made of this expression" })
    }
  }
  const message =
    "a real value that nothing rounds, but only integers can be encrypted\nclose it with round, floor, ceil, trunc or toInt"
  return [...remarks, ...[...unclosed].map((node) => ({ node, message }))]
}

const isSecretReal = ({ type }: Node): boolean => type.secret && type.kind === "real"
