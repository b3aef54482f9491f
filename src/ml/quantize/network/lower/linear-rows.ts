import type { Budget } from "../../budget.ts"

/** One linear combination of values, by their indices, plus a constant. */
export interface Row {
  readonly columns: Int32Array
  readonly weights: Float64Array
  readonly bias: number
}

/** A value for each sample: `batch[v][sample]`. */
export type Batch = readonly Float64Array[]

export const constantRow = (bias: number): Row => ({
  columns: new Int32Array(0),
  weights: new Float64Array(0),
  bias,
})

export const unitRow = (column: number): Row => ({
  columns: Int32Array.of(column),
  weights: Float64Array.of(1),
  bias: 0,
})

export const isConstantRow = ({ columns }: Row): boolean => columns.length === 0

/** `row * scale + shift`. */
export const scaleRow = ({ columns, weights, bias }: Row, scale: number, shift = 0): Row => ({
  columns,
  weights: weights.map((weight) => weight * scale),
  bias: bias * scale + shift,
})

/** Adds up multiples of rows; columns come out in rising order, without zeros. */
export const combineRows = (
  rows: readonly Row[],
  factors: ArrayLike<number>,
  shift: number,
  scratch: Scratch,
): Row => {
  let bias = shift
  rows.forEach(({ columns, weights, bias: own }, i) => {
    const factor = factors[i]!
    bias += factor * own
    if (factor !== 0) for (let k = 0; k < columns.length; k++) scratch.add(columns[k]!, factor * weights[k]!)
  })
  return { ...scratch.take(), bias }
}

/** A sparse vector in the making, used again and again. */
export class Scratch {
  readonly #sums = new Map<number, number>()

  add(column: number, value: number): void {
    this.#sums.set(column, (this.#sums.get(column) ?? 0) + value)
  }

  /** The columns and weights so far; the next vector starts empty. */
  take(): Pick<Row, "columns" | "weights"> {
    const columns = Int32Array.from(this.#sums.keys())
      .sort()
      .filter((column) => this.#sums.get(column) !== 0)
    const weights = Float64Array.from(columns, (column) => this.#sums.get(column)!)
    this.#sums.clear()
    return { columns, weights }
  }
}

/** The values of a row for every sample. */
export const applyRow = ({ columns, weights, bias }: Row, values: Batch, count: number): Float64Array => {
  const result = new Float64Array(count).fill(bias)
  for (let k = 0; k < columns.length; k++) addScaled(result, values[columns[k]!]!, weights[k]!)
  return result
}

/** The values of rows, one after the other. */
export const applyRows = async (
  rows: readonly Row[],
  values: Batch,
  count: number,
  budget: Budget,
): Promise<Float64Array[]> => {
  const results: Float64Array[] = []
  for (const row of rows) {
    await budget.turn()
    results.push(applyRow(row, values, count))
  }
  return results
}

/** `into += values * factor`. */
export const addScaled = (into: Float64Array, values: Float64Array, factor: number): void => {
  for (let i = 0; i < into.length; i++) into[i]! += factor * values[i]!
}
