/** numpy's linspace in doubles: the same products and sums, so that last places agree. */
export const evenlySpaced = (start: number, stop: number, count: number, hasEnd: boolean): number[] => {
  const gaps = hasEnd ? count - 1 : count
  const length = stop - start
  const step = length / gaps
  const at = (i: number): number => {
    if (gaps === 0) return start
    return (step === 0 ? (i / gaps) * length : i * step) + start
  }
  const values = Array.from({ length: count }, (_, i) => at(i))
  if (hasEnd && count > 1) values[count - 1] = stop
  return values
}
