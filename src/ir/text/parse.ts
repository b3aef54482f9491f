import { nearest, ProgramError, printShape } from "../../data/index.ts"
import { parseExpression } from "../expression/expression.ts"
import { type Allowance, allowance, take } from "../literal/allowance.ts"
import { type AttrKind, type AttrSpec, attrKind, declaredAttr, isOptional } from "../op.ts"
import { isOpName, opDef, opNames } from "../ops/index.ts"
import { Builder, type Node, type NodeOf, type Program } from "../program.ts"
import { printType, type Type } from "../type.ts"
import { type At, type AttrValue, readLine, type Statement, toNumber } from "./grammar.ts"
import { LiteralTable, where } from "./literal-table.ts"
import { attempt, fail, indent, type Line } from "./located-text.ts"

/**
 * Reads a program as `print` writes it and checks every type in it against the inferred one. With the builder of a printed
 * program the result consists of the very same nodes.
 * Throws ProgramError: `line 3: message`, the line, a caret below the place, and what would mend it.
 */
export const parse = (text: string, builder: Builder = new Builder()): Program => {
  const { statements, literals } = splitLines(text)
  const header = statements.shift()
  if (header === undefined)
    throw new ProgramError("line 1: the text is empty; expected program name {", { code: "syntax" })
  const name = readLine(header, "Header")
  const left = allowance(text.length)
  const table = new LiteralTable(literals, left)
  const nodes = new Map<string, Node>()
  const inputs = new Map<string, NodeOf<"input">>()
  const outputs = new Map<string, Node>()
  const find = (line: Line, { value, at }: At<string>): Node =>
    nodes.get(value) ?? fail(line, `${value} is not defined${where(nodes, value)}`, at)
  let last = header
  let isClosed = false
  for (const line of statements) {
    last = line
    const start = line.text.trimStart()
    if (isClosed) fail(line, "expected a literal such as @0 = [1, 2] after the closing }", indent(line))
    if (start.startsWith("}")) {
      readLine(line, "End")
      isClosed = true
    } else if (start.startsWith("return")) {
      if (outputs.size > 0) fail(line, "a program has one return", indent(line))
      for (const output of readLine(line, "Return")) {
        if (outputs.has(output.name.value))
          fail(line, `there are two outputs "${output.name.value}"`, output.name.at)
        outputs.set(output.name.value, find(line, output.node))
      }
    } else {
      if (outputs.size > 0) fail(line, "expected } after return", indent(line))
      const statement = readLine(line, "Statement")
      const { value: number, at } = statement.node
      if (nodes.has(number)) fail(line, `${number} is defined twice`, at)
      const operands = statement.operands.map((operand) => find(line, operand))
      const node = makeNode(line, statement, operands, { table, builder, left })
      nodes.set(number, node)
      if (node.op === "input") {
        if (inputs.has(node.attrs.name)) fail(line, `there are two inputs "${node.attrs.name}"`, at)
        inputs.set(node.attrs.name, node)
      }
    }
  }
  if (outputs.size === 0) fail(last, "the program ends without a return")
  if (!isClosed) fail(last, "the program ends without }")
  table.checkUsed()
  return Object.freeze({ name, inputs: [...inputs.values()], outputs, origins: builder.origins })
}

/** A literal begins with @ and may go on in further lines; comments stand in lines of their own. */
const splitLines = (text: string): { statements: Line[]; literals: Line[] } => {
  const statements: Line[] = []
  const literals: Line[] = []
  let open: { parts: string[]; start: number } | undefined
  text.split("\n").forEach((line, i) => {
    const first = line.trimStart()
    if (first === "" || first.startsWith("//")) return
    if (open === undefined && !first.startsWith("@")) {
      statements.push({ text: line.trimEnd(), start: i + 1 })
      return
    }
    open ??= { parts: [], start: i + 1 }
    open.parts.push(line.trimEnd())
    if (!line.includes("]")) return
    literals.push({ text: open.parts.join("\n"), start: open.start })
    open = undefined
  })
  if (open !== undefined) literals.push({ text: open.parts.join("\n"), start: open.start })
  return { statements, literals }
}

