import type { Grammar, Node as Parsed, Semantics } from "ohm-js"
import { ProgramError } from "../../data/index.ts"
import { lazily } from "../lazily.ts"
import { tooLong } from "../literal/allowance.ts"
import { intType, realType, type Type } from "../type.ts"
import { attempt, fail, indent, type Line } from "./located-text.ts"
import { loadOhm } from "./ohm.ts"

// The grammar of one line. Lines are told apart before, so that a long program is no deep parse.
const GRAMMAR = String.raw`Lutra {
  Header    = "program" name "{"
  Statement = node ":" Type "=" name ListOf<node, ","> Attrs?
  Return    = "return" NonemptyListOf<Output, ",">
  Output    = (name | string) "=" node
  End       = "}"

  Type      = ("enc" | "clear") Range Shape?
  Range     = "real" real ".." real   -- real
            | integer ".." integer    -- int
  Shape     = "[" ListOf<integer, ","> "]"

  Attrs     = "{" ListOf<Attr, ","> "}"
  Attr      = name "=" Value
  Value     = string | reference | integer | Integers
  Integers  = "[" ListOf<integer, ","> "]"

  node      = "%" digit+
  reference = "@" digit+
  integer   = "-"? digit+
  real      = "-"? ("inf" | decimal)
  decimal   = digit+ fraction? exponent?
  fraction  = "." digit+
  exponent  = "e" ("+" | "-")? digit+
  name      = (letter | "_") (alnum | "_")*
  string    = "\"" character* "\""
  character = "\\" any   -- escaped
            | ~"\"" any  -- plain
}`

/** Something read, with its column in the line. */
export interface At<T> {
  readonly value: T
  readonly at: number
}

export type AttrValue =
  | { readonly form: "a string" | "a reference"; readonly value: string }
  | { readonly form: "an integer"; readonly value: bigint }
  | { readonly form: "a list of integers"; readonly value: readonly bigint[] }

export interface Statement {
  readonly node: At<string>
  readonly type: At<Type>
  readonly op: At<string>
  readonly operands: readonly At<string>[]
  readonly attrs: readonly At<{ readonly name: string; readonly value: At<AttrValue> }>[]
}

/** What each kind of line reads as. */
interface Lines {
  readonly Header: string
  readonly Statement: Statement
  readonly Return: readonly { readonly name: At<string>; readonly node: At<string> }[]
  readonly End: true
  readonly Type: Type
}

/** Reads one line by a rule of the grammar. Throws ProgramError showing the line. */
export const readLine = <R extends keyof Lines>(line: Line, rule: R): Lines[R] => {
  const complaint = tooLong(line.text.length)
  if (complaint !== undefined) return fail(line, complaint, indent(line))
  const { grammar, semantics } = reader()
  const match = grammar.match(line.text, rule)
  if (match.failed()) {
    const expected = /expected .*$/s.exec(match.shortMessage ?? "")?.[0] ?? `expected a ${rule}`
    const at = (match as unknown as { getRightmostFailurePosition(): number }).getRightmostFailurePosition()
    return fail(line, expected.replace("end of input", "the end of the line"), at)
  }
  return attempt(line, indent(line), () => semantics(match)["read"]() as Lines[R])
}

/** Reads what `printType` writes. Throws ProgramError. */
export const parseType = (text: string): Type => readLine({ text, start: 1 }, "Type")

interface Reader {
  readonly grammar: Grammar
  readonly semantics: Semantics
}

const reader = lazily((): Reader => {
  const grammar = loadOhm().grammar(GRAMMAR)
  const list = (items: Parsed): unknown[] => items.asIteration().children.map((item) => item["read"]())
  const optional = (item: Parsed): unknown[] => item.children[0]?.["read"]() ?? []
  const placed = <T>(node: Parsed, value: T): At<T> => ({ value, at: node.source.startIdx })
  const semantics = grammar.createSemantics().addOperation<unknown>("read", {
    Header: (_program, name, _brace) => name.sourceString,
    Statement: (node, _colon, type, _equals, op, operands, attrs) => ({
      node: node["read"](),
      type: placed(type, type["read"]()),
      op: placed(op, op.sourceString),
      operands: list(operands),
      attrs: optional(attrs),
    }),
    Return: (_return, outputs) => list(outputs),
    Output: (name, _equals, node) => {
      const text = name.sourceString
      return { name: placed(name, text.startsWith('"') ? JSON.parse(text) : text), node: node["read"]() }
    },
    End: (_brace) => true,
    Type: (secrecy, range, shape) => {
      const { kind, lo, hi } = range["read"]()
      const make = kind === "int" ? intType : realType
      return make(secrecy.sourceString === "enc", lo as never, hi as never, optional(shape).map(toNumber))
    },
    Range_int: (lo, _dots, hi) => ({ kind: "int", lo: lo["read"](), hi: hi["read"]() }),
    Range_real: (_real, lo, _dots, hi) => ({ kind: "real", lo: lo["read"](), hi: hi["read"]() }),
    Shape: (_open, extents, _close) => list(extents),
    Attrs: (_open, attrs, _close) => list(attrs),
    Attr: (name, _equals, value) =>
      placed(name, { name: name.sourceString, value: placed(value, value["read"]()) }),
    Value: (value) => {
      const form: Record<string, AttrValue["form"]> = {
        string: "a string",
        reference: "a reference",
        integer: "an integer",
        Integers: "a list of integers",
      }
      return { form: form[value.ctorName], value: value["read"]() }
    },
    Integers: (_open, integers, _close) => list(integers),
    node(_sign, _digits) {
      return placed(this, this.sourceString)
    },
    reference(_sign, _digits) {
      return this.sourceString
    },
    integer(_sign, _digits) {
      return BigInt(this.sourceString)
    },
    real(_sign, _digits) {
      return Number(this.sourceString.replace("inf", "Infinity"))
    },
    string(_open, _characters, _close) {
      return this.sourceString
    },
  })
  return { grammar, semantics }
})

/** A size or an index. Throws ProgramError when it is not exact as a number. */
export const toNumber = (value: unknown): number => {
  if (!Number.isSafeInteger(Number(value)))
    throw new ProgramError(`${value} is too large`, { code: "syntax" })
  return Number(value)
}
