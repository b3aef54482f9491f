/** What is summed over the rows of a leaf, and what the sums are worth. */
export interface Statistic {
  /** Numbers that are summed. */
  readonly width: number
  /** Adds the rows of a leaf to the sums of their intervals. */
  readonly accumulate: (sums: Float64Array, rows: Int32Array, bins: Uint8Array, firstBin: number) => void
  /** How much a leaf with these sums improves the fit; splits make the sum over leaves larger. */
  readonly worth: (sums: Float64Array) => number
  /** Rows with these sums. */
  readonly count: (sums: Float64Array) => number
  /** The results of a leaf, as many as the ensemble has. */
  readonly leaf: (sums: Float64Array) => readonly number[]
}

export interface Gradients {
  readonly gradients: Float64Array
  readonly curvatures: Float64Array
}

/** What second derivatives count at least: those of rows that fit already vanish. */
const LEAST = 1e-12

/**
 * First and second derivatives of a loss at each row: a leaf moves by -G / (H + l2), which lowers the loss by
 * G² / (H + l2) / 2 (Chen and Guestrin, XGBoost, equations 5 and 6).
 */
export const gradientStatistic = (
  { gradients, curvatures }: Gradients,
  l2: number,
  rate: number,
): Statistic => ({
  width: 3,
  accumulate: (sums, rows, bins, firstBin) => {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      const at = 3 * bins[firstBin + row]!
      sums[at] = sums[at]! + gradients[row]!
      sums[at + 1] = sums[at + 1]! + curvatures[row]!
      sums[at + 2] = sums[at + 2]! + 1
    }
  },
  worth: (sums) => (sums[0]! * sums[0]!) / Math.max(sums[1]! + l2, LEAST),
  count: (sums) => sums[2]!,
  leaf: (sums) => [(-rate * sums[0]!) / Math.max(sums[1]! + l2, LEAST)],
})

/**
 * How many rows there are of each class, weighted: a leaf gives their shares, and splits lower Gini's impurity. Of two
 * classes it gives the share of the second.
 */
export const classStatistic = (labels: Int32Array, weights: Float64Array, classes: number): Statistic => {
  const total = (sums: Float64Array): number => {
    let sum = 0
    for (let k = 0; k < classes; k++) sum += sums[k]!
    return sum
  }
  return {
    width: classes,
    accumulate: (sums, rows, bins, firstBin) => {
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!
        const at = classes * bins[firstBin + row]! + labels[row]!
        sums[at] = sums[at]! + weights[row]!
      }
    },
    // n (1 - impurity) = sum of n_k² / n
    worth: (sums) => {
      let squares = 0
      for (let k = 0; k < classes; k++) squares += sums[k]! * sums[k]!
      return squares / total(sums)
    },
    count: total,
    leaf: (sums) => {
      const shares = Array.from(sums, (sum) => sum / total(sums))
      return classes === 2 ? [shares[1]!] : shares
    },
  }
}
