import type { Samples } from "./data-set.ts"

/** The mean and standard deviation of each column; the deviation is 1 where a column is constant. */
export interface Moments {
  readonly means: Float64Array
  readonly deviations: Float64Array
}

export const momentsOf = ({ rows, features, values }: Samples): Moments => {
  const means = new Float64Array(features)
  const deviations = new Float64Array(features)
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < features; j++) means[j]! += values[at++]!
  for (let j = 0; j < features; j++) means[j] = means[j]! / rows
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < features; j++) deviations[j]! += (values[at++]! - means[j]!) ** 2
  }
  for (let j = 0; j < features; j++) {
    const deviation = Math.sqrt(deviations[j]! / rows)
    // What is left of a constant column is the rounding of its mean.
    deviations[j] = deviation > 1e-12 * Math.abs(means[j]!) ? deviation : 1
  }
  return { means, deviations }
}

/** `x * scale + shift` for each column, as the graph's affine node computes it. */
export interface Scaling {
  readonly scale: Float64Array
  readonly shift: Float64Array
}

/** Columns of mean 0 and deviation 1; constant ones become 0. */
export const standardScaling = ({ means, deviations }: Moments): Scaling => ({
  scale: deviations.map((deviation) => 1 / deviation),
  shift: means.map((mean, j) => -mean * (1 / deviations[j]!)),
})

export const scaled = ({ rows, features, values }: Samples, { scale, shift }: Scaling): Samples => ({
  rows,
  features,
  values: values.map((value, at) => value * scale[at % features]! + shift[at % features]!),
})
