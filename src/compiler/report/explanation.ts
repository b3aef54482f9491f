import {
  attributeCosts,
  type Choice,
  type Costs,
  describeTables,
  lanesOf,
  lower,
  type NoChoice,
  type NodeCost,
  priceCircuit,
  type TableDescription,
  type TableNode,
} from "../../backend/index.ts"
import { printRange, sizeOf, type Warning } from "../../data/index.ts"
import {
  Builder,
  type IntType,
  intType,
  literal,
  type Node,
  nodesOf,
  type Origin,
  type Program,
} from "../../ir/index.ts"
import { deepestPath, levelsOf } from "../../passes/index.ts"
import { printExplanation } from "./print-explanation.ts"

/** What an explanation is made from besides what was chosen. */
export interface Background {
  /** The program before all passes, with what was measured on samples. */
  readonly written: Program
  /** Samples per run that were optimised for. */
  readonly batch: number
  readonly costs: Costs
  /** Asks the search for another batch; undefined for programs that it takes long for. */
  search(batch: number): Choice | NoChoice | undefined
}

/** A part of the time of a run. */
export interface Share {
  /** The source line, or the tag. */
  readonly place: string
  /** Estimated milliseconds of a run. */
  readonly time: number
  /** Of the whole run, from 0 to 1. */
  readonly share: number
  readonly products: number
  readonly rotations: number
}

/** A range that holds on somebody's word. */
export interface AssumedRange {
  readonly range: string
  /** What is proved of the value. */
  readonly proved: string
  readonly by: string
  readonly place: string
}

/** A table at another size. */
export interface Resized {
  readonly entries: number
  readonly depth: number
  /** Estimated milliseconds of a run with all tables of this kind so, at the same primes. */
  readonly run: number
}

/** What other widths of a table's operand would do. */
export interface TableWidth {
  readonly place: string
  readonly entries: number
  readonly depth: number
  readonly nodes: number
  /** One bit less and one more; undefined where that is hardly a table, or has no room mod t. */
  readonly narrower: Resized | undefined
  readonly wider: Resized | undefined
}

/** What a batch of another size would take. */
export interface OtherBatch {
  readonly batch: number
  readonly scheme: string
  readonly n: number
  readonly ring: number
  /** Estimated milliseconds. */
  readonly run: number
  readonly sample: number
}

/** Why a program costs what it does, and what would change that; `String()` of it is the same for people. */
export interface Explanation {
  /** Source lines and tags with their shares of the time, the dearest first; empty for a program of several rounds. */
  readonly lines: readonly Share[]
  readonly tags: readonly Share[]
  /** What the deepest output is made of. */
  readonly path: readonly { readonly what: string; readonly levels: number; readonly place: string }[]
  readonly assumed: readonly AssumedRange[]
  readonly tables: readonly TableWidth[]
  /** The batch that was compiled for first, then others that were asked for. */
  readonly batches: readonly OtherBatch[]
  /** What is likely a mistake, as in the report. */
  readonly warnings: readonly Warning[]
  toString(): string
}

/** Explains a choice. Without its background, batches and assumed ranges are not told. */
export const explainChoice = (
  choice: Choice,
  program: Program,
  background?: Background,
  warnings: readonly Warning[] = [],
): Explanation => {
  const { origins } = program
  const isOne = choice.rounds === undefined && choice.residues === undefined
  const costs = choice.rounds === undefined ? costsOf(choice, program, background) : new Map<Node, NodeCost>()
  const described = describeTables(program, choice.parameters.t, choice.tables, choice.spread)
  const depths = new Map<Node, number>(described.map(({ node, depth }) => [node, depth]))
  const path = deepestPath(program, (node) => depths.get(node) ?? levelsOf(node))
  const parts = {
    lines: shares(costs, (node) =>
      node.op === "input" ? "inputs" : (lineOf(origins.get(node)) ?? "made by passes"),
    ),
    tags: shares(costs, (node) => origins.get(node)?.tag),
    path: path.map(({ node, levels }) => ({ what: nounOf(node), levels, place: placeOf(origins.get(node)) })),
    assumed: background === undefined ? [] : assumedRanges(background.written),
    tables: isOne ? tableWidths(described, costs, choice, origins) : [],
    batches: background === undefined ? [] : otherBatches(choice, background),
    warnings,
  }
  return { ...parts, toString: () => printExplanation(parts, choice) }
}

/** What each node costs, for all plaintext moduli together. */
const costsOf = (
  choice: Choice,
  program: Program,
  background: Background | undefined,
): Map<Node, NodeCost> => {
  const sums = new Map<Node, NodeCost>()
  for (const each of choice.residues ?? [choice]) {
    for (const [node, own] of attributeCosts(program, each, background?.costs)) {
      const sum = sums.get(node) ?? { time: 0, products: 0, rotations: 0 }
      sums.set(node, {
        time: sum.time + own.time,
        products: sum.products + own.products,
        rotations: sum.rotations + own.rotations,
      })
    }
  }
  return sums
}

const nounOf = (node: Node): string =>
  node.op === "table" ? `table of ${entriesOf(node)} entries` : "product of secrets"

const entriesOf = (node: TableNode): number => {
  const { lo, hi } = node.operands[0]!.type as IntType
  return Number(hi - lo) + 1
}

const placeOf = (origin: Origin | undefined): string =>
  [origin?.tag, origin?.location].filter((part) => part !== undefined).join(" ")

/** `file.ts:12` of `file.ts:12:7`, and `line 4` of a text. */
const lineOf = (origin: Origin | undefined): string | undefined =>
  origin?.location?.replace(/(:\d+):\d+$/, "$1")

