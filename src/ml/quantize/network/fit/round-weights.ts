import { cholesky, inverse, ridged, type Square } from "../../../math/linear-solve.ts"

/** Above so many features weights are rounded one by one: the correction would take seconds. */
const MOST_CORRECTED = 384

/** Rounds rows of weights to multiples of steps. */
export interface Rounder {
  /** The integers for `weights[k] / steps[k]`, both for standardised features. */
  round(weights: Float64Array, steps: Float64Array): Float64Array
}

/**
 * Rounds weights one after the other, and makes up for the error of each by those that are still to be rounded, so that
 * the sum over correlated features stays what it was ("optimal brain quantization", Frantar and Alistarh 2022, in the
 * fixed order of GPTQ, arXiv:2210.17323). `gram` are the correlations of the features.
 */
export const rounderFor = (gram: Square): Rounder => {
  const { size } = gram
  if (size > MOST_CORRECTED || size === 0) return plainRounder
  const upper = transposedLower(cholesky(inverse(cholesky(ridged(gram, 0.01)))))
  return {
    round: (weights, steps) => {
      const rest = weights.slice()
      const integers = new Float64Array(size)
      for (let k = 0; k < size; k++) {
        const step = steps[k]!
        const integer = toInteger(rest[k]! / step)
        integers[k] = integer
        const error = (rest[k]! - integer * step) / upper.values[k * size + k]!
        for (let j = k + 1; j < size; j++) rest[j]! -= error * upper.values[k * size + j]!
      }
      return integers
    },
  }
}

/** Rounds each weight to the nearest. */
export const plainRounder: Rounder = {
  round: (weights, steps) => weights.map((weight, k) => toInteger(weight / steps[k]!)),
}

const toInteger = (value: number): number => (Number.isFinite(value) ? Math.round(value) : 0)

/** U with matrix = Uᵀ U from L with matrix = L Lᵀ. */
const transposedLower = ({ size, values }: Square): Square => {
  const upper = new Float64Array(size * size)
  for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) upper[j * size + i] = values[i * size + j]!
  return { size, values: upper }
}
