import { clip, contains, corners, everything, hull, type Interval, interval, widen } from "./interval.ts"

/**
 * A function of doubles with its interval arithmetic. `bound` is sound for the values `evaluate` really returns, rounding
 * included: IEEE's correctly rounded operations are monotone, so that their ends stand as computed; elementary functions
 * widen outward. Points where the function is undefined (NaN) are left out of the bounds.
 */
export interface ScalarFunction {
  readonly arity: 1 | 2 | 3 | "many"
  evaluate(...operands: readonly number[]): number
  bound(...operands: readonly Interval[]): Interval
}

type Real = (x: number) => number
type Binary = (x: number, y: number) => number

/** Half away from zero, as mathjs; x - trunc(x) is exact. */
const round: Real = (x) => {
  const whole = Math.trunc(x)
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole
}

/** Half to even, as numpy's round and rint; what is rounded to 0 keeps its sign. */
const rint: Real = (x) => {
  const floor = Math.floor(x)
  if (x - floor !== 0.5) return round(x)
  return copysign(floor % 2 === 0 ? floor : floor + 1, x)
}

/** Whether x stands below 0, -0 among them. */
const isNegative = (x: number): boolean => x < 0 || Object.is(x, -0)

const copysign: Binary = (x, y) => {
  if (Number.isNaN(y)) return y
  return isNegative(x) === isNegative(y) ? x : -x
}

/** The remainder with the sign of the divisor, of 0 too; undefined for a divisor of 0. */
const mod: Binary = (x, y) => {
  const rest = x % y
  if (rest === 0) return copysign(rest, y)
  return rest < 0 !== y < 0 ? rest + y : rest
}

/** The quotient rounded down that belongs to `mod`, as Python's `//`: x / y itself may have been rounded up to a whole number. */
const floorDiv: Binary = (x, y) => {
  const rest = x % y
  const whole = (x - rest) / y
  const quotient = rest !== 0 && rest < 0 !== y < 0 ? whole - 1 : whole
  if (quotient === 0) return copysign(0, x / y)
  const floor = Math.floor(quotient)
  return quotient - floor > 0.5 ? floor + 1 : floor
}

/** x * 2^n without an overflow or a second rounding on the way; n is cut at where nothing is left of any double. */
const ldexp: Binary = (x, n) => {
  let result = x
  let left = Math.trunc(Math.min(Math.max(n, -3000), 3000))
  for (; left > 1023; left -= 1023) result *= 2 ** 1023
  // Steps that keep 53 bits above the subnormal numbers, so that only the last one rounds.
  for (; left < -969; left += 969) result *= 2 ** -969
  return result * 2 ** left
}

/** x as a sum of two numbers of 26 bits (Dekker, "A floating-point technique for extending the available precision", 1971). */
const halves = (x: number): [number, number] => {
  const far = 134217729 * x
  const high = far - (far - x)
  return [high, x - high]
}

/** x * x as the nearest double and what that leaves out. */
const squared = (x: number): [number, number] => {
  const [high, low] = halves(x)
  const product = x * x
  return [product, high * high - product + 2 * high * low + low * low]
}

/**
 * The length of the hypotenuse, within an ulp and nearly always the nearest double: the root, corrected by what the squares
 * left out (Borges, "An improved algorithm for hypot(a, b)", 2019). Math.hypot errs by more.
 */
const hypot: Binary = (x, y) => {
  const [a, b] = [Math.abs(x), Math.abs(y)]
  const [most, least] = a < b ? [b, a] : [a, b]
  if (most === Infinity || Number.isNaN(least) || Number.isNaN(most)) return Math.hypot(x, y)
  if (least <= most * 2 ** -54) return most + least
  // A power of two brings the larger near 1, where nothing overflows or is lost.
  const exponent = Math.floor(Math.log2(most))
  const [p, q] = [ldexp(most, -exponent), ldexp(least, -exponent)]
  const root = Math.sqrt(p * p + q * q)
  const [rootSquare, rootRest] = squared(root)
  const [pSquare, pRest] = squared(p)
  const [qSquare, qRest] = squared(q)
  const error = rootSquare - pSquare - qSquare + (rootRest - pRest - qRest)
  return ldexp(root - error / (2 * root), exponent)
}

/** Whole exponents multiply out, so that powers of integers are exact and every step is monotone. */
const pow: Binary = (x, y) => {
  if (!Number.isInteger(y) || Math.abs(y) > 1024) return x ** y
  let result = 1
  let square = x
  for (let n = Math.abs(y); n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result *= square
    if (n > 1) square *= square
  }
  return y < 0 ? 1 / result : result
}

const word = new DataView(new ArrayBuffer(8))

