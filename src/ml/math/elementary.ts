const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10

/**
 * e to the x, to a few units in the last place: unlike `Math.exp`, the same bits on every machine, because only the four
 * operations are used.
 */
export const exp = (x: number): number => {
  if (x > 709) return Number.POSITIVE_INFINITY
  if (x < -708) return 0
  // x = k ln 2 + r with |r| <= ln 2 / 2
  const k = Math.round(x * Math.LOG2E)
  const r = x - k * LN2_HIGH - k * LN2_LOW
  let sum = 1
  for (let n = 14; n >= 1; n--) sum = 1 + (r / n) * sum
  return k < 0 ? sum / 2 ** -k : sum * 2 ** k
}

/** The natural logarithm of a positive number, with the same bits on every machine. */
export const log = (x: number): number => {
  if (x <= 0) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN
  let k = 0
  let m = x
  while (m > Math.SQRT2) [m, k] = [m / 2, k + 1]
  while (m < Math.SQRT1_2) [m, k] = [m * 2, k - 1]
  // ln m = 2 artanh((m - 1) / (m + 1))
  const z = (m - 1) / (m + 1)
  let sum = 0
  for (let n = 23; n >= 1; n -= 2) sum = sum * z * z + 1 / n
  return k * LN2_HIGH + (2 * z * sum + k * LN2_LOW)
}

/** 1 / (1 + e^-x). */
export const sigmoid = (x: number): number => {
  const power = exp(x < 0 ? x : -x)
  return x < 0 ? power / (1 + power) : 1 / (1 + power)
}

/** ln(1 + e^x). */
export const softplus = (x: number): number => Math.max(x, 0) + log(1 + exp(x < 0 ? x : -x))

/** Replaces `count` numbers from `start` by their softmax, and gives the logarithm of the sum of their powers of e. */
export const softmax = (values: Float64Array, start: number, count: number): number => {
  let most = values[start]!
  for (let k = 1; k < count; k++) most = Math.max(most, values[start + k]!)
  let sum = 0
  for (let k = 0; k < count; k++) {
    const power = exp(values[start + k]! - most)
    values[start + k] = power
    sum += power
  }
  for (let k = 0; k < count; k++) values[start + k] = values[start + k]! / sum
  return most + log(sum)
}
