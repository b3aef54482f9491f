import { roundEven } from "../../../data/index.ts"
import type { Batch } from "./lower/linear-rows.ts"

/** How each column of a row becomes an integer 0..levels: `clip(round(x / scale) + zero)`. */
export interface InputGrid {
  readonly scale: readonly number[]
  readonly zero: readonly number[]
  readonly lo: number
  readonly hi: number
  /** Whether quotients are rounded to single precision before they become integers, as ONNX Runtime does. */
  readonly isSingle: boolean
  /** Columns that are the same in every calibration row: they are sent as they are and not looked at. */
  readonly constant: readonly (number | undefined)[]
}

/** Which part of the calibration values a grid covers: all of them, or all but the outermost. */
export type RangeRule = "min-max" | "percentile" | "mse"

/**
 * A grid for each column. Columns whose values are few equal steps apart keep their own steps, others get 2^bits equal
 * steps over their range, by the rule: "percentile" leaves out a hundredth at each end, "mse" takes the range with
 * the least mean squared error. Columns of 0s and 1s are themselves, also where all rows have the same.
 */
export const inputGrid = (
  columns: Batch,
  bits: number,
  rule: RangeRule,
  indicators: ReadonlySet<number> = new Set(),
): InputGrid => {
  const levels = 2 ** bits - 1
  const steps = columns.map(stepOf)
  const natural = columns.map((values, c) => {
    const { lo, hi } = extent(values)
    return steps[c] === undefined ? Infinity : Math.round((hi - lo) / steps[c])
  })
  // One level more than 2^bits - 1 is allowed: grey levels 0..16 stay themselves.
  const hi = natural.some((count) => count === levels + 1) ? levels + 1 : levels
  const parts = columns.map((values, c) => {
    if (indicators.has(c)) return { scale: 1, zero: 0, constant: undefined }
    const all = extent(values)
    if (all.lo === all.hi) return { scale: 1, zero: 0, constant: all.lo }
    if (natural[c]! <= hi)
      return { scale: steps[c]!, zero: -Math.round(all.lo / steps[c]!), constant: undefined }
    const { lo, hi: most } = widened(rangeOf(values, rule, hi))
    const scale = (most - lo) / hi
    return { scale, zero: -Math.round(lo / scale), constant: undefined }
  })
  return {
    scale: parts.map(({ scale }) => scale),
    zero: parts.map(({ zero }) => zero),
    constant: parts.map(({ constant }) => constant),
    lo: 0,
    hi,
    isSingle: false,
  }
}

/** The integers of a column on its grid. */
export const toIntegers = (values: Float64Array, grid: InputGrid, column: number): Float64Array => {
  const { lo, hi, isSingle } = grid
  const [scale, zero] = [grid.scale[column]!, grid.zero[column]!]
  return values.map((value) => {
    const quotient = value / scale
    const integer = roundEven(isSingle ? Math.fround(quotient) : quotient) + zero
    return Math.min(Math.max(integer, lo), hi)
  })
}

const extent = (values: Float64Array): { lo: number; hi: number } => ({
  lo: values.reduce((a, b) => Math.min(a, b), Infinity),
  hi: values.reduce((a, b) => Math.max(a, b), -Infinity),
})

/** How far beyond the calibration rows a column may lie on either side, in parts of what they span. */
const HEADROOM = 0.25

/** Columns that begin or end at 0 do so for a reason, and keep to it. */
const widened = ({ lo, hi }: { lo: number; hi: number }): { lo: number; hi: number } => {
  const more = HEADROOM * (hi - lo)
  return { lo: lo === 0 ? 0 : lo - more, hi: hi === 0 ? 0 : hi + more }
}

const MOST_STEPS = 256

/** The step of values that are multiples of one; undefined where there is none. */
const stepOf = (values: Float64Array): number | undefined => {
  const distinct = [...new Set(values)].sort((a, b) => a - b)
  if (distinct.length < 2 || distinct.length > MOST_STEPS) return undefined
  let step = Infinity
  for (let i = 1; i < distinct.length; i++) step = Math.min(step, distinct[i]! - distinct[i - 1]!)
  return distinct.every((value) => Math.abs(value / step - Math.round(value / step)) < 1e-5)
    ? step
    : undefined
}

/** Shares of the values that a range may leave out at each end. */
const CUTS = [0, 0.0025, 0.005, 0.01] as const

const rangeOf = (values: Float64Array, rule: RangeRule, levels: number): { lo: number; hi: number } => {
  if (rule === "min-max") return extent(values)
  const sorted = Float64Array.from(values).sort()
  const within = (share: number) => {
    const cut = Math.floor(sorted.length * share)
    return { lo: sorted[cut]!, hi: sorted[sorted.length - 1 - cut]! }
  }
  const ranges = CUTS.map(within).filter(({ lo, hi }) => lo < hi)
  if (ranges.length === 0) return extent(values)
  if (rule === "percentile") return ranges.at(-1)!
  const error = ({ lo, hi }: { lo: number; hi: number }): number => {
    const scale = (hi - lo) / levels
    return values.reduce((sum, value) => {
      const rounded = lo + scale * Math.round((Math.min(Math.max(value, lo), hi) - lo) / scale)
      return sum + (value - rounded) ** 2
    }, 0)
  }
  return ranges.reduce((a, b) => (error(b) < error(a) ? b : a))
}
