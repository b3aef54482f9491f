import { erf } from "./erf.ts"
import { roundEven } from "./round-even.ts"

/** Numbers an activation is set by, as `alpha`. */
export type Parameters = Readonly<Record<string, number>>

interface Unary {
  /** What parameters are when the model does not say; these are all parameters there are. */
  readonly defaults: Parameters
  readonly apply: (x: number, p: Parameters) => number
}

const plain = (apply: (x: number) => number): Unary => ({ defaults: {}, apply })
const withParameters = <K extends string>(
  defaults: Readonly<Record<K, number>>,
  apply: (x: number, p: Readonly<Record<K, number>>) => number,
): Unary => ({ defaults, apply: apply as Unary["apply"] })

const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)))
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
const clamp = (x: number, lo: number, hi: number): number => Math.min(Math.max(x, lo), hi)
const normalCdf = (x: number): number => 0.5 * (1 + erf(x / Math.SQRT2))

/** The nearest number of so many significant bits, ties to even; exponents end at `least`, and numbers at `most`. */
const roundTo = (x: number, bits: number, least: number, most: number): number => {
  if (x === 0 || !Number.isFinite(x)) return x
  const size = Math.abs(x)
  const near = Math.floor(Math.log2(size))
  const exponent = 2 ** near > size ? near - 1 : 2 ** (near + 1) <= size ? near + 1 : near
  const step = 2 ** (Math.max(exponent, least) - bits + 1)
  const rounded = roundEven(size / step) * step
  return Math.sign(x) * (rounded >= most ? Infinity : rounded)
}

/** Functions of one number that a node applies to every element. */
export const unaries = {
  abs: plain(Math.abs),
  acos: plain(Math.acos),
  acosh: plain(Math.acosh),
  asin: plain(Math.asin),
  asinh: plain(Math.asinh),
  atan: plain(Math.atan),
  atanh: plain(Math.atanh),
  /** The nearest number of 8 significant bits, as bfloat16 holds. */
  bfloat16: plain((x) => roundTo(x, 8, -126, 2 ** 128)),
  ceil: plain(Math.ceil),
  celu: withParameters(
    { alpha: 1 },
    (x, { alpha }) => Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha)),
  ),
  clip: withParameters({ lo: -Infinity, hi: Infinity }, (x, { lo, hi }) => clamp(x, lo, hi)),
  cos: plain(Math.cos),
  cosh: plain(Math.cosh),
  elu: withParameters({ alpha: 1 }, (x, { alpha }) => (x >= 0 ? x : alpha * Math.expm1(x))),
  erf: plain(erf),
  exp: plain(Math.exp),
  expm1: plain(Math.expm1),
  /** The nearest number that half precision holds. */
  float16: plain((x) => roundTo(x, 11, -14, 2 ** 16)),
  float32: plain(Math.fround),
  floor: plain(Math.floor),
  gelu: plain((x) => x * normalCdf(x)),
  geluTanh: plain((x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))),
  hardSigmoid: withParameters({ alpha: 0.2, beta: 0.5 }, (x, { alpha, beta }) =>
    clamp(alpha * x + beta, 0, 1),
  ),
  hardSwish: plain((x) => x * clamp(x / 6 + 0.5, 0, 1)),
  isInf: withParameters({ positive: 1, negative: 1 }, (x, { positive, negative }) =>
    Number((x === Infinity && positive !== 0) || (x === -Infinity && negative !== 0)),
  ),
  isNaN: plain((x) => Number(Number.isNaN(x))),
  leakyRelu: withParameters({ alpha: 0.01 }, (x, { alpha }) => (x >= 0 ? x : alpha * x)),
  log: plain(Math.log),
  mish: plain((x) => x * Math.tanh(softplus(x))),
  negate: plain((x) => -x),
  normalCdf: plain(normalCdf),
  not: plain((x) => Number(x === 0)),
  power: withParameters({ exponent: 2 }, (x, { exponent }) => x ** exponent),
  reciprocal: plain((x) => 1 / x),
  relu: plain((x) => Math.max(x, 0)),
  round: plain(roundEven),
  selu: withParameters({ alpha: 1.6732632423543772, gamma: 1.0507009873554805 }, (x, { alpha, gamma }) =>
    x > 0 ? gamma * x : gamma * alpha * Math.expm1(x),
  ),
  shrink: withParameters({ lambd: 0.5, bias: 0 }, (x, { lambd, bias }) =>
    x < -lambd ? x + bias : x > lambd ? x - bias : 0,
  ),
  sigmoid: plain(sigmoid),
  sign: plain(Math.sign),
  sin: plain(Math.sin),
  sinh: plain(Math.sinh),
  softplus: plain(softplus),
  softsign: plain((x) => x / (1 + Math.abs(x))),
  sqrt: plain(Math.sqrt),
  square: plain((x) => x * x),
  swish: withParameters({ alpha: 1 }, (x, { alpha }) => x * sigmoid(alpha * x)),
  tan: plain(Math.tan),
  tanh: plain(Math.tanh),
  thresholdedRelu: withParameters({ alpha: 1 }, (x, { alpha }) => (x > alpha ? x : 0)),
  truncate: plain(Math.trunc),
  /** The number from lo to lo + size - 1 that differs from x by a multiple of size: integers of few bits overflow so. */
  wrap: withParameters({ lo: 0, size: 2 ** 32 }, (x, { lo, size }) => x - size * Math.floor((x - lo) / size)),
} as const satisfies Readonly<Record<string, Unary>>

export type UnaryName = keyof typeof unaries

/** The function with its parameters filled in. */
export const unaryFunction = (name: UnaryName, parameters: Parameters): ((x: number) => number) => {
  const { defaults, apply }: Unary = unaries[name]
  const all = { ...defaults, ...parameters }
  return (x) => apply(x, all)
}