/** The neighbouring double in the direction of y; doubles of one sign are ordered as their bits are. */
const nextAfter: Binary = (x, y) => {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN
  if (x === y) return y
  if (x === 0) return Math.sign(y) * Number.MIN_VALUE
  word.setFloat64(0, x)
  word.setBigInt64(0, word.getBigInt64(0) + (x < y === x > 0 ? 1n : -1n))
  return word.getFloat64(0)
}

/** The distance to the next double away from 0, with the sign of x. */
const spacing: Real = (x) => (x < 0 ? -1 : 1) * (nextAfter(Math.abs(x), Infinity) - Math.abs(x))

const increasing = (f: Real, { lo, hi, whole }: Interval): Interval => interval(f(lo), f(hi), whole)

/** Correctly rounded and increasing; whole numbers stay whole if `keepsWhole`. */
const exact = (f: Real, keepsWhole: boolean, domain = -Infinity): ScalarFunction => ({
  arity: 1,
  evaluate: f,
  bound: (a) => {
    const inside = clip(a, domain, Infinity)
    if (inside === undefined) return everything
    return { ...increasing(f, inside), whole: keepsWhole && a.whole }
  },
})

const rounding = (f: Real): ScalarFunction => ({
  arity: 1,
  evaluate: f,
  bound: (a) => ({ ...increasing(f, a), whole: true }),
})

interface Extent {
  readonly domain?: readonly [number, number]
  readonly range?: readonly [number, number]
  readonly falls?: boolean
}

/** Monotone but not correctly rounded; `range` is what even the rounded results never leave. */
const elementary = (f: Real, { domain, range, falls = false }: Extent = {}): ScalarFunction => ({
  arity: 1,
  evaluate: f,
  bound: (a) => {
    const inside = clip(a, ...(domain ?? ([-Infinity, Infinity] as const)))
    if (inside === undefined) return everything
    const ends = increasing(f, inside)
    const wide = widen(falls ? interval(ends.hi, ends.lo) : ends)
    return (range && clip(wide, ...range)) ?? wide
  },
})

/** Falls down to its least value at `at`, then rises. */
export const valley = (f: Real, at: number, rounded = true): ScalarFunction => ({
  arity: 1,
  evaluate: f,
  bound: (a) => {
    const ends = hull(increasing(f, interval(a.lo, a.lo)), increasing(f, interval(a.hi, a.hi)))
    const all = contains(a, at) ? hull(ends, interval(f(at), f(at))) : ends
    return rounded ? widen(all) : { ...all, whole: a.whole }
  },
})

const TURN = 2 * Math.PI

/** Whether `phase + k * period` may lie in the interval for some integer k. */
const meets = (a: Interval, phase: number, period: number): boolean =>
  Math.ceil((a.lo - phase) / period - 1e-6) <= (a.hi - phase) / period + 1e-6

/** sin and cos: between their ends, or up to the extrema inside. */
const wave = (f: Real, peak: number): ScalarFunction => ({
  arity: 1,
  evaluate: f,
  bound: (a) => {
    // Beyond 10^8 the position inside a turn would need more digits than `meets` allows for.
    if (!(Math.max(Math.abs(a.lo), Math.abs(a.hi)) < 1e8)) return interval(-1, 1)
    const ends = widen(hull(interval(f(a.lo), f(a.lo)), interval(f(a.hi), f(a.hi))))
    return interval(
      meets(a, peak - Math.PI, TURN) ? -1 : Math.max(ends.lo, -1),
      meets(a, peak, TURN) ? 1 : Math.min(ends.hi, 1),
    )
  },
})

const comparison = (
  holds: (x: number, y: number) => boolean,
  decide: (a: Interval, b: Interval) => boolean | undefined,
): ScalarFunction => ({
  arity: 2,
  evaluate: (x, y) => (Number.isNaN(x) || Number.isNaN(y!) ? Number.NaN : Number(holds(x!, y!))),
  bound: (a, b) => {
    const known = decide(a!, b!)
    return known === undefined ? interval(0, 1, true) : interval(Number(known), Number(known), true)
  },
})

const isLess = (a: Interval, b: Interval): boolean | undefined =>
  a.hi < b.lo ? true : a.lo >= b.hi ? false : undefined
const isEqual = (a: Interval, b: Interval): boolean | undefined => {
  if (a.hi < b.lo || a.lo > b.hi) return false
  return a.lo === a.hi && b.lo === b.hi ? a.lo === b.lo : undefined
}
const negate = (known: boolean | undefined): boolean | undefined => (known === undefined ? undefined : !known)

const modBound = (a: Interval, b: Interval): Interval => {
  const whole = a.whole && b.whole
  if (a.lo >= 0 && a.hi < b.lo) return a
  const last = whole ? 1 : 0
  const positive = b.hi > 0 ? interval(0, Math.max(b.hi - last, 0), whole) : undefined
  const negative = b.lo < 0 ? interval(Math.min(b.lo + last, 0), 0, whole) : undefined
  const parts = [positive, negative].filter((part) => part !== undefined)
  return parts.length === 0 ? everything : hull(...parts)
}

