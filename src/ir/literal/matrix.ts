import { fitsNumber, ProgramError } from "../../data/index.ts"
import { abs } from "../type.ts"
import { hashNumbers, mix } from "./hash.ts"
import { type Literal, narrow, sameNumbers } from "./literal.ts"

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
  rows.forEach((entries, r) => {
    start[r + 1] = start[r]! + entries.length
  })
  const column = new Int32Array(start[rows.length]!)
  const value = new Array<number | bigint>(column.length)
  rows.forEach((entries, r) => {
    entries.forEach((entry, i) => {
      if (!(entry.column >= 0 && entry.column < columns)) {
        throw new ProgramError(`a matrix of ${columns} columns has an entry in column ${entry.column}`, {
          code: "wrong-shape",
        })
      }
      column[start[r]! + i] = entry.column
      value[start[r]! + i] = entry.value
    })
  })
  return matrixFromArrays(columns, { start, column, value })
}

/** Rows one after the other, as in a matrix but in no order: row r has `value[i]` at `column[i]` for `start[r] <= i < start[r + 1]`. */
type Rows = Pick<Matrix, "start" | "column"> & { readonly value: ArrayLike<number | bigint> }

/** `matrixFromRows` for many entries, whose columns must exist; takes over `start` and `column`. */
export const matrixFromArrays = (columns: number, given: Rows): Matrix => {
  const { start, column, value } = given
  const rows = start.length - 1
  if (isInOrder(given)) return seal(rows, columns, start, column, narrow(value))
  return matrixFromRows(
    columns,
    Array.from({ length: rows }, (_, r) => addUp(rowEntries(given, r))),
  )
}

const isInOrder = ({ start, column, value }: Rows): boolean => {
  for (let r = 0; r + 1 < start.length; r++) {
    for (let i = start[r]!; i < start[r + 1]!; i++) {
      if (i > start[r]! && column[i - 1]! >= column[i]!) return false
      if (value[i] === 0 || value[i] === 0n) return false
    }
  }
  return true
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

/** Whether every row has at most one entry, so that multiplying by the matrix never adds entries. */
export const isSelection = (matrix: Matrix): boolean => {
  for (let r = 0; r < matrix.rows; r++) if (matrix.start[r + 1]! - matrix.start[r]! > 1) return false
  return true
}

export const isIdentity = (m: Matrix): boolean => m.rows === m.columns && takesFirst(m)

/** Whether a matrix takes the first elements of a vector, each once. */
export const takesFirst = (m: Matrix): boolean =>
  m.rows <= m.columns &&
  m.value.length === m.rows &&
  m.column.every((c, i) => c === i && m.start[i] === i) &&
  m.value.every((v: number | bigint) => v === 1 || v === 1n)

export const rowEntries = ({ start, column, value }: Rows, row: number): Entry[] => {
  const entries: Entry[] = []
  for (let i = start[row]!; i < start[row + 1]!; i++) {
    entries.push({ column: column[i]!, value: value[i]! })
  }
  return entries
}

/** The columns `from..to - 1` as a matrix of their own. */
export const sliceColumns = ({ rows, start, column, value }: Matrix, from: number, to: number): Matrix => {
  const kept = column.reduce((count, c) => count + Number(c >= from && c < to), 0)
  const columns = new Int32Array(kept)
  const values = value.slice(0, kept)
  const starts = new Int32Array(rows + 1)
  for (let r = 0, at = 0; r < rows; r++) {
    for (let i = start[r]!; i < start[r + 1]!; i++) {
      if (column[i]! < from || column[i]! >= to) continue
      columns[at] = column[i]! - from
      values[at++] = value[i]!
    }
    starts[r + 1] = at
  }
  return seal(rows, to - from, starts, columns, narrow(values))
}

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
