import { fitsNumber, ProgramError } from "../data/index.ts"
import { hashNumbers, mix } from "./hash.ts"
import { type Literal, narrow, rangeOf, sameNumbers } from "./literal.ts"
import { abs, max } from "./type.ts"

/**
 * A sparse integer matrix in compressed rows: row r holds `value[i]` at `column[i]` for `start[r] <= i < start[r + 1]`.
 * Columns ascend within a row and no stored value is zero, so equal matrices have equal arrays.
 */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly start: Int32Array
  readonly column: Int32Array
  readonly value: Literal["values"]
  readonly hash: number
}

export interface Entry {
  readonly column: number
  readonly value: number | bigint
}

/** A matrix from its rows; entries of one row may come in any order, those of the same column add up. */
export const matrixFromRows = (columns: number, rows: readonly (readonly Entry[])[]): Matrix => {
  const start = new Int32Array(rows.length + 1)
  const column: number[] = []
  const value: (number | bigint)[] = []
  rows.forEach((entries, r) => {
    for (const entry of addUp(entries)) {
      if (!(entry.column >= 0 && entry.column < columns)) {
        throw new ProgramError(`a matrix of ${columns} columns has an entry in column ${entry.column}`)
      }
      column.push(entry.column)
      value.push(entry.value)
    }
    start[r + 1] = column.length
  })
  return seal(rows.length, columns, start, Int32Array.from(column), narrow(value))
}

const addUp = (entries: readonly Entry[]): Entry[] => {
  const sums = new Map<number, number | bigint>()
  for (const { column, value } of entries) {
    const before = sums.get(column)
    sums.set(column, before === undefined ? value : exactSum(before, value))
  }
  return [...sums]
    .filter(([, value]) => value !== 0 && value !== 0n)
    .sort(([a], [b]) => a - b)
    .map(([column, value]) => ({ column, value }))
}

const exactSum = (a: number | bigint, b: number | bigint): number | bigint => {
  const sum = BigInt(a) + BigInt(b)
  return fitsNumber(sum, sum) ? Number(sum) : sum
}

const seal = (
  rows: number,
  columns: number,
  start: Int32Array,
  column: Int32Array,
  value: Literal["values"],
): Matrix => {
  const hash = [start, column, value].reduce((h, array) => mix(h, hashNumbers(array)), mix(rows, columns))
  return Object.freeze({ rows, columns, start, column, value, hash })
}

/** The dense row-major matrix of a flat array. */
export const denseMatrix = (rows: number, columns: number, flat: ArrayLike<number | bigint>): Matrix =>
  matrixFromRows(
    columns,
    Array.from({ length: rows }, (_, r) =>
      Array.from({ length: columns }, (_, c) => ({ column: c, value: flat[r * columns + c]! })),
    ),
  )

/** Row r picks column `indices[r]`: every gather, transpose, broadcast and slice. */
export const selectionMatrix = (
  indices: ArrayLike<number>,
  columns: number,
  scale: number | bigint = 1,
): Matrix => {
  const rows = indices.length
  const start = Int32Array.from({ length: rows + 1 }, (_, i) => i)
  for (let r = 0; r < rows; r++) {
    if (!(indices[r]! >= 0 && indices[r]! < columns)) {
      throw new ProgramError(`index ${indices[r]} lies outside 0..${columns - 1}`)
    }
  }
  return seal(rows, columns, start, Int32Array.from(indices), narrow(new Array(rows).fill(scale)))
}

export const identityMatrix = (n: number): Matrix =>
  selectionMatrix(
    Int32Array.from({ length: n }, (_, i) => i),
    n,
  )

/** Whether every row has at most one entry, so that multiplying by the matrix never adds entries. */
export const isSelection = (matrix: Matrix): boolean => {
  for (let r = 0; r < matrix.rows; r++) if (matrix.start[r + 1]! - matrix.start[r]! > 1) return false
  return true
}

export const isIdentity = (m: Matrix): boolean =>
  m.rows === m.columns &&
  m.value.length === m.rows &&
  m.column.every((c, i) => c === i && m.start[i] === i) &&
  m.value.every((v: number | bigint) => v === 1 || v === 1n)