/** What nodes are made with. */
interface Making {
  readonly table: LiteralTable
  readonly builder: Builder
  readonly left: Allowance
}

const makeNode = (
  line: Line,
  statement: Statement,
  operands: readonly Node[],
  { table, builder, left }: Making,
): Node => {
  const { op, type } = statement
  if (!isOpName(op.value)) {
    return fail(line, `there is no operator ${op.value}${nearest(op.value, opNames)}`, op.at)
  }
  const attrs = readAttrs(line, op.value, statement, table)
  let node: Node
  const takeRoom = (bytes: number): void => {
    const complaint = take(left, bytes, "the intervals of its elements")
    if (complaint !== undefined) throw new ProgramError(complaint, { code: "too-large" })
  }
  try {
    node = builder.make(op.value, operands, attrs as never, { location: `line ${line.start}` }, takeRoom)
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    // The builder's own message lists the program; here the line stands for it.
    return fail(line, (error.cause instanceof ProgramError ? error.cause : error).message, op.at)
  }
  if (!holds(type.value, node.type)) {
    const gives = `${op.value} gives ${printType(node.type)}`
    fail(line, `${statement.node.value} is declared ${printType(type.value)}, but ${gives}`, type.at)
  }
  return node
}

/** Whether a written type is true of a value of the inferred one: its range may be wider, but never narrower. */
const holds = (written: Type, inferred: Type): boolean =>
  written.kind === inferred.kind &&
  written.secret === inferred.secret &&
  printShape(written.shape) === printShape(inferred.shape) &&
  written.lo <= inferred.lo &&
  written.hi >= inferred.hi

const readAttrs = (line: Line, op: string, statement: Statement, table: LiteralTable): object => {
  const spec: AttrSpec = isOpName(op) ? opDef(op).attrs : {}
  const declared = declaredAttr(spec)
  const written = Object.keys(spec).filter((name) => name !== declared?.name)
  const given = new Map<string, At<AttrValue>>()
  for (const { value, at } of statement.attrs) {
    if (!written.includes(value.name)) {
      const takes = written.length === 0 ? "no attributes" : written.join(", ")
      fail(line, `${op} has no attribute ${value.name}; it takes ${takes}`, at)
    }
    if (given.has(value.name)) fail(line, `${value.name} is given twice`, at)
    given.set(value.name, value.value)
  }
  const attrs: [string, unknown][] = []
  for (const [name, kind] of Object.entries(spec)) {
    const value = given.get(name)
    if (name === declared?.name) {
      attrs.push([name, kind === "type" ? statement.type.value : statement.type.value.shape])
    } else if (value !== undefined) {
      attrs.push([name, readAttr(line, name, attrKind(kind), value, table)])
    } else if (!isOptional(kind)) {
      fail(line, `${op} needs the attribute ${name}`, statement.op.at)
    }
  }
  return Object.fromEntries(attrs)
}

const FORM: Readonly<Record<Exclude<AttrKind, "type" | "shape">, AttrValue["form"]>> = {
  name: "a string",
  expression: "a string",
  int: "an integer",
  ints: "a list of integers",
  literal: "a reference",
  matrix: "a reference",
}

const readAttr = (
  line: Line,
  name: string,
  kind: AttrKind,
  { value: given, at }: At<AttrValue>,
  table: LiteralTable,
): unknown => {
  const form = FORM[kind as keyof typeof FORM]
  if (given.form !== form) return fail(line, `${name} is ${form}, not ${given.form}`, at)
  switch (given.form) {
    case "a string":
      return attempt(line, at, () => {
        const text = JSON.parse(given.value) as string
        return kind === "expression" ? parseExpression(text) : text
      })
    case "an integer":
      return given.value
    case "a list of integers":
      return attempt(line, at, () => given.value.map(toNumber))
    case "a reference":
      return table.get(line, given.value, at, kind as "literal" | "matrix")
  }
}
