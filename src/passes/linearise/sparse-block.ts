import type { Integer } from "../../data/index.ts"
import { isZero, plus, times } from "../shared/node-values.ts"
import type { Affine } from "./affine.ts"

/**
 * A sparse matrix: entry i is `values[i]` in row `rows[i]` and column `columns[i]`. It is tidy when rows ascend and no place
 * occurs twice.
 */
export interface Block {
  readonly rows: ArrayLike<number>
  readonly columns: ArrayLike<number>
  readonly values: ArrayLike<Integer>
  readonly isTidy: boolean
}

export const emptyBlock: Block = { rows: [], columns: [], values: [], isTidy: true }

export const identityBlock = (size: number): Block => {
  const places = Int32Array.from({ length: size }, (_, i) => i)
  return { rows: places, columns: places, values: new Int32Array(size).fill(1), isTidy: true }
}

/** The sum of blocks as a tidy one, without zeros. */
export const tidy = (blocks: readonly Block[]): Block => {
  const [first = emptyBlock, ...others] = blocks.filter(({ rows }) => rows.length > 0)
  if (others.length === 0 && first.isTidy) return first
  let width = 0
  for (const { columns } of blocks) {
    for (let i = 0; i < columns.length; i++) width = Math.max(width, columns[i]! + 1)
  }
  const sums = new Map<number, Integer>()
  for (const { rows, columns, values } of blocks) {
    for (let i = 0; i < rows.length; i++) {
      const place = rows[i]! * width + columns[i]!
      const before = sums.get(place)
      sums.set(place, before === undefined ? values[i]! : plus(before, values[i]!))
    }
  }
  const places = [...sums].filter(([, value]) => !isZero(value)).sort(([a], [b]) => a - b)
  return {
    rows: places.map(([place]) => Math.floor(place / width)),
    columns: places.map(([place]) => place % width),
    values: places.map(([, value]) => value),
    isTidy: true,
  }
}

/** The number of products of entries that multiplying by an affine map takes. */
export const productCount = ({ columns }: Block, { start }: Affine): number => {
  let count = 0
  for (let i = 0; i < columns.length; i++) count += start[columns[i]! + 1]! - start[columns[i]!]!
  return count
}

/** The affine map itself: one block for each operand. */
export const blocksOf = (affine: Affine, operands: number): Block[] => {
  const { start, operand, column, weight, bias, isOrdered } = affine
  const owner = operand[0] ?? 0
  for (let i = 0; i < operand.length; i++) {
    if (operand[i] !== owner) return multiplyBlock(identityBlock(bias.length), affine, operands)
  }
  const rows = new Int32Array(column.length)
  for (let r = 0; r < bias.length; r++) rows.fill(r, start[r]!, start[r + 1]!)
  const blocks = new Array<Block>(operands).fill(emptyBlock)
  blocks[owner] = { rows, columns: column, values: weight, isTidy: isOrdered }
  return blocks
}

/** A block under construction. */
interface Growing {
  readonly rows: number[]
  readonly columns: number[]
  readonly values: Integer[]
  isTidy: boolean
}

/** `block` times the affine map: one block for each operand of the map. The block must be tidy. */
export const multiplyBlock = (block: Block, affine: Affine, operands: number): Block[] => {
  const results = Array.from(
    { length: operands },
    (): Growing => ({ rows: [], columns: [], values: [], isTidy: true }),
  )
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
const appendRow = (results: Growing[], row: number, column: number, value: Integer, affine: Affine): void => {
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
  results: Growing[],
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

const largest = (values: ArrayLike<Integer>): number => {
  let most = 0
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(Number(values[i]!)))
  return most
}
