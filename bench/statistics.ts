/** The middle value; of an even count the mean of the middle two. Throws RangeError when there is none. */
export const median = (values: readonly number[]): number => {
  if (values.length === 0) throw new RangeError("the median of no values")
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Milliseconds that `step` takes. */
export const timeOf = (step: () => void): number => {
  const started = performance.now()
  step()
  return performance.now() - started
}

/** The median milliseconds of `repeats` calls after one that is not counted. */
export const medianTime = (step: () => void, repeats: number): number => {
  step()
  return median(Array.from({ length: repeats }, () => timeOf(step)))
}
