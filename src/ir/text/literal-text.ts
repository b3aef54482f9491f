import { ProgramError } from "../../data/index.ts"
import { type Allowance, take } from "../literal/allowance.ts"
import { type Literal, literal, realLiteral } from "../literal/literal.ts"
import { type Matrix, matrixFromArrays, rowEntries } from "../literal/matrix.ts"
import { printReal } from "../type.ts"

/** Runs of this many equal values are written `v xN`, of this many consecutive ones `a..b`. */
const SHORTEST_RUN = 3
const SHORTEST_RANGE = 4
const LINE = 100
const ELIDED = 3

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

/**
 * What stands in brackets: item i is `count[i]` values from `value[i]` on, each by `rises[i]` larger than the one before; row r
 * holds the items `start[r]` to `start[r + 1] - 1`.
 */
interface Items {
  readonly value: (number | bigint)[]
  readonly count: number[]
  readonly rises: (0 | 1)[]
  readonly start: number[]
}

/** A mistake in a literal, at a place in its text. */
export class LiteralError extends ProgramError {
  readonly at: number
  constructor(message: string, at: number, code: "syntax" | "too-large" = "syntax") {
    super(message, { code })
    this.at = at
  }
}

/** Bytes that a number takes while it is put in place: as it is stored, and as it is narrowed. */
const NUMBER_BYTES = 16
/** The same of an entry of a matrix. */
const ENTRY_BYTES = 24

/**
 * Reads what `printLiteral` writes. A scanner and not a grammar, for a literal may hold millions of numbers.
 * Throws LiteralError; what its numbers take is counted against the allowance before any of them is written out.
 */
export const parseLiteral = (text: string, left: Allowance): Literal | Matrix => {
  const head = /^\s*(?:(real)\s|(\d{1,10})x(\d{1,10})\s)?\s*\[/.exec(text)
  if (head === null) throw new LiteralError("expected [, real [, or a size such as 2x4 [", 0)
  const [opening, real, rowCount, columns] = head
  const isMatrix = rowCount !== undefined
  const item = real === undefined ? INTEGER : REAL
  const { items, end } = scanItems(text, opening.length, item, (count, isZero, at) => {
    // Zeros of a matrix take no room.
    if (isMatrix && isZero) return
    const complaint = take(left, count * (isMatrix ? ENTRY_BYTES : NUMBER_BYTES), "its literals")
    if (complaint !== undefined) throw new LiteralError(complaint, at, "too-large")
  })
  if (/\S/.test(text.slice(end))) throw new LiteralError("there is more after the closing ]", end)
  if (!isMatrix && items.start.length > 2)
    throw new LiteralError("only a matrix has rows; write its size before it", 0)
  if (isMatrix) return matrix(Number(rowCount), Number(columns), items)
  const values = spread(items)
  return real === undefined ? literal(values) : realLiteral(values as Float64Array)
}

const INTEGER = /\s*(-?\d{1,20})(?:\s*\.\.\s*(-?\d{1,20})|\s*x(\d{1,10}))?\s*([,;\]])/y
const REAL = /\s*(-?(?:inf|\d+(?:\.\d+)?(?:e[+-]?\d+)?))()(?:\s*x(\d{1,10}))?\s*([,;\]])/y

const scanItems = (
  text: string,
  from: number,
  item: RegExp,
  takeRoom: (count: number, isZero: boolean, at: number) => void,
): { items: Items; end: number } => {
  const items: Items = { value: [], count: [], rises: [], start: [0] }
  const empty = /\s*([;\]])/y
  for (let at = from; ; ) {
    empty.lastIndex = at
    const gap = items.value.length === items.start.at(-1) ? empty.exec(text) : null
    item.lastIndex = at
    const found = gap === null ? item.exec(text) : null
    if (gap === null && found === null) {
      const shown = text.slice(at, at + 30).trim()
      throw new LiteralError(`expected a number, a run 0 x4 or a range 0..3, not ${shown || "the end"}`, at)
    }
    if (found !== null) {
      const { value, count, rises } = readItem(found, item === REAL, at)
      takeRoom(count, value === 0 && rises === 0, at)
      items.value.push(value)
      items.count.push(count)
      items.rises.push(rises)
    }
    at = (gap === null ? item : empty).lastIndex
    const separator = gap?.[1] ?? found![4]
    if (separator === ",") continue
    items.start.push(items.value.length)
    if (separator === "]") return { items, end: at }
  }
}

