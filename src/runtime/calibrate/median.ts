/** The middle value; of an even count the mean of the middle two. Throws RangeError when there is none. */
export const median = (values: readonly number[]): number => {
  if (values.length === 0) throw new RangeError("the median of no values")
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
