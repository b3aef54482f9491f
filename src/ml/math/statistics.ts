import type { Batch } from "../quantize/network/lower/linear-rows.ts"
import type { Square } from "./linear-solve.ts"

/** Mean and standard deviation over the samples. */
export interface Spread {
  readonly mean: number
  readonly deviation: number
}

export const spreadOf = (values: Float64Array): Spread => {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  const mean = sum / Math.max(values.length, 1)
  let squares = 0
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2
  return { mean, deviation: Math.sqrt(squares / Math.max(values.length, 1)) }
}

/** Values less their mean, over their standard deviation; zeros where they are constant. */
export const standardised = (values: Float64Array, { mean, deviation }: Spread): Float64Array => {
  const factor = isConstant({ mean, deviation }) ? 0 : 1 / deviation
  return values.map((value) => (value - mean) * factor)
}

/** Whether what varies is no more than rounding. */
export const isConstant = ({ mean, deviation }: Spread): boolean => deviation <= 1e-9 * Math.abs(mean) + 1e-30

/** The mean products of any two of the variables, each standardised: their correlations. */
export const correlations = (variables: Batch): Square => {
  const size = variables.length
  const count = Math.max(variables[0]?.length ?? 0, 1)
  const values = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const mean = dot(variables[i]!, variables[j]!) / count
      values[i * size + j] = mean
      values[j * size + i] = mean
    }
  }
  return { size, values }
}

export const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
