import { Budget } from "../budget.ts"
import type { InputGrid } from "./input-grid.ts"
import { applyRow, applyRows, type Batch, type Row } from "./lower/linear-rows.ts"

/** What a layer does to its sums. */
export type IntegerActivation =
  /** Their powers; each is a block of features of its own, one after the other. */
  | { readonly kind: "powers"; readonly powers: readonly number[] }
  /** Entry `sum - lo` of a table, one for all elements or one for each. */
  | { readonly kind: "table"; readonly lo: number; readonly tables: readonly Float64Array[] }
  /** Their products with other sums. */
  | { readonly kind: "product"; readonly other: readonly Row[] }

/** Rows have integer weights and an integer bias, over the features before the layer. */
export interface IntegerLayer {
  readonly name: string
  readonly rows: readonly Row[]
  readonly activation: IntegerActivation
}

/** Integer features: the inputs, and then those of each layer. */
export interface IntegerNetwork {
  readonly grid: InputGrid
  readonly layers: readonly IntegerLayer[]
  readonly output: readonly Row[]
  /** What a unit of each output is worth. */
  readonly scale: Float64Array
  /** What an output of 0 stands for. */
  readonly offset: Float64Array
}

/** The features of a layer, power by power, from its sums. */
export const activate = (
  activation: IntegerActivation,
  sums: Batch,
  values: Batch,
  count: number,
): Float64Array[] => {
  switch (activation.kind) {
    case "powers":
      return activation.powers.flatMap((power) => sums.map((sum) => raise(sum, power)))
    case "table":
      return sums.map((sum, i) => {
        const table = activation.tables[activation.tables.length === 1 ? 0 : i]!
        return sum.map((value) => table[value - activation.lo]!)
      })
    case "product":
      return sums.map((sum, i) => {
        const other = applyRow(activation.other[i]!, values, count)
        return sum.map((value, k) => value * other[k]!)
      })
  }
}

const raise = (values: Float64Array, power: number): Float64Array =>
  power === 1 ? values : values.map((value) => value ** power)

/**
 * The network's integers on a batch of rows that are integers already, by output. Exact as long as all values
 * stay below 2^53; wider ones are rounded to 53 bits.
 */
export const simulateNetwork = async (
  network: IntegerNetwork,
  inputs: Batch,
  budget = new Budget(),
): Promise<Float64Array[]> => {
  const values = await simulateFeatures(network, inputs, budget)
  return applyRows(network.output, values, inputs[0]?.length ?? 0, budget)
}

/** All features of a batch of rows that are integers already: the rows themselves, and those of each layer. */
export const simulateFeatures = async (
  { layers }: IntegerNetwork,
  inputs: Batch,
  budget: Budget,
): Promise<Float64Array[]> => {
  const count = inputs[0]?.length ?? 0
  const values = [...inputs]
  for (const { rows, activation } of layers) {
    const sums = await applyRows(rows, values, count, budget)
    values.push(...activate(activation, sums, values, count))
  }
  return values
}

/** The least and greatest values of anything. */
export interface Bounds {
  readonly lo: number
  readonly hi: number
}

/** What a row can be when each feature is anything in its own bounds. */
export const boundRow = ({ columns, weights, bias }: Row, bounds: readonly Bounds[]): Bounds => {
  let [lo, hi] = [bias, bias]
  for (let k = 0; k < columns.length; k++) {
    const { lo: least, hi: most } = bounds[columns[k]!]!
    const weight = weights[k]!
    lo += weight * (weight > 0 ? least : most)
    hi += weight * (weight > 0 ? most : least)
  }
  return { lo, hi }
}

/** The bounds of a layer's features from those of its sums. */
export const boundFeatures = (
  activation: IntegerActivation,
  sums: readonly Bounds[],
  bounds: readonly Bounds[],
): Bounds[] => {
  switch (activation.kind) {
    case "powers":
      return activation.powers.flatMap((power) =>
        sums.map(({ lo, hi }) => {
          const ends = [lo ** power, hi ** power]
          const least = power % 2 === 0 && lo <= 0 && hi >= 0 ? 0 : Math.min(...ends)
          return { lo: least, hi: Math.max(...ends) }
        }),
      )
    case "table":
      return sums.map((_, i) => {
        const table = activation.tables[activation.tables.length === 1 ? 0 : i]!
        return { lo: table.reduce((a, b) => Math.min(a, b)), hi: table.reduce((a, b) => Math.max(a, b)) }
      })
    case "product":
      return sums.map((sum, i) => {
        const other = boundRow(activation.other[i]!, bounds)
        const products = [sum.lo * other.lo, sum.lo * other.hi, sum.hi * other.lo, sum.hi * other.hi]
        return { lo: Math.min(...products), hi: Math.max(...products) }
      })
  }
}