/** Sums by place, the dearest first; nodes without a place are left out. */
const shares = (
  costs: ReadonlyMap<Node, NodeCost>,
  placeOfNode: (node: Node) => string | undefined,
): Share[] => {
  const total = [...costs.values()].reduce((sum, { time }) => sum + time, 0)
  const sums = new Map<string, { time: number; products: number; rotations: number }>()
  for (const [node, { time, products, rotations }] of costs) {
    const place = placeOfNode(node)
    if (place === undefined) continue
    const sum = sums.get(place) ?? { time: 0, products: 0, rotations: 0 }
    sum.time += time
    sum.products += products
    sum.rotations += rotations
    sums.set(place, sum)
  }
  return [...sums]
    .map(([place, sum]) => ({ place, ...sum, share: total > 0 ? sum.time / total : 0 }))
    .sort((a, b) => b.time - a.time)
}

/** The ranges of a program that are somebody's word and no theorem. */
export const assumedRanges = (program: Program): AssumedRange[] =>
  nodesOf(program).flatMap((node) => {
    if (node.op !== "assume" || !["user", "samples"].includes(node.attrs.by)) return []
    const [operand] = node.operands as [Node]
    const range = ({ type }: Node): string => printRange((type as IntType).lo, (type as IntType).hi)
    const place = placeOf(program.origins.get(node))
    return [{ range: range(node), proved: range(operand), by: node.attrs.by, place }]
  })

/** Kinds of tables whose size is looked at. */
const MOST_KINDS = 5
const MOST_ENTRIES = 4096

const tableWidths = (
  described: readonly (TableDescription & { readonly node: TableNode })[],
  costs: ReadonlyMap<Node, NodeCost>,
  choice: Choice,
  origins: Program["origins"],
): TableWidth[] => {
  const kinds = new Map<string, (typeof described)[number][]>()
  for (const table of described) {
    const { entries, tables, form, degree, depth } = table
    // What is a polynomial of low degree or a test of equality is the same at any size.
    if (form === "equality" || degree + 2n < BigInt(entries) || entries > MOST_ENTRIES) continue
    const key = [entries, tables, form, degree, depth].join()
    kinds.set(key, [...(kinds.get(key) ?? []), table])
  }
  const own = (group: typeof described): number =>
    group.reduce((sum, { node }) => sum + (costs.get(node)?.time ?? 0), 0)
  return [...kinds.values()]
    .sort((a, b) => own(b) - own(a))
    .slice(0, MOST_KINDS)
    .map((group) => {
      const [{ node, entries, depth, form }] = group as [(typeof described)[number]]
      const now = priced(node, entries, form, choice)
      const resized = (to: number): Resized | undefined => {
        // Three values of an odd table lie on a line, whatever they are.
        const then = to < 4 ? undefined : priced(node, to, form, choice)
        if (then === undefined || now === undefined) return undefined
        const run = choice.cost.time + own(group) * (then.time / now.time - 1)
        return { entries: to, depth: then.depth, run }
      }
      return {
        place: placeOf(origins.get(node)),
        entries,
        depth,
        nodes: group.length,
        narrower: resized(Math.ceil(entries / 2)),
        wider: resized(entries * 2),
      }
    })
}

/** A table of another size and of the same form, alone, with the same parameters. */
const priced = (
  { type: { shape }, attrs }: TableNode,
  entries: number,
  form: TableDescription["form"],
  { circuit: { layout }, parameters, tables }: Choice,
): { readonly time: number; readonly depth: number } | undefined => {
  if (BigInt(entries) >= parameters.t) return undefined
  const builder = new Builder()
  const type = intType(true, 0n, BigInt(entries - 1), [sizeOf(shape)])
  const x = builder.make("input", [], { name: "x", type })
  const count = attrs.index === undefined ? 1 : Math.max(...(attrs.index.values as Int32Array)) + 1
  const values = Array.from({ length: count }, (_, k) => formless(entries, k, form)).flat()
  const index = attrs.index === undefined ? {} : { index: attrs.index }
  const y = builder.make("table", [x], { lo: 0n, entries: literal(values), ...index })
  const program = { name: "table", inputs: [x], outputs: new Map([["y", y]]), origins: builder.origins }
  const spread = new Set<Node>()
  const circuit = lower(program, layout, parameters.t, { tables, onSpread: (node) => spread.add(node) })
  const [table] = describeTables(program, parameters.t, tables, spread)
  return { time: priceCircuit(circuit, parameters).time, depth: table!.depth }
}

/** Entries with no structure but the asked symmetry. */
const formless = (entries: number, k: number, form: TableDescription["form"]): number[] => {
  let at = k + 1
  const values = Array.from({ length: entries }, () => {
    at = (at * 75 + 74) % 65537
    return at % 251
  })
  if (form !== "even" && form !== "odd") return values
  const sign = form === "even" ? 1 : -1
  return values.map((value, i) => {
    const mirrored = entries - 1 - i
    if (i === mirrored) return form === "even" ? value : 0
    return i < mirrored ? value : sign * values[mirrored]!
  })
}

const otherBatches = (choice: Choice, { batch, search }: Background): OtherBatch[] => {
  const others = [1, choice.parameters.n].filter((other) => other !== batch)
  return [
    batchOf(choice, batch),
    ...others.flatMap((other) => {
      const found = search(other)
      return found === undefined || "reason" in found ? [] : [batchOf(found, other)]
    }),
  ]
}

const batchOf = ({ circuit: { layout }, parameters, cost }: Choice, batch: number): OtherBatch => {
  const runs = Math.ceil(batch / lanesOf(layout))
  return {
    batch,
    scheme: parameters.scheme,
    n: parameters.n,
    ring: layout.ring,
    run: cost.time,
    sample: (runs * cost.time) / batch,
  }
}
