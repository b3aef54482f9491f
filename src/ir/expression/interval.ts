/** What is known of a double: it lies in `lo..hi`, and `whole` says that it is an integer. Values that are not numbers are left out. */
export interface Interval {
  readonly lo: number
  readonly hi: number
  readonly whole: boolean
}

/** An interval from computed ends; an end that came out undefined (∞ - ∞) is unbounded. */
export const interval = (lo: number, hi: number, whole = false): Interval => ({
  lo: Number.isNaN(lo) ? -Infinity : lo + 0,
  hi: Number.isNaN(hi) ? Infinity : hi + 0,
  whole,
})

export const everything: Interval = interval(-Infinity, Infinity)

/** The smallest interval around all of the given ones. */
export const hull = (...parts: readonly Interval[]): Interval =>
  interval(
    parts.reduce((lo, part) => Math.min(lo, part.lo), Infinity),
    parts.reduce((hi, part) => Math.max(hi, part.hi), -Infinity),
    parts.every((part) => part.whole),
  )

/** Eight units in the last place outward: more than any of V8's elementary functions errs. */
export const widen = ({ lo, hi }: Interval): Interval =>
  interval(lo - Math.abs(lo) * 2 ** -50 - TINY, hi + Math.abs(hi) * 2 ** -50 + TINY)
const TINY = 8 * Number.MIN_VALUE

/** The part of an interval inside `lo..hi`; undefined when there is none. */
export const clip = (a: Interval, lo: number, hi: number): Interval | undefined =>
  a.hi < lo || a.lo > hi ? undefined : interval(Math.max(a.lo, lo), Math.min(a.hi, hi), a.whole)

/** Bounds over a box of a function that is monotone in each argument wherever the other stands. 0 * ∞ counts as 0. */
export const corners = (
  a: Interval,
  b: Interval,
  f: (x: number, y: number) => number,
  whole = false,
): Interval => {
  const values = [f(a.lo, b.lo), f(a.lo, b.hi), f(a.hi, b.lo), f(a.hi, b.hi)].map((v) =>
    Number.isNaN(v) ? 0 : v,
  )
  return interval(Math.min(...values), Math.max(...values), whole)
}

export const contains = (a: Interval, value: number): boolean => a.lo <= value && value <= a.hi
