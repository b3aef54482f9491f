import { ProgramError } from "../data/index.ts"
import { type Literal, literal, realLiteral } from "./literal.ts"
import { type Entry, type Matrix, matrixFromRows, rowEntries } from "./matrix.ts"
import { printReal } from "./type.ts"

/** Runs of this many equal values are written `v xN`, of this many consecutive ones `a..b`. */
const SHORTEST_RUN = 3
const SHORTEST_RANGE = 4
const LINE = 100
const ELIDED = 3
/** The most numbers one text may hold: run lengths must not make a short text take all memory. */
const MOST = 2 ** 26

type Numbers = ArrayLike<number | bigint>

/** `[0 x121, 1 x180]`, `real [0.5, 1.0]`, `2x4 [1, 0 x2, 5; 0 x4]`. `elide` keeps only the first few numbers. */
export const printLiteral = (value: Literal | Matrix, elide = false): string =>
  "rows" in value ? printMatrix(value, elide) : printValues(value, elide)

const printValues = ({ kind, values }: Literal, elide: boolean): string => {
  const isReal = kind === "real"
  return `${isReal ? "real " : ""}[${printItems(values, isReal, elide).join(", ")}]`
}

const printMatrix = (matrix: Matrix, elide: boolean): string => {
  const shown = elide ? Math.min(matrix.rows, ELIDED) : matrix.rows
  const rows = Array.from({ length: shown }, (_, r) => printRow(matrix, r, elide).join(", "))
  if (shown < matrix.rows) rows.push(`… ${matrix.rows - shown} more`)
  return `${matrix.rows}x${matrix.columns} [${rows.join("; ")}]`
}

/** A row with its zeros, without ever writing them out. */
const printRow = (matrix: Matrix, row: number, elide: boolean): string[] => {
  const items: string[] = []
  let column = 0
  let nonzero: (number | bigint)[] = []
  const flush = (zeros: number): void => {
    for (const item of printItems(nonzero, false, false)) items.push(item)
    nonzero = []
    if (zeros >= SHORTEST_RUN) items.push(`0 x${zeros}`)
    else for (let i = 0; i < zeros; i++) items.push("0")
  }
  for (const entry of rowEntries(matrix, row)) {
    if (entry.column > column) flush(entry.column - column)
    nonzero.push(entry.value)
    column = entry.column + 1
  }
  flush(matrix.columns - column)
  return elide && items.length > ELIDED + 1 ? [...items.slice(0, ELIDED), "…"] : items
}

const printItems = (values: Numbers, isReal: boolean, elide: boolean): string[] => {
  const print = (value: number | bigint): string => (isReal ? printReal(Number(value)) : String(value))
  const items: string[] = []
  for (let i = 0; i < values.length; ) {
    if (elide && items.length === ELIDED && values.length - i > 1) {
      items.push(`… ${values.length - i} more`)
      break
    }
    const equal = runLength(values, i, 0)
    const rising = isReal ? 1 : runLength(values, i, 1)
    if (equal >= SHORTEST_RUN) {
      items.push(`${print(values[i]!)} x${equal}`)
      i += equal
    } else if (rising >= SHORTEST_RANGE) {
      items.push(`${values[i]}..${values[i + rising - 1]}`)
      i += rising
    } else items.push(print(values[i++]!))
  }
  return items
}

/** How many values from `from` on go up by `step` each. */
const runLength = (values: Numbers, from: number, step: number): number => {
  const by = (typeof values[from] === "bigint" ? BigInt(step) : step) as number
  let length = 1
  while (
    from + length < values.length &&
    values[from + length] === (values[from + length - 1] as number) + by &&
    Object.is(values[from + length], -0) === Object.is(values[from], -0)
  ) {
    length++
  }
  return length
}

/** Breaks a long `@0 = [...]` at its commas; the following lines are indented. */
export const wrapLine = (line: string): string => {
  if (line.length <= LINE) return line
  const lines: string[] = []
  let start = 0
  while (line.length - start > LINE) {
    let end = line.lastIndexOf(" ", start + LINE)
    // "0 x5" stays together.
    while (end > start && !/[,;]/.test(line[end - 1]!)) end = line.lastIndexOf(" ", end - 1)
    if (end <= start) break
    lines.push(line.slice(start, end))
    start = end + 1
  }
  return [...lines, line.slice(start)].join("\n  ")
}

interface Run {
  readonly value: number | bigint
  readonly count: number
  readonly step: 0 | 1
}

/** How many numbers may still be read. */
export interface Allowance {
  numbers: number
}

export const allowance = (): Allowance => ({ numbers: MOST })