export const rowEntries = (matrix: Matrix, row: number): Entry[] => {
  const entries: Entry[] = []
  for (let i = matrix.start[row]!; i < matrix.start[row + 1]!; i++) {
    entries.push({ column: matrix.column[i]!, value: matrix.value[i]! })
  }
  return entries
}

/** The matrix product `a * b`, exact. Throws ProgramError when an entry passes 64 bits. */
export const multiplyMatrices = (a: Matrix, b: Matrix): Matrix => {
  if (a.columns !== b.rows) {
    throw new ProgramError(`a ${a.rows}x${a.columns} matrix cannot multiply one of ${b.rows}x${b.columns}`)
  }
  // |sum of products| <= (largest row sum of |a|) * (largest |b|); JavaScript's + and * serve both kinds of number.
  const reach = rowSum(a) * largest(b)
  const isNarrow = fitsNumber(-reach, reach)
  const [x, y] = isNarrow ? [numbers(a.value), numbers(b.value)] : [bigints(a.value), bigints(b.value)]
  const zero = (isNarrow ? 0 : 0n) as number
  const sums = new Array<number>(b.columns).fill(zero)
  const touched = new Int32Array(b.columns).fill(-1)
  const start = new Int32Array(a.rows + 1)
  const column: number[] = []
  const value: number[] = []
  for (let r = 0; r < a.rows; r++) {
    const used: number[] = []
    for (let i = a.start[r]!; i < a.start[r + 1]!; i++) {
      const k = a.column[i]!
      for (let j = b.start[k]!; j < b.start[k + 1]!; j++) {
        const c = b.column[j]!
        if (touched[c] !== r) {
          touched[c] = r
          used.push(c)
        }
        sums[c] = sums[c]! + x[i]! * y[j]!
      }
    }
    used.sort((p, q) => p - q)
    for (const c of used) {
      if (sums[c] !== zero) {
        column.push(c)
        value.push(sums[c]!)
      }
      sums[c] = zero
    }
    start[r + 1] = column.length
  }
  return seal(a.rows, b.columns, start, Int32Array.from(column), narrow(value))
}

/** The columns `from..to - 1` as a matrix of their own. */
export const sliceColumns = (matrix: Matrix, from: number, to: number): Matrix =>
  matrixFromRows(
    to - from,
    Array.from({ length: matrix.rows }, (_, r) =>
      rowEntries(matrix, r)
        .filter(({ column }) => column >= from && column < to)
        .map(({ column, value }) => ({ column: column - from, value })),
    ),
  )

export const sameMatrix = (a: Matrix, b: Matrix): boolean =>
  a === b ||
  (a.rows === b.rows &&
    a.columns === b.columns &&
    a.hash === b.hash &&
    sameNumbers(a.start, b.start) &&
    sameNumbers(a.column, b.column) &&
    sameNumbers(a.value, b.value))

/** The largest sum of absolute values in a row. */
export const rowSum = (matrix: Matrix): bigint => {
  let most = 0n
  for (let r = 0; r < matrix.rows; r++) {
    const sum = absoluteSum(matrix.value, matrix.start[r]!, matrix.start[r + 1]!)
    if (sum > most) most = sum
  }
  return most
}

const absoluteSum = (value: Literal["values"], from: number, to: number): bigint => {
  if (!(value instanceof BigInt64Array)) {
    // Partial sums only grow: a sum below 2^53 was exact all along.
    let sum = 0
    for (let i = from; i < to; i++) sum += Math.abs(value[i]!)
    if (Number.isSafeInteger(sum)) return BigInt(sum)
  }
  let sum = 0n
  for (let i = from; i < to; i++) sum += abs(BigInt(value[i]!))
  return sum
}

const largest = ({ value }: Matrix): bigint => {
  const { lo, hi } = rangeOf(value)
  return max(-lo, hi)
}

const numbers = (values: Literal["values"]): number[] => Array.from(values as ArrayLike<number>, Number)
const bigints = (values: Literal["values"]): number[] =>
  Array.from(values as ArrayLike<number>, BigInt) as unknown as number[]
