import type { Literal } from "./literal/literal.ts"
import type { Matrix } from "./literal/matrix.ts"
import { type AttrSpec, attrKind, isOptional } from "./op.ts"
import { opDef } from "./ops/index.ts"
import type { Node } from "./program.ts"
import { printType, type Type } from "./type.ts"

/** Prints the attribute values that do not stand in a statement themselves: literals and matrices. */
export type Refer = (value: Literal | Matrix) => string

/**
 * One statement, `%2 : enc -30..45[4] = mul %0, %1`. A node whose type could not be inferred is printed without one.
 */
export const printStatement = (node: Node, numberOf: (node: Node) => number, refer: Refer): string => {
  const { type } = node as { type?: Type }
  const operands = node.operands.map((operand) => `%${numberOf(operand)}`).join(", ")
  const attrs = printAttrs(opDef(node.op).attrs, node.attrs as Attrs, refer)
  const declared = type === undefined ? "" : ` : ${printType(type)}`
  return `%${numberOf(node)}${declared} = ${[node.op, operands, attrs].filter((part) => part !== "").join(" ")}`
}

type Attrs = Readonly<Record<string, unknown>>

const printAttrs = (spec: AttrSpec, attrs: Attrs, refer: Refer): string => {
  const items = Object.entries(spec).flatMap(([name, kind]) => {
    const value = attrs[name]
    if (value === undefined && isOptional(kind)) return []
    const text = printAttr(attrKind(kind), value, refer)
    return text === undefined ? [] : [`${name}=${text}`]
  })
  return items.length === 0 ? "" : `{${items.join(", ")}}`
}

const printAttr = (kind: ReturnType<typeof attrKind>, value: unknown, refer: Refer): string | undefined => {
  switch (kind) {
    case "name":
      return JSON.stringify(value)
    case "int":
      return String(value)
    case "ints":
      return `[${(value as readonly number[]).join(", ")}]`
    case "expression":
      return JSON.stringify((value as { text: string }).text)
    case "literal":
    case "matrix":
      return refer(value as Literal | Matrix)
    case "type":
    case "shape":
      return undefined // they stand in the type position
  }
}