const powBound = (a: Interval, b: Interval): Interval => {
  const n = b.lo
  const isWhole = a.whole && b.whole && n >= 0
  const size = interval(contains(a, 0) ? 0 : Math.min(Math.abs(a.lo), Math.abs(a.hi)), Math.max(-a.lo, a.hi))
  if (n !== b.hi || !Number.isInteger(n) || Math.abs(n) > 1024) {
    const all = widen(widen(corners(size, b, pow)))
    // Products of whole exponents err by up to an ulp a factor; relative 2^-40 covers 1024 of them.
    const most = Math.max(Math.abs(all.lo), Math.abs(all.hi)) * (1 + 2 ** -40)
    const least = contains(b, 0) || contains(size, 1) ? 1 : 0
    const mayFall = a.lo < 0 || (a.lo === 0 && b.lo < 0)
    return interval(mayFall ? -Math.max(most, least) : 0, Math.max(most, least), isWhole)
  }
  const up = n < 0 ? pow(size.hi, n) : pow(size.lo, n)
  const down = n < 0 ? pow(size.lo, n) : pow(size.hi, n)
  if (n % 2 === 0) return interval(up, down, isWhole)
  // An odd power has the sign of its base; 0 to a negative one is ∞, and -0 is -∞.
  if (n < 0 && contains(a, 0)) return everything
  return n < 0 ? interval(pow(a.hi, n), pow(a.lo, n)) : interval(pow(a.lo, n), pow(a.hi, n), isWhole)
}

const divideBound = (a: Interval, b: Interval): Interval =>
  contains(b, 0) ? everything : corners(a, b, (x, y) => x / y)

/** What the operators of an expression compute, by mathjs' names for them. */
export const operators = {
  add: {
    arity: 2,
    evaluate: (x, y) => x! + y!,
    bound: (a, b) => interval(a!.lo + b!.lo, a!.hi + b!.hi, a!.whole && b!.whole),
  },
  subtract: {
    arity: 2,
    evaluate: (x, y) => x! - y!,
    bound: (a, b) => interval(a!.lo - b!.hi, a!.hi - b!.lo, a!.whole && b!.whole),
  },
  multiply: {
    arity: 2,
    evaluate: (x, y) => x! * y!,
    bound: (a, b) => corners(a!, b!, (x, y) => x * y, a!.whole && b!.whole),
  },
  divide: { arity: 2, evaluate: (x, y) => x! / y!, bound: (a, b) => divideBound(a!, b!) },
  unaryMinus: { arity: 1, evaluate: (x) => -x!, bound: (a) => interval(-a!.hi, -a!.lo, a!.whole) },
  smaller: comparison((x, y) => x < y, isLess),
  smallerEq: comparison(
    (x, y) => x <= y,
    (a, b) => negate(isLess(b, a)),
  ),
  larger: comparison(
    (x, y) => x > y,
    (a, b) => isLess(b, a),
  ),
  largerEq: comparison(
    (x, y) => x >= y,
    (a, b) => negate(isLess(a, b)),
  ),
  equal: comparison((x, y) => x === y, isEqual),
  unequal: comparison(
    (x, y) => x !== y,
    (a, b) => negate(isEqual(a, b)),
  ),
} as const satisfies Record<string, ScalarFunction>

