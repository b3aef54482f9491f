import type { Binned } from "./bins.ts"
import { missingBin } from "./bins.ts"
import type { Statistic } from "./statistic.ts"

/** Rows whose interval of a feature is at most `bin` go left. */
export interface Cut {
  readonly feature: number
  readonly bin: number
  readonly missing: "left" | "right"
  /** By how much the two leaves are worth more than the one. */
  readonly gain: number
}

/** Finds cuts by histograms, whose arrays it reuses from leaf to leaf. */
export const splitFinder = (
  { rows: allRows, bins, thresholds }: Binned,
  statistic: Statistic,
  minLeaf: number,
): ((rows: Int32Array, totals: Float64Array, features: Int32Array) => Cut | undefined) => {
  const { width, worth, count } = statistic
  const most = thresholds.reduce((longest, list) => Math.max(longest, list.length), 0)
  const sums = new Float64Array((most + 2) * width)
  const [left, right] = [new Float64Array(width), new Float64Array(width)]
  return (rows, totals, features) => {
    const whole = worth(totals)
    let best: Cut | undefined
    let bestGain = 1e-9 * Math.abs(whole)
    for (let f = 0; f < features.length; f++) {
      const feature = features[f]!
      const cuts = thresholds[feature]!
      const missing = missingBin(cuts) * width
      sums.fill(0, 0, missing + width)
      statistic.accumulate(sums, rows, bins, feature * allRows)
      let hasMissing = false
      for (let s = 0; s < width; s++) if (sums[missing + s] !== 0) hasMissing = true
      for (let side = 0; side < (hasMissing ? 2 : 1); side++) {
        for (let s = 0; s < width; s++) left[s] = side === 1 ? sums[missing + s]! : 0
        for (let bin = 0; bin < cuts.length; bin++) {
          for (let s = 0; s < width; s++) {
            left[s] = left[s]! + sums[bin * width + s]!
            right[s] = totals[s]! - left[s]!
          }
          const [lefts, rights] = [count(left), count(right)]
          if (lefts < minLeaf || rights < minLeaf) continue
          const gain = worth(left) + worth(right) - whole
          if (!(gain > bestGain)) continue
          bestGain = gain
          // What was never missing goes with the larger part.
          const goesLeft = hasMissing ? side === 1 : lefts > rights
          best = { feature, bin, missing: goesLeft ? "left" : "right", gain }
        }
      }
    }
    return best
  }
}
