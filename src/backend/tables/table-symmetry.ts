/** Even: f(c + u) - f(c - u) = 2au for some slope a, so that f is a line plus an even function of u. Odd: f(c + u) + f(c - u) is constant. */
export type Parity = "even" | "odd"

/** How far from the middle a centre is looked for, in halves of a step. */
const REACH = 64
/** Beyond it sums and differences of entries might not be exact. */
const MOST = 2 ** 50

/**
 * The mirror nearest to the middle of a table about which it has a parity: entries i and `mirror - i` mirror each other.
 * Where one of the two lies beyond the table its value is free, so that a centre off the middle, like 0 in -8..7, serves
 * as well. `zero` is the index, perhaps outside, of the point 0. Undefined if there is none.
 */
export const findMirror = (
  entries: readonly (number | bigint)[],
  parity: Parity,
  zero: number,
): number | undefined => {
  const values = differencesToFirst(entries)
  if (values === null) return undefined
  const middle = entries.length - 1
  const reach = Math.min(REACH, Math.floor(entries.length / 2))
  const mirrors = [middle]
  for (let i = 1; i <= reach; i++) mirrors.push(middle + i, middle - i)
  if (Math.abs(2 * zero - middle) <= entries.length / 2) mirrors.push(2 * zero)
  return mirrors.find((mirror) => (parity === "even" ? isEven(values, mirror) : isOdd(values, mirror)))
}

const differencesToFirst = (entries: readonly (number | bigint)[]): Float64Array | null => {
  const first = BigInt(entries[0]!)
  const values = Float64Array.from(entries, (value) => Number(BigInt(value) - first))
  return values.every((value) => Math.abs(value) <= MOST) ? values : null
}

const isEven = (values: Float64Array, mirror: number): boolean => {
  let expected = slope(values, mirror)
  const step = mirror % 2 === 0 ? expected : 2 * expected
  for (let i = firstAbove(mirror); i < values.length && mirror - i >= 0; i++) {
    if (values[i]! - values[mirror - i]! !== expected) return false
    expected += step
  }
  return true
}

const isOdd = (values: Float64Array, mirror: number): boolean => {
  const inner = Math.ceil(mirror / 2)
  const sum = values[inner]! + values[mirror - inner]!
  for (let i = inner; i < values.length && mirror - i >= 0; i++) {
    if (values[i]! + values[mirror - i]! !== sum) return false
  }
  return true
}

const firstAbove = (mirror: number): number => Math.floor(mirror / 2) + 1
const slope = (values: Float64Array, mirror: number): number =>
  values[firstAbove(mirror)]! - values[mirror - firstAbove(mirror)]!

/** A table continued by its parity until its mirror is in the middle; `first` is the index of its first entry. */
export const extend = (
  entries: readonly (number | bigint)[],
  parity: Parity,
  mirror: number,
): { first: number; entries: (number | bigint)[] } => {
  const last = entries.length - 1
  const first = Math.min(0, mirror - last)
  const size = Math.max(last, mirror) - first + 1
  const value = (i: number): bigint => BigInt(entries[i]!)
  const above = firstAbove(mirror)
  const inner = Math.ceil(mirror / 2)
  const sum = value(inner) + value(mirror - inner)
  const rise = value(above) - value(mirror - above)
  const unit = BigInt(2 * above - mirror)
  return {
    first,
    entries: Array.from({ length: size }, (_, k) => {
      const i = first + k
      if (i >= 0 && i <= last) return entries[i]!
      const other = value(mirror - i)
      return parity === "odd" ? sum - other : other + (rise * BigInt(2 * i - mirror)) / unit
    }),
  }
}
