import type { Integer, Values } from "../data/index.ts"
import {
  type Builder,
  type IntType,
  type Literal,
  literal,
  literalRange,
  type Node,
  type NodeOf,
  sameLiteral,
  tableSize,
} from "../ir/index.ts"
import type { Tabulated } from "./tabulate.ts"
import { RANGE } from "./theorem.ts"
import { trimmedTable } from "./trim-table.ts"
import { constantOf, exactly, isWithin, isZero, plus, sameShape, scalarOf, times } from "./values.ts"

/** A point of the domain where a value is not a number. */
export class UndefinedEntry extends Error {}

/** `node` as a table of `source`, with `columns` over the interval of `source`; arithmetic where the table is a line. */
export const makeTable = (node: Node, source: Node, columns: () => Tabulated, builder: Builder): Node => {
  const attrs = isTableOf(node, source)
    ? trimmedTable(node.attrs, source.type)
    : tableOf(node, source.type as IntType, columns())
  const { shape } = node.type
  const operand = sameShape(source.type.shape, shape)
    ? source
    : builder.make("broadcast", [source], { shape })
  return lineOf(operand, attrs, builder) ?? builder.make("table", [operand], attrs)
}

/** A table that stands as it should: there is nothing to evaluate. */
const isTableOf = (node: Node, source: Node): node is NodeOf<"table"> =>
  node.op === "table" && node.operands[0] === source

/** One table for each distinct column. */
const tableOf = (node: Node, source: IntType, { columns, index }: Tabulated): NodeOf<"table">["attrs"] => {
  if (columns.length === 0)
    return {
      lo: source.lo,
      entries: literal(new Array(Number(source.hi - source.lo) + 1).fill(node.type.lo)),
    }
  const tables: Literal[] = []
  const byHash = new Map<number, number[]>()
  const renamed = columns.map((column) => {
    const table = entriesOf(column, source)
    const candidates = byHash.get(table.hash) ?? []
    byHash.set(table.hash, candidates)
    const known = candidates.find((k) => sameLiteral(tables[k]!, table))
    if (known !== undefined) return known
    candidates.push(tables.length)
    return tables.push(table) - 1
  })
  if (tables.length === 1) return { lo: source.lo, entries: tables[0]! }
  const entries = literal(tables.flatMap(({ values }) => Array.from(values as ArrayLike<number>)))
  return { lo: source.lo, entries, index: literal(index!.map((k) => renamed[k]!)) }
}

const entriesOf = (column: Values, source: IntType): Literal => {
  const at = column.findIndex((value: Integer) => typeof value === "number" && !Number.isInteger(value))
  if (at >= 0) {
    throw new UndefinedEntry(
      `this is ${column[at]} where the value it is a table of is ${source.lo + BigInt(at)}\n` +
        "narrow that value with clip, or choose another result there with a conditional",
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
  const range = literalRange(entries)
  // With coefficients that differ by element, intervals of products and sums forget which belong together.
  return isWithin(line.type, { ...line.type, ...range } as IntType)
    ? line
    : builder.make("assume", [line], { ...range, by: RANGE })
}