/** A mistake in a literal, at a place in its text. */
export class LiteralError extends ProgramError {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

/**
 * Reads what `printLiteral` writes. A scanner and not a grammar, for a literal may hold millions of numbers.
 * Throws LiteralError; nothing large is allocated before its size was checked against the allowance.
 */
export const parseLiteral = (text: string, left: Allowance): Literal | Matrix => {
  const head = /^\s*(?:(real)\s|(\d{1,10})x(\d{1,10})\s)?\s*\[/.exec(text)
  if (head === null) throw new LiteralError("expected [, real [, or a size such as 2x4 [", 0)
  const [opening, real, rowCount, columns] = head
  const isMatrix = rowCount !== undefined
  const item = real === undefined ? INTEGER : REAL
  const { rows, end } = scanRows(text, opening.length, item, (run) => {
    // Zeros of a matrix take no room.
    if (!isMatrix || run.value !== 0 || run.step !== 0) left.numbers -= run.count
    return left.numbers >= 0
  })
  if (/\S/.test(text.slice(end))) throw new LiteralError("there is more after the closing ]", end)
  if (!isMatrix && rows.length > 1)
    throw new LiteralError("only a matrix has rows; write its size before it", 0)
  if (isMatrix) return matrix(Number(rowCount), Number(columns), rows)
  const values = spread(rows[0]!, real !== undefined)
  return real === undefined ? literal(values) : realLiteral(values as Float64Array)
}

const INTEGER = /\s*(-?\d{1,20})(?:\s*\.\.\s*(-?\d{1,20})|\s*x(\d{1,10}))?\s*([,;\]])/y
const REAL = /\s*(-?(?:inf|\d+(?:\.\d+)?(?:e[+-]?\d+)?))()(?:\s*x(\d{1,10}))?\s*([,;\]])/y

const scanRows = (
  text: string,
  from: number,
  item: RegExp,
  fits: (run: Run) => boolean,
): { rows: Run[][]; end: number } => {
  const rows: Run[][] = [[]]
  const empty = /\s*([;\]])/y
  for (let at = from; ; ) {
    const row = rows.at(-1)!
    empty.lastIndex = at
    const gap = row.length === 0 ? empty.exec(text) : null
    item.lastIndex = at
    const found = gap === null ? item.exec(text) : null
    if (gap === null && found === null) {
      const shown = text.slice(at, at + 30).trim()
      throw new LiteralError(`expected a number, a run 0 x4 or a range 0..3, not ${shown || "the end"}`, at)
    }
    if (found !== null) {
      const run = readRun(found, item === REAL, at)
      if (!fits(run)) throw new LiteralError(`more than ${MOST} numbers in one program`, at)
      row.push(run)
    }
    at = (gap === null ? item : empty).lastIndex
    const separator = gap?.[1] ?? found![4]
    if (separator === "]") return { rows, end: at }
    if (separator === ";") rows.push([])
  }
}

const readRun = ([, first, last, times]: RegExpExecArray, isReal: boolean, at: number): Run => {
  const value = isReal ? Number(first!.replace("inf", "Infinity")) : exact(first!)
  if (times !== undefined) {
    if (Number(times) < 1) throw new LiteralError(`a run of ${times} values`, at)
    return { value, count: Number(times), step: 0 }
  }
  if (!last) return { value, count: 1, step: 0 }
  const count = BigInt(last) - BigInt(first!) + 1n
  if (count < 1n) throw new LiteralError(`the range ${first}..${last} is empty`, at)
  return { value, count: Number(count), step: 1 }
}

const exact = (digits: string): number | bigint => {
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value + 0 : BigInt(digits)
}

const spread = (runs: readonly Run[], isReal: boolean): Numbers => {
  const length = runs.reduce((n, { count }) => n + count, 0)
  // The largest values of rising runs may be the first to leave 2^53.
  const isWide = runs.some(
    ({ value, count }) => typeof value === "bigint" || !Number.isSafeInteger(value + count),
  )
  if (!isReal && isWide) {
    return runs.flatMap(({ value, count, step }) =>
      Array.from({ length: count }, (_, i) => BigInt(value) + BigInt(i * step)),
    )
  }
  const values = new Float64Array(length)
  let at = 0
  for (const { value, count, step } of runs) {
    for (let i = 0; i < count; i++) values[at++] = step === 0 ? Number(value) : Number(value) + i
  }
  return values
}

const matrix = (rowCount: number, columns: number, rows: readonly (readonly Run[])[]): Matrix => {
  const given = rows.length === 1 && rows[0]!.length === 0 && rowCount === 0 ? [] : rows
  if (columns >= 2 ** 31)
    throw new LiteralError(`a matrix of ${columns} columns; at most 2^31 - 1 are possible`, 0)
  if (given.length !== rowCount)
    throw new LiteralError(`${given.length} rows where ${rowCount} are declared`, 0)
  return matrixFromRows(
    columns,
    given.map((runs, r) => {
      const entries: Entry[] = []
      let column = 0
      for (const { value, count, step } of runs) {
        if (column + count > columns) {
          throw new LiteralError(`row ${r} has more than the ${columns} columns declared`, 0)
        }
        if (value !== 0 || step !== 0) {
          for (let i = 0; i < count; i++) {
            const next = typeof value === "bigint" ? value + BigInt(i * step) : value + i * step
            entries.push({ column: column + i, value: next })
          }
        }
        column += count
      }
      if (column !== columns) throw new LiteralError(`row ${r} has ${column} of ${columns} columns`, 0)
      return entries
    }),
  )
}