const readItem = (
  [, first, last, times]: RegExpExecArray,
  isReal: boolean,
  at: number,
): { readonly value: number | bigint; readonly count: number; readonly rises: 0 | 1 } => {
  const value = isReal ? Number(first!.replace("inf", "Infinity")) : exact(first!)
  if (times !== undefined) {
    if (Number(times) < 1) throw new LiteralError(`a run of ${times} values`, at)
    return { value, count: Number(times), rises: 0 }
  }
  if (!last) return { value, count: 1, rises: 0 }
  const count = BigInt(last) - BigInt(first!) + 1n
  if (count < 1n) throw new LiteralError(`the range ${first}..${last} is empty`, at)
  return { value, count: Number(count), rises: 1 }
}

const exact = (digits: string): number | bigint => {
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value + 0 : BigInt(digits)
}

/** All values, one after the other, without the runs of zeros when `skipsZeros`. Throws ProgramError for integers beyond 64 bits. */
const spread = (items: Items, skipsZeros = false): Float64Array | BigInt64Array => {
  const { value, count, rises } = items
  const length = count.reduce((n, one, i) => n + (skipsZeros && isZeroRun(value[i]!, rises[i]!) ? 0 : one), 0)
  // The largest values of rising items may be the first to leave 2^53.
  const isWide = value.some(
    (first, i) => typeof first === "bigint" || (rises[i] === 1 && !Number.isSafeInteger(first + count[i]!)),
  )
  if (!isWide)
    return write(new Float64Array(length), items, Number as (value: number | bigint) => number, skipsZeros)
  value.forEach((first, i) => {
    const low = BigInt(first)
    const high = low + BigInt(rises[i]! * (count[i]! - 1))
    if (low < MIN_WORD || high > MAX_WORD)
      throw new ProgramError(`a constant reaches ${low < MIN_WORD ? low : high}, beyond 64 bits`, {
        code: "too-wide",
      })
  })
  return write(new BigInt64Array(length), items, BigInt as (value: number | bigint) => bigint, skipsZeros)
}

const MIN_WORD = -(2n ** 63n)
const MAX_WORD = 2n ** 63n - 1n

const write = <A extends Float64Array | BigInt64Array>(
  values: A,
  { value, count, rises }: Items,
  to: (value: number | bigint) => A[number],
  skipsZeros: boolean,
): A => {
  let at = 0
  value.forEach((first, i) => {
    if (skipsZeros && isZeroRun(first, rises[i]!)) return
    const one = to(first)
    if (rises[i] === 0) values.fill(one as never, at, at + count[i]!)
    else for (let k = 0, next = one; k < count[i]!; k++, next++) values[at + k] = next
    at += count[i]!
  })
  return values
}

const isZeroRun = (first: number | bigint, rises: 0 | 1): boolean => first === 0 && rises === 0

const matrix = (rowCount: number, columns: number, items: Items): Matrix => {
  const { value, count, rises } = items
  const isBlank = rowCount === 0 && items.start.length === 2 && value.length === 0
  const found = isBlank ? 0 : items.start.length - 1
  if (columns >= 2 ** 31)
    throw new LiteralError(`a matrix of ${columns} columns; at most 2^31 - 1 are possible`, 0)
  if (found !== rowCount) throw new LiteralError(`${found} rows where ${rowCount} are declared`, 0)
  const entries = count.reduce((n, one, i) => n + (isZeroRun(value[i]!, rises[i]!) ? 0 : one), 0)
  const start = new Int32Array(rowCount + 1)
  const column = new Int32Array(entries)
  let at = 0
  for (let r = 0; r < rowCount; r++) {
    let next = 0
    for (let i = items.start[r]!; i < items.start[r + 1]!; i++) {
      if (next + count[i]! > columns)
        throw new LiteralError(`row ${r} has more than the ${columns} columns declared`, 0)
      if (!isZeroRun(value[i]!, rises[i]!)) {
        for (let k = 0; k < count[i]!; k++) column[at++] = next + k
      }
      next += count[i]!
    }
    if (next !== columns) throw new LiteralError(`row ${r} has ${next} of ${columns} columns`, 0)
    start[r + 1] = at
  }
  return matrixFromArrays(columns, { start, column, value: spread(items, true) })
}
