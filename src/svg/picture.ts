import { printRange, printShape } from "../data/index.ts"
import {
  countUses,
  type Node,
  nodesOf,
  type OpName,
  opDef,
  type Program,
  printReal,
  printStatement,
} from "../ir/index.ts"
import { shorten } from "./text.ts"

/** What a node is to someone who looks for what costs time. */
export type Kind = "secret" | "clear" | "linear" | "table" | "product" | "refresh" | "output"

/** One box of the picture. */
export interface Box {
  readonly kind: Kind
  readonly isInput: boolean
  /** Whether it stands directly above its one user: constants, and what is computed far above. */
  readonly isCopy: boolean
  /** The operator, or the name of an input or output. */
  readonly name: string
  /** The number in the text of the program, `%4`; empty for outputs, followed by ↑ for what is computed far above. */
  readonly number: string
  readonly lines: readonly string[]
  /** The whole statement, shown when pointed at. */
  readonly title: string
}

/** A value on its way from one box to another. */
export interface Wire {
  readonly from: number
  readonly to: number
  /** Interval and shape of the value; undefined when they stand in its box. */
  readonly label: string | undefined
  readonly isSecret: boolean
}

/** The graph of a program: its nodes in the order of its text, then its outputs. */
export interface Picture {
  readonly boxes: readonly Box[]
  readonly wires: readonly Wire[]
}

/** Constants are drawn beside each of their users, so that no lines run to them from all over the picture. */
export const pictureOf = (program: Program): Picture => {
  const nodes = nodesOf(program)
  const numbers = new Map(nodes.map((node, i) => [node, i]))
  const numberOf = (node: Node): number => numbers.get(node)!
  const uses = countUses(program)
  const boxes: Box[] = []
  const wires: Wire[] = []
  const drawn = new Map<Node, number>()
  const add = (box: Box): number => boxes.push(box) - 1
  const connect = (from: Node, to: number): void => {
    const label = uses.get(from)! > MOST_LABELS && from.op !== "constant" ? undefined : typeLabel(from)
    const source = drawn.get(from) ?? add(boxOf(from, numberOf, false))
    wires.push({ from: source, to, label, isSecret: from.type.secret })
  }
  for (const node of nodes) {
    if (node.op === "constant") continue
    const isCrowded = (uses.get(node) ?? 0) > MOST_LABELS
    const box = add(boxOf(node, numberOf, isCrowded))
    drawn.set(node, box)
    for (const operand of node.operands) connect(operand, box)
  }
  for (const [name, node] of program.outputs) {
    const title = `return ${JSON.stringify(name)} = %${numberOf(node)}`
    const box = {
      kind: "output",
      isInput: false,
      isCopy: false,
      name: shorten(name, LONGEST),
      number: "",
      lines: [],
      title,
    } as const
    connect(node, add(box))
  }
  return { boxes, wires }
}

/** A value with more users has its label in its box, and not on every edge. */
const MOST_LABELS = 4

const LONGEST = 28
const MOST_OPERANDS = 6

const boxOf = (node: Node, numberOf: (node: Node) => number, isCrowded: boolean): Box => {
  const { op, operands, attrs } = node
  const several =
    operands.length < 2
      ? []
      : [
          listed(
            operands.map((operand) => `%${numberOf(operand)}`),
            MOST_OPERANDS,
          ),
        ]
  const details = Object.entries(opDef(op).attrs).flatMap(([key, kind]) => {
    const value = (attrs as Readonly<Record<string, unknown>>)[key]
    const text = value === undefined || op === "input" ? undefined : summary(kind.replace("?", ""), value)
    return text === undefined ? [] : [shorten(isBare(key, kind) ? text : `${key} ${text}`, LONGEST)]
  })
  return {
    kind: kindOf(node),
    isInput: op === "input",
    isCopy: op === "constant",
    name: shorten(op === "input" ? node.attrs.name : op, LONGEST),
    number: `%${numberOf(node)}`,
    lines: [...several, ...filled(details), ...(isCrowded ? [`: ${typeLabel(node)}`] : [])],
    title: printStatement(node, numberOf, literalSummary),
  }
}

/** Details one after the other, on as few lines as they fit. */
const filled = (details: readonly string[]): string[] => {
  const lines: string[] = []
  for (const detail of details) {
    const joined = `${lines.at(-1)}, ${detail}`
    if (lines.length > 0 && joined.length <= LONGEST) lines[lines.length - 1] = joined
    else lines.push(detail)
  }
  return lines
}

/** Whether an attribute needs no name to be understood. */
const isBare = (key: string, kind: string): boolean =>
  key === "value" || kind === "expression" || kind === "matrix"

const summary = (kind: string, value: unknown): string | undefined => {
  switch (kind) {
    case "name":
      return JSON.stringify(value)
    case "ints":
      return printShape(value as readonly number[])
    case "expression":
      return (value as { text: string }).text
    case "literal":
    case "matrix":
      return literalSummary(value as Parameters<typeof literalSummary>[0])
    case "type":
    case "shape":
      return undefined // they stand beside the edges
    default:
      return String(value)
  }
}

/** A literal or a matrix in a few characters. */
const literalSummary: Parameters<typeof printStatement>[2] = (value) => {
  if ("rows" in value) return `${value.rows} x ${value.columns} matrix`
  const { values } = value
  return values.length <= 4 ? `[${[...values].map(String).join(", ")}]` : `${values.length} values`
}

const listed = (items: readonly string[], most: number): string =>
  items.length <= most
    ? items.join(", ")
    : `${items.slice(0, most).join(", ")}, … ${items.length - most} more`

/** What an operator does to secrets. Products are linear unless two of their operands are secret. */
const kinds: { readonly [O in OpName]: "leaf" | "linear" | "table" | "product" | "refresh" } = {
  input: "leaf",
  constant: "leaf",
  onehot: "linear",
  symbols: "linear",
  symbolweights: "linear",
  symboloffset: "linear",
  add: "linear",
  sub: "linear",
  neg: "linear",
  mul: "product",
  sum: "linear",
  matmul: "product",
  reshape: "linear",
  transpose: "linear",
  broadcast: "linear",
  gather: "linear",
  concat: "linear",
  apply: "table",
  table: "table",
  assume: "linear",
  refresh: "refresh",
  linear: "linear",
}

const kindOf = ({ op, operands, type }: Node): Kind => {
  if (!type.secret) return "clear"
  const kind = kinds[op]
  if (kind === "leaf") return "secret"
  return kind === "product" && !operands.every((operand) => operand.type.secret) ? "linear" : kind
}

const MOST_DIGITS = 22

/** `0..15 [4]`: the interval and, unless it is a scalar, the shape of a value. */
const typeLabel = ({ type }: Node): string => {
  const range =
    type.kind === "int" ? printRange(type.lo, type.hi) : `${shortReal(type.lo)}..${shortReal(type.hi)}`
  const shape = type.shape.length === 0 ? "" : ` [${type.shape.join(",")}]`
  return `${range.length <= MOST_DIGITS ? range : approximate(type)}${shorten(shape, MOST_DIGITS)}`
}

const shortReal = (value: number): string =>
  printReal(Number.isFinite(value) ? Number(value.toPrecision(4)) : value)

const approximate = ({ lo, hi }: Node["type"]): string =>
  [lo, hi].map((bound) => Number(bound).toExponential(1).replace("e+", "e")).join("..")
