/** out = x · wᵀ + bias, with `x` by rows of samples and `w` by rows of outputs. Each sum begins with its bias. */
export const multiply = (
  out: Float64Array,
  x: Float64Array,
  w: Float64Array,
  bias: Float64Array,
  rows: number,
  inputs: number,
  outputs: number,
): void => {
  const fours = outputs - (outputs % 4)
  for (let row = 0; row < rows; row++) {
    const from = row * inputs
    const to = row * outputs
    for (let o = 0; o < fours; o += 4) {
      const w0 = o * inputs
      const w1 = w0 + inputs
      const w2 = w1 + inputs
      const w3 = w2 + inputs
      let s0 = bias[o]!
      let s1 = bias[o + 1]!
      let s2 = bias[o + 2]!
      let s3 = bias[o + 3]!
      for (let i = 0; i < inputs; i++) {
        const value = x[from + i]!
        s0 += w[w0 + i]! * value
        s1 += w[w1 + i]! * value
        s2 += w[w2 + i]! * value
        s3 += w[w3 + i]! * value
      }
      out[to + o] = s0
      out[to + o + 1] = s1
      out[to + o + 2] = s2
      out[to + o + 3] = s3
    }
    for (let o = fours; o < outputs; o++) {
      let sum = bias[o]!
      for (let i = 0; i < inputs; i++) sum += w[o * inputs + i]! * x[from + i]!
      out[to + o] = sum
    }
  }
}

/** dw += errorsᵀ · x and db += the sum of errors. */
export const multiplyBackWeights = (
  dw: Float64Array,
  db: Float64Array,
  errors: Float64Array,
  x: Float64Array,
  rows: number,
  inputs: number,
  outputs: number,
): void => {
  for (let row = 0; row < rows; row++) {
    const from = row * inputs
    for (let o = 0; o < outputs; o++) {
      const error = errors[row * outputs + o]!
      if (error === 0) continue
      db[o] = db[o]! + error
      const to = o * inputs
      for (let i = 0; i < inputs; i++) dw[to + i] = dw[to + i]! + error * x[from + i]!
    }
  }
}

/** dx = errors · w. */
export const multiplyBackInputs = (
  dx: Float64Array,
  errors: Float64Array,
  w: Float64Array,
  rows: number,
  inputs: number,
  outputs: number,
): void => {
  dx.fill(0, 0, rows * inputs)
  for (let row = 0; row < rows; row++) {
    const to = row * inputs
    for (let o = 0; o < outputs; o++) {
      const error = errors[row * outputs + o]!
      if (error === 0) continue
      const from = o * inputs
      for (let i = 0; i < inputs; i++) dx[to + i] = dx[to + i]! + error * w[from + i]!
    }
  }
}
