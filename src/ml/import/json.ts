import { fail } from "../fail.ts"

const MOST_ENTRIES = 1_000_000

/** A value of parsed JSON with the path that leads to it, for messages. Readers throw ProgramError for anything unexpected. */
export class Json {
  readonly value: unknown
  readonly path: string

  constructor(value: unknown, path: string) {
    this.value = value
    this.path = path
  }

  #wrong(needed: string): never {
    const { value } = this
    const found =
      value === undefined
        ? "missing"
        : Array.isArray(value)
          ? "a list"
          : value === null
            ? "null"
            : `a ${typeof value}`
    return fail("damaged-model", `"${this.path}" is ${found}\n${needed} is needed`)
  }

  has(key: string): boolean {
    const { value } = this
    return typeof value === "object" && value !== null && Object.hasOwn(value, key)
  }

  get(key: string): Json {
    const { value } = this
    if (typeof value !== "object" || value === null || Array.isArray(value)) return this.#wrong("an object")
    const inner = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
    return new Json(inner, this.path === "" ? key : `${this.path}.${key}`)
  }

  /** Entries one by one; lists of numbers are read by `numbers`, which has no limit. */
  list(): Json[] {
    const { value, path } = this
    if (Array.isArray(value) && value.length > MOST_ENTRIES)
      fail("too-large", `"${path}" has ${value.length} entries, more than ${MOST_ENTRIES}`)
    return Array.isArray(value)
      ? value.map((item, i) => new Json(item, `${path}[${i}]`))
      : this.#wrong("a list")
  }

  text(): string {
    return typeof this.value === "string" ? this.value : this.#wrong("a string")
  }

  /** A number; text that is one counts, and so do "NaN", "Infinity" and null for what JSON cannot write. */
  number(): number {
    const { value } = this
    if (typeof value === "number") return value
    if (value === null) return Number.NaN
    if (typeof value === "boolean") return Number(value)
    if (
      typeof value === "string" &&
      (value === "NaN" || (value.trim() !== "" && !Number.isNaN(Number(value))))
    )
      return Number(value)
    return this.#wrong("a number")
  }

  integer(least = -Infinity): number {
    const n = this.number()
    return Number.isSafeInteger(n) && n >= least
      ? n
      : fail(
          "damaged-model",
          `"${this.path}" is ${n}\na whole number${least > -Infinity ? ` of at least ${least}` : ""} is needed`,
        )
  }

  boolean(): boolean {
    const { value } = this
    return typeof value === "boolean"
      ? value
      : value === 0 || value === 1
        ? value === 1
        : this.#wrong("true or false")
  }

  numbers(length?: number): number[] {
    const { value, path } = this
    if (!Array.isArray(value)) return this.#wrong("a list of numbers")
    if (length !== undefined && value.length !== length)
      fail("damaged-model", `"${path}" has ${value.length} entries, not ${length}`)
    return value.map((item, i) =>
      typeof item === "number" ? item : new Json(item, `${path}[${i}]`).number(),
    )
  }

  /** Rows of equal length. */
  matrix(columns?: number): { rows: number; columns: number; values: Float64Array } {
    const rows = this.list()
    const width = columns ?? (Array.isArray(rows[0]?.value) ? rows[0].value.length : 0)
    return {
      rows: rows.length,
      columns: width,
      values: Float64Array.from(rows.flatMap((row) => row.numbers(width))),
    }
  }
}

/** Reads JSON text as Python writes it: NaN and Infinity may stand for numbers. */
export const parseJson = (text: string): Json => {
  try {
    return new Json(JSON.parse(text), "")
  } catch (cause) {
    const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (token) =>
      token.startsWith('"') ? token : `"${token}"`,
    )
    try {
      return new Json(JSON.parse(quoted), "")
    } catch {
      return fail("damaged-model", `the file is no JSON: ${(cause as Error).message.slice(0, 200)}`, {
        cause,
      })
    }
  }
}
