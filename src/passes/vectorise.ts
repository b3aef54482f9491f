import { sizeOf } from "../data/index.ts"
import {
  Builder,
  inheritOrigin,
  literal,
  type Node,
  nodesOf,
  type Program,
  withOutputs,
} from "../ir/index.ts"
import type { Pass } from "./pass.ts"
import { roundsOf } from "./shared/levels.ts"

/** Vectors that are no linear maps are joined only by so many: moving them together costs rotations. */
const WORTH_MOVING = 4

/**
 * Joins independent equal operations on short vectors into one on a long vector: the same table on many values, many
 * products of the same depth. The joining and parting are linear, so that `linearise` then absorbs them.
 */
export const vectorise: Pass = {
  name: "vectorise",
  doc: "Joins independent equal tables, and independent products of one depth, into one operation on a longer vector.",
  run: (program, _target, builder = new Builder(program.origins)) => {
    const levels = levelsOf(program)
    const groups = groupsOf(levels)
    return groups.size === 0 ? program : rebuild(program, levels, groups, builder)
  },
}

/** For each node that joins others of its kind, all of them in program order. */
const groupsOf = (levels: ReadonlyMap<Node, number>): Map<Node, readonly Node[]> => {
  const byKey = new Map<string, Node[]>()
  const tables = new TableNumbers()
  const rounds = roundsOf([...levels.keys()])
  for (const [node, level] of levels) {
    const own = keyOf(node, tables)
    if (own === undefined) continue
    // Values of two rounds that were joined would all have to wait for the later one.
    const key = `${rounds.get(node)} ${level} ${own}`
    const group = byKey.get(key) ?? []
    group.push(node)
    byKey.set(key, group)
  }
  const groups = new Map<Node, readonly Node[]>()
  for (const group of byKey.values()) {
    const isLinear = group.every(({ operands }) => operands.every(({ op }) => op === "linear"))
    if (group.length < (isLinear ? 2 : WORTH_MOVING)) continue
    group.sort((a, b) => firstColumn(a) - firstColumn(b))
    for (const node of group) groups.set(node, group)
  }
  return groups
}

/**
 * Where a member's first operand begins in what it is made from: in this order the matrix that joins the members has few
 * diagonals.
 */
const firstColumn = ({ operands: [operand] }: Node): number =>
  operand!.op === "linear" ? (operand!.attrs.matrix.column[0] ?? 0) : 0

/** What must be equal for two operations to be one; undefined for operations that are not joined. */
const keyOf = (node: Node, tables: TableNumbers): string | undefined => {
  if (!node.type.secret || node.type.shape.length !== 1) return undefined
  if (node.op === "table")
    return node.attrs.index === undefined ? `table ${tables.numberOf(node)}` : undefined
  if (node.op !== "mul" || !node.operands.every(({ type }) => type.secret)) return undefined
  return node.operands[0] === node.operands[1] ? "square" : "mul"
}

type TableNode = Extract<Node, { op: "table" }>

/** Numbers tables by content: equal `lo` and entries have one number. */
class TableNumbers {
  readonly #known = new Map<string, TableNode[]>()

  numberOf(node: TableNode): string {
    const { lo, entries } = node.attrs
    const hash = `${lo} ${entries.hash} ${entries.values.length}`
    const known = this.#known.get(hash) ?? []
    this.#known.set(hash, known)
    const same = known.findIndex((other) =>
      entries.values.every((v: number | bigint, i) => v === other.attrs.entries.values[i]),
    )
    return `${hash} ${same < 0 ? known.push(node) - 1 : same}`
  }
}

/** How many tables and secret products each node is built on, itself included: nodes of one level are independent. */
const levelsOf = (program: Program): Map<Node, number> => {
  const levels = new Map<Node, number>()
  for (const node of nodesOf(program)) {
    const below = node.operands.reduce((most, operand) => Math.max(most, levels.get(operand)!), 0)
    levels.set(node, isStep(node) ? below + 1 : below)
  }
  return levels
}

const isStep = (node: Node): boolean =>
  node.type.secret &&
  (node.op === "table" || (node.op === "mul" && node.operands.every(({ type }) => type.secret)))

const rebuild = (
  program: Program,
  levels: ReadonlyMap<Node, number>,
  groups: ReadonlyMap<Node, readonly Node[]>,
  builder: Builder,
): Program => {
  const image = new Map<Node, Node>()
  // What a level's steps need comes before them, whichever of them the program names first.
  const stage = (node: Node): number => 2 * levels.get(node)! + (isStep(node) ? 0 : 1)
  const order = [...levels.keys()].map((node, i) => ({ node, i, stage: stage(node) }))
  order.sort((a, b) => a.stage - b.stage || a.i - b.i)
  for (const { node } of order) {
    if (image.has(node)) continue
    const group = groups.get(node)
    if (group !== undefined) join(builder, group, image)
    else
      image.set(
        node,
        builder.remake(
          node,
          node.operands.map((operand) => image.get(operand)!),
        ),
      )
    for (const each of group ?? [node]) inheritOrigin(program, each, image.get(each)!)
  }
  return withOutputs(program, image)
}

/** One operation on the operands one after the other, and a gather of each member's part of its result. */
const join = (builder: Builder, group: readonly Node[], image: Map<Node, Node>): void => {
  const operands = group[0]!.operands.map((_, k) =>
    builder.make(
      "concat",
      group.map((node) => image.get(node.operands[k]!)!),
      { axis: 0n },
    ),
  )
  const joined = builder.remake(group[0]!, operands)
  let from = 0
  for (const node of group) {
    const size = sizeOf(node.type.shape)
    const indices = literal(Int32Array.from({ length: size }, (_, i) => from + i))
    image.set(node, builder.make("gather", [joined], { indices, shape: node.type.shape }))
    from += size
  }
}
