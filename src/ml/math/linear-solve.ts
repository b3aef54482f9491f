/** A symmetric positive definite matrix in row-major order. */
export interface Square {
  readonly size: number
  readonly values: Float64Array
}

/** The lower triangle L with matrix = L Lᵀ; pivots that rounding has made too small are raised. */
export const cholesky = ({ size, values }: Square): Square => {
  const lower = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = values[i * size + j]!
      for (let k = 0; k < j; k++) sum -= lower[i * size + k]! * lower[j * size + k]!
      lower[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / lower[j * size + j]!
    }
  }
  return { size, values: lower }
}

/** x with L Lᵀ x = right, for the lower triangle L that `cholesky` gives. */
export const solveCholesky = ({ size, values }: Square, right: Float64Array): Float64Array => {
  const x = right.slice()
  for (let i = 0; i < size; i++) {
    let sum = x[i]!
    for (let k = 0; k < i; k++) sum -= values[i * size + k]! * x[k]!
    x[i] = sum / values[i * size + i]!
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = x[i]!
    for (let k = i + 1; k < size; k++) sum -= values[k * size + i]! * x[k]!
    x[i] = sum / values[i * size + i]!
  }
  return x
}

/** The matrix with `amount` added to its diagonal. */
export const ridged = ({ size, values }: Square, amount: number): Square => {
  const sum = values.slice()
  for (let i = 0; i < size; i++) sum[i * size + i]! += amount
  return { size, values: sum }
}

/** The inverse of L Lᵀ for the lower triangle L that `cholesky` gives. */
export const inverse = (lower: Square): Square => {
  const { size } = lower
  const values = new Float64Array(size * size)
  const unit = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    unit.fill(0)
    unit[i] = 1
    values.set(solveCholesky(lower, unit), i * size)
  }
  return { size, values }
}
