import { type Integer, ProgramError, type Values } from "../../data/index.ts"
import {
  type Builder,
  type Literal,
  literal,
  literalRange,
  type Node,
  type NodeOf,
  sameLiteral,
  type Tabulated,
  tableSize,
} from "../../ir/index.ts"
import {
  constantOf,
  elements,
  exactly,
  isZero,
  plus,
  sameShape,
  scalarOf,
  times,
} from "../shared/node-values.ts"
import { narrowedTo } from "../shared/proved-range.ts"
import { trimmedTable } from "../shared/trim-table.ts"

/**
 * `node` as a table of `source`, whose values `lo`, `lo + 1`, … are the positions of the columns; arithmetic where the table
 * is a line. Throws ProgramError where a value is not an integer.
 */
export const makeTable = (
  node: Node,
  source: Node,
  lo: bigint,
  columns: () => Tabulated,
  builder: Builder,
): Node => {
  const { shape } = node.type
  const operand = sameShape(source.type.shape, shape)
    ? source
    : builder.make("broadcast", [source], { shape })
  if (elements(node) === 0) return emptyTable(node, operand, builder)
  const attrs = isTableOf(node, source) ? node.attrs : tableOf(lo, columns())
  const trimmed = trimmedTable(attrs, operand.type)
  return narrowedTo(
    node.type,
    lineOf(operand, trimmed, builder) ?? builder.make("table", [operand], trimmed),
    builder,
  )
}

// table(x) = x * 0 + c, of no elements at all
const emptyTable = ({ type }: Node, operand: Node, builder: Builder): Node =>
  builder.make(
    "add",
    [builder.make("mul", [operand, scalarOf(builder, 0n)], {}), scalarOf(builder, BigInt(type.lo))],
    {},
  )

/** A table that stands as it should: there is nothing to evaluate. */
const isTableOf = (node: Node, source: Node): node is NodeOf<"table"> =>
  node.op === "table" && node.operands[0] === source

/** One table for each distinct column. */
const tableOf = (lo: bigint, { columns, index }: Tabulated): NodeOf<"table">["attrs"] => {
  const tables: Literal[] = []
  const byHash = new Map<number, number[]>()
  const renamed = columns.map((column) => {
    const table = entriesOf(column, lo)
    const candidates = byHash.get(table.hash) ?? []
    byHash.set(table.hash, candidates)
    const known = candidates.find((k) => sameLiteral(tables[k]!, table))
    if (known !== undefined) return known
    candidates.push(tables.length)
    return tables.push(table) - 1
  })
  if (tables.length === 1) return { lo, entries: tables[0]! }
  const entries = literal(tables.flatMap(({ values }) => Array.from(values as ArrayLike<number>)))
  return { lo, entries, index: literal(index!.map((k) => renamed[k]!)) }
}

const entriesOf = (column: Values, lo: bigint): Literal => {
  const at = column.findIndex((value: Integer) => typeof value === "number" && !Number.isInteger(value))
  if (at >= 0) {
    throw new ProgramError(
      `this is ${column[at]} where the value it is a table of is ${lo + BigInt(at)}\n` +
        "narrow that value with clip, or choose another result there with a conditional",
      { code: "out-of-range" },
    )
  }
  return literal(column as ArrayLike<number>)
}

// table(x) = a * x + b, when its entries lie on a line for each element
const lineOf = (operand: Node, attrs: NodeOf<"table">["attrs"], builder: Builder): Node | undefined => {
  const { entries, index, lo } = attrs
  const size = tableSize(attrs)
  const lines: { slope: Integer; bias: Integer }[] = []
  for (let from = 0; from < entries.values.length; from += size) {
    const first = exactly(BigInt(entries.values[from]!))
    const slope = size === 1 ? 0 : plus(entries.values[from + 1]!, times(-1, first))
    for (let i = 2; i < size; i++) {
      if (exactly(BigInt(entries.values[from + i]!)) !== plus(first, times(slope, i))) return undefined
    }
    lines.push({ slope, bias: plus(first, times(-1, times(slope, exactly(lo)))) })
  }
  const { shape } = operand.type
  const coefficient = (of: (line: { slope: Integer; bias: Integer }) => Integer): Node =>
    index === undefined
      ? scalarOf(builder, BigInt(of(lines[0]!)))
      : constantOf(builder, literal(Array.from(index.values as Int32Array, (k) => of(lines[k]!))), shape)
  let line = operand
  if (lines.some(({ slope }) => slope !== 1))
    line = builder.make("mul", [line, coefficient(({ slope }) => slope)], {})
  if (lines.some(({ bias }) => !isZero(bias)))
    line = builder.make("add", [line, coefficient(({ bias }) => bias)], {})
  // With coefficients that differ by element, intervals of products and sums forget which belong together.
  return narrowedTo(literalRange(entries), line, builder)
}
