import { ProgramError } from "../../data/index.ts"
import type { Allowance } from "../literal/allowance.ts"
import { type Literal, sameLiteral } from "../literal/literal.ts"
import { type Matrix, sameMatrix } from "../literal/matrix.ts"
import { LiteralError, parseLiteral } from "./literal-text.ts"
import { fail, indent, type Line } from "./located-text.ts"

/** Numbers literals and matrices in order of first use, equal ones alike. */
export class LiteralNumbers {
  readonly all: (Literal | Matrix)[] = []
  readonly #byHash = new Map<number, number[]>()

  numberOf(value: Literal | Matrix): number {
    const bucket = this.#byHash.get(value.hash) ?? []
    const known = bucket.find((i) => isSame(this.all[i]!, value))
    if (known !== undefined) return known
    this.#byHash.set(value.hash, [...bucket, this.all.length])
    return this.all.push(value) - 1
  }
}

const isSame = (a: Literal | Matrix, b: Literal | Matrix): boolean => {
  if ("rows" in a) return "rows" in b && sameMatrix(a, b)
  return !("rows" in b) && sameLiteral(a, b)
}

/** The literals of the text, read when the first statement uses them. */
export class LiteralTable {
  readonly #lines = new Map<string, Line>()
  readonly #read = new Map<string, Literal | Matrix>()
  readonly #left: Allowance

  constructor(lines: readonly Line[], left: Allowance) {
    this.#left = left
    for (const line of lines) {
      const name = /^\s*(@\d+)\s*=/.exec(line.text)?.[1]
      if (name === undefined) fail(line, "expected a literal such as @0 = [1, 2]", indent(line))
      else if (this.#lines.has(name)) fail(line, `${name} is defined twice`, indent(line))
      else this.#lines.set(name, line)
    }
  }

  get(user: Line, name: string, at: number, kind: "literal" | "matrix"): Literal | Matrix {
    const line = this.#lines.get(name)
    if (line === undefined) return fail(user, `${name} is not defined${where(this.#lines, name)}`, at)
    const value = this.#read.get(name) ?? this.#parse(line)
    this.#read.set(name, value)
    if ("rows" in value !== (kind === "matrix")) {
      fail(user, `${name} is ${kind === "matrix" ? "no matrix" : "a matrix, not a list"}`, at)
    }
    return value
  }

  #parse(line: Line): Literal | Matrix {
    const from = line.text.indexOf("=") + 1
    try {
      return parseLiteral(line.text.slice(from), this.#left)
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error
      return fail(line, error.message, from + (error instanceof LiteralError ? error.at : 0))
    }
  }

  checkUsed(): void {
    for (const [name, line] of this.#lines) {
      if (!this.#read.has(name)) fail(line, `${name} is never used`, indent(line))
    }
  }
}

/** What there is instead of an undefined name. */
export const where = (known: ReadonlyMap<string, unknown>, name: string): string => {
  if (known.size === 0) return ""
  const lastKnown = [...known.keys()].at(-1)
  return name.startsWith("%") ? "; operands come before their users" : `; the last one is ${lastKnown}`
}