/** The functions an expression may call, all of doubles. */
export const functions: Readonly<Record<string, ScalarFunction>> = {
  abs: valley(Math.abs, 0, false),
  sign: rounding(Math.sign),
  round: rounding(round),
  rint: rounding(rint),
  floor: rounding(Math.floor),
  ceil: rounding(Math.ceil),
  fix: rounding(Math.trunc),
  relu: exact((x) => Math.max(x, 0), true),
  square: valley((x) => x * x, 0, false),
  cube: exact((x) => x * x * x, true),
  sqrt: exact(Math.sqrt, false, 0),
  cbrt: elementary(Math.cbrt),
  exp: elementary(Math.exp, { range: [0, Infinity] }),
  expm1: elementary(Math.expm1, { range: [-1, Infinity] }),
  log: elementary(Math.log, { domain: [0, Infinity] }),
  log2: elementary(Math.log2, { domain: [0, Infinity] }),
  log10: elementary(Math.log10, { domain: [0, Infinity] }),
  log1p: elementary(Math.log1p, { domain: [-1, Infinity] }),
  sin: wave(Math.sin, Math.PI / 2),
  cos: wave(Math.cos, 0),
  tan: {
    arity: 1,
    evaluate: Math.tan,
    bound: (a) =>
      Math.max(Math.abs(a!.lo), Math.abs(a!.hi)) < 1e8 && !meets(a!, Math.PI / 2, Math.PI)
        ? widen(increasing(Math.tan, a!))
        : everything,
  },
  asin: elementary(Math.asin, { domain: [-1, 1] }),
  acos: elementary(Math.acos, { domain: [-1, 1], falls: true }),
  atan: elementary(Math.atan),
  atan2: { arity: 2, evaluate: Math.atan2, bound: () => widen(interval(-Math.PI, Math.PI)) },
  sinh: elementary(Math.sinh),
  cosh: valley(Math.cosh, 0),
  tanh: elementary(Math.tanh, { range: [-1, 1] }),
  asinh: elementary(Math.asinh),
  acosh: elementary(Math.acosh, { domain: [1, Infinity] }),
  atanh: elementary(Math.atanh, { domain: [-1, 1] }),
  sigmoid: elementary((x) => 1 / (1 + Math.exp(-x)), { range: [0, 1] }),
  heaviside: {
    arity: 2,
    evaluate: (x, y) => (x === 0 ? y! : (Math.sign(x!) + 1) / 2),
    bound: (a, b) =>
      contains(a!, 0) ? hull(interval(0, 1, true), b!) : interval(a!.lo > 0 ? 1 : 0, a!.hi > 0 ? 1 : 0, true),
  },
  hypot: {
    arity: 2,
    evaluate: (x, y) => hypot(x!, y!),
    bound: (a, b) => {
      const [x, y] = [functions["abs"]!.bound(a!), functions["abs"]!.bound(b!)]
      return widen(interval(hypot(x.lo, y.lo), hypot(x.hi, y.hi)))
    },
  },
  copysign: {
    arity: 2,
    evaluate: (x, y) => copysign(x!, y!),
    bound: (a, b) => {
      const { lo, hi } = functions["abs"]!.bound(a!)
      // An end of 0 may be the 0 of either sign; -0 is as good as 0 for bounds.
      return interval(b!.lo > 0 ? lo : -hi, b!.hi < 0 ? -lo : hi)
    },
  },
  signbit: {
    arity: 1,
    evaluate: (x) => (Number.isNaN(x) ? x! : Number(isNegative(x!))),
    bound: (a) => interval(a!.hi < 0 ? 1 : 0, a!.lo > 0 ? 0 : 1, true),
  },
  ldexp: {
    arity: 2,
    evaluate: (x, n) => ldexp(x!, n!),
    bound: (a, b) => corners(a!, b!, ldexp),
  },
  spacing: {
    arity: 1,
    evaluate: spacing,
    bound: ({ lo, hi }) => interval(-spacing(-Math.max(-lo, 0)), spacing(Math.max(hi, 0))),
  },
  nextafter: {
    arity: 2,
    evaluate: nextAfter,
    bound: (a) => interval(nextAfter(a.lo, -Infinity), nextAfter(a.hi, Infinity)),
  },
  pow: { arity: 2, evaluate: (x, y) => pow(x!, y!), bound: (a, b) => powBound(a!, b!) },
  mod: { arity: 2, evaluate: (x, y) => mod(x!, y!), bound: (a, b) => modBound(a!, b!) },
  fmod: {
    arity: 2,
    evaluate: (x, y) => x! % y!,
    bound: (a, b) => {
      const size = modBound(functions["abs"]!.bound(a!), functions["abs"]!.bound(b!))
      return interval(a!.lo < 0 ? -size.hi : 0, a!.hi > 0 ? size.hi : 0, size.whole)
    },
  },
  floorDiv: {
    arity: 2,
    evaluate: (x, y) => floorDiv(x!, y!),
    bound: (a, b) => {
      const { lo, hi } = contains(b!, 0) ? everything : corners(a!, b!, floorDiv)
      return interval(lo, hi, true)
    },
  },
  clip: {
    arity: 3,
    evaluate: (x, lo, hi) => {
      // Not by Math.max, for which 0 is more than -0.
      if (hi! < lo! || x! > hi!) return hi!
      if (x! < lo!) return lo!
      return x!
    },
    bound: (a, b, c) =>
      interval(
        Math.min(Math.max(a!.lo, b!.lo), c!.lo),
        Math.min(Math.max(a!.hi, b!.hi), c!.hi),
        a!.whole && b!.whole && c!.whole,
      ),
  },
  min: {
    arity: "many",
    evaluate: Math.min,
    bound: (...all) =>
      interval(
        Math.min(...all.map((a) => a.lo)),
        Math.min(...all.map((a) => a.hi)),
        all.every((a) => a.whole),
      ),
  },
  max: {
    arity: "many",
    evaluate: Math.max,
    bound: (...all) =>
      interval(
        Math.max(...all.map((a) => a.lo)),
        Math.max(...all.map((a) => a.hi)),
        all.every((a) => a.whole),
      ),
  },
}
