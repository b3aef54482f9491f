import type { Samples } from "../data-set.ts"

/** Features cut into few intervals, all that a histogram needs to know of them. */
export interface Binned {
  readonly rows: number
  readonly features: number
  /** For each feature in turn the interval of each row: the number of thresholds below its value. */
  readonly bins: Uint8Array
  /** Rising numbers between values that occur; x is in interval b when thresholds[b - 1] < x <= thresholds[b]. */
  readonly thresholds: readonly Float64Array[]
}

/** The interval of missing values comes after those of all numbers. */
export const missingBin = (thresholds: Float64Array): number => thresholds.length + 1

/** At most `most` intervals (up to 255) of about equally many rows for each feature. */
export const binFeatures = ({ rows, features, values }: Samples, most: number): Binned => {
  const bins = new Uint8Array(features * rows)
  const thresholds = Array.from({ length: features }, (_, j) => {
    const column = new Float64Array(rows)
    for (let i = 0; i < rows; i++) column[i] = values[i * features + j]!
    const cuts = cutsOf(column, most)
    for (let i = 0; i < rows; i++) bins[j * rows + i] = binOf(column[i]!, cuts)
    return cuts
  })
  return { rows, features, bins, thresholds }
}

const binOf = (x: number, thresholds: Float64Array): number => {
  if (Number.isNaN(x)) return missingBin(thresholds)
  let [lo, hi] = [0, thresholds.length]
  while (lo < hi) {
    const middle = (lo + hi) >> 1
    if (x <= thresholds[middle]!) hi = middle
    else lo = middle + 1
  }
  return lo
}

/** Numbers halfway between neighbours: all of them when they are few, otherwise where the rows divide evenly. */
const cutsOf = (column: Float64Array, most: number): Float64Array => {
  const sorted = column.filter((x) => !Number.isNaN(x)).sort()
  const changes: number[] = []
  for (let i = 1; i < sorted.length; i++) if (sorted[i]! > sorted[i - 1]!) changes.push(i)
  const chosen = changes.length < most ? changes : evenly(changes, sorted.length, most)
  return Float64Array.from(chosen, (i) => between(sorted[i - 1]!, sorted[i]!))
}

/** Of the places where a sorted column changes, the first at or after each of `most - 1` even cuts. */
const evenly = (changes: readonly number[], rows: number, most: number): number[] => {
  const chosen: number[] = []
  for (let cut = 1, next = 0; cut < most && next < changes.length; cut++) {
    while (next < changes.length && changes[next]! < (cut * rows) / most) next++
    if (next < changes.length) chosen.push(changes[next++]!)
  }
  return chosen
}

/** A number from a on and below b, halfway where there is room. */
const between = (a: number, b: number): number => {
  const middle = a + (b - a) / 2
  return middle < b ? middle : a
}
