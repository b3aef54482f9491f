/** A multiple of a 0 or 1 of a one-hot value: the one for value `value` of digit `digit`. */
export interface Term {
  readonly digit: number
  readonly value: number
  readonly weight: number
}

/** Whether the high digit is one of `high`, times a sum over the low digit. */
export interface DigitProduct {
  readonly high: readonly number[]
  readonly low: readonly Term[]
}

/** A function of a one-hot value: `bias`, plus all terms, plus all products. */
export interface Split {
  readonly bias: number
  readonly terms: readonly Term[]
  readonly products: readonly DigitProduct[]
}

/**
 * A function, given by its values in order, of a number that is written with one digit.
 * f(x) = c + sum over v of (f(v) - c) * [x = v], c being its most frequent value.
 */
export const splitOnce = (values: Float64Array): Split => {
  const bias = mostFrequent(values)
  return { bias, terms: terms(0, values, bias), products: [] }
}

/**
 * The same with two digits, x = base * i + j. The rows f(base * i + .) that differ by constants form classes; row i is
 * s(i) + u(class of i, j), where s(i) = f(base * i). With u(0, .) of the first class,
 * f(x) = sum over i of s(i) * [high = i] + sum over j of u(0, j) * [low = j]
 *      + sum over classes d > 0 of [high in d] * sum over j of (u(d, j) - u(0, j)) * [low = j].
 */
export const splitTwice = (values: Float64Array, base: number): Split => {
  const steps = Float64Array.from({ length: Math.ceil(values.length / base) }, (_, i) => values[i * base]!)
  const classes: { readonly rise: Float64Array; readonly high: number[] }[] = []
  steps.forEach((step, i) => {
    const rise = values.slice(i * base, (i + 1) * base).map((value) => value - step)
    // The last row may be shorter: what its class has beyond it is never met.
    const known = classes.find((one) => rise.every((value, j) => value === one.rise[j]))
    if (known === undefined) classes.push({ rise, high: [i] })
    else known.high.push(i)
  })
  const [first, ...rest] = classes
  const bias = mostFrequent(steps)
  return {
    bias,
    terms: [...terms(0, steps, bias), ...terms(1, first!.rise, 0)],
    products: rest.map(({ rise, high }) => ({
      high,
      low: terms(
        1,
        Float64Array.from(first!.rise, (value, j) => (rise[j] ?? value) - value),
        0,
      ),
    })),
  }
}

/** The sum over v of (values[v] - bias) * [digit = v]. */
const terms = (digit: number, values: Float64Array, bias: number): Term[] =>
  Array.from(values, (value, v) => ({ digit, value: v, weight: value - bias })).filter(
    ({ weight }) => weight !== 0,
  )

const mostFrequent = (values: Float64Array): number => {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0]
}
