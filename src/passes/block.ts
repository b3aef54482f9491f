import type { Integer } from "../data/index.ts"
import type { Affine } from "./affine.ts"
import { isZero, plus, times } from "./values.ts"

/**
 * A growing sparse matrix: entry i is `values[i]` in row `rows[i]` and column `columns[i]`. It is tidy when rows ascend and no
 * place occurs twice.
 */
export interface Block {
  rows: number[]
  columns: number[]
  values: Integer[]
  isTidy: boolean
}

export const emptyBlock = (): Block => ({ rows: [], columns: [], values: [], isTidy: true })

export const identityBlock = (size: number): Block => ({
  rows: Array.from({ length: size }, (_, i) => i),
  columns: Array.from({ length: size }, (_, i) => i),
  values: new Array<Integer>(size).fill(1),
  isTidy: true,
})

/** Adds up entries of the same place, drops zeros and sorts by row. */
export const tidy = (block: Block): void => {
  if (block.isTidy) return
  const width = block.columns.reduce((most, column) => Math.max(most, column), 0) + 1
  const sums = new Map<number, Integer>()
  block.rows.forEach((row, i) => {
    const place = row * width + block.columns[i]!
    const before = sums.get(place)
    sums.set(place, before === undefined ? block.values[i]! : plus(before, block.values[i]!))
  })
  const places = [...sums].filter(([, value]) => !isZero(value)).sort(([a], [b]) => a - b)
  block.rows = places.map(([place]) => Math.floor(place / width))
  block.columns = places.map(([place]) => place % width)
  block.values = places.map(([, value]) => value)
  block.isTidy = true
}

/** Appends the entries of `other`, whose columns are shifted by `offset`. */
export const appendBlock = (block: Block, other: Block): void => {
  block.isTidy = block.rows.length === 0 && other.isTidy
  for (let i = 0; i < other.rows.length; i++) {
    block.rows.push(other.rows[i]!)
    block.columns.push(other.columns[i]!)
    block.values.push(other.values[i]!)
  }
}

/** The number of products of entries that multiplying by an affine map takes. */
export const productCount = ({ columns }: Block, { start }: Affine): number =>
  columns.reduce((sum, c) => sum + start[c + 1]! - start[c]!, 0)

/** `block` times the affine map: one block for each operand of the map. The block must be tidy. */
export const multiplyBlock = (block: Block, affine: Affine, operands: number): Block[] => {
  const results = Array.from({ length: operands }, emptyBlock)
  const { rows, columns, values } = block
  for (let from = 0; from < rows.length; ) {
    let to = from + 1
    while (rows[to] === rows[from]) to++
    if (to === from + 1) appendRow(results, rows[from]!, columns[from]!, values[from]!, affine)
    else appendSum(results, block, from, to, affine)
    from = to
  }
  return results
}

/** A row with one entry: a multiple of one row of the map. */
const appendRow = (results: Block[], row: number, column: number, value: Integer, affine: Affine): void => {
  for (let i = affine.start[column]!; i < affine.start[column + 1]!; i++) {
    const result = results[affine.operand[i]!]!
    result.rows.push(row)
    result.columns.push(affine.column[i]!)
    result.values.push(times(value, affine.weight[i]!))
    if (!affine.isOrdered) result.isTidy = false
  }
}

/** A row with several entries: rows of the map, added up. */
const appendSum = (
  results: Block[],
  { rows, columns, values }: Block,
  from: number,
  to: number,
  affine: Affine,
): void => {
  const sums = results.map(() => new Map<number, Integer>())
  for (let j = from; j < to; j++) {
    for (let i = affine.start[columns[j]!]!; i < affine.start[columns[j]! + 1]!; i++) {
      const sum = sums[affine.operand[i]!]!
      const column = affine.column[i]!
      const term = times(values[j]!, affine.weight[i]!)
      const before = sum.get(column)
      sum.set(column, before === undefined ? term : plus(before, term))
    }
  }
  sums.forEach((sum, k) => {
    const result = results[k]!
    for (const [column, value] of sum) {
      if (isZero(value)) continue
      result.rows.push(rows[from]!)
      result.columns.push(column)
      result.values.push(value)
    }
  })
}

/** Adds `block` times the bias of the affine map to `bias`. */
export const addBias = (bias: Integer[], { rows, columns, values }: Block, affine: Affine): void => {
  for (let i = 0; i < rows.length; i++) {
    const constant = affine.bias[columns[i]!]!
    if (!isZero(constant)) bias[rows[i]!] = plus(bias[rows[i]!]!, times(values[i]!, constant))
  }
}

/** Whether all products of entries surely fit the 64 bits that a matrix holds. */
export const staysNarrow = ({ values }: Block, { weight, bias }: Affine): boolean =>
  largest(values) * Math.max(largest(weight), largest(bias)) < 2 ** 60

const largest = (values: readonly Integer[]): number =>
  values.reduce((most: number, value) => Math.max(most, Math.abs(Number(value))), 0)
