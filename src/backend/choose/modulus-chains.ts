import { maxModulusBits, type Parameters } from "../circuit/parameters.ts"
import { chainPrimes } from "../noise/chain-primes.ts"
import { type NoiseModel, noiseModel } from "../noise/noise.ts"

/** The largest primes that SEAL takes. */
export const MAX_PRIME_BITS = 60
const MIN_PRIME_BITS = 30
/** What a level of BGV takes at least beyond log2 t; smaller primes have been found to reach no deeper. */
const LEVEL_BITS = 17

/** Parameters with a chain of primes, and how noise grows with them. */
export interface Chain {
  readonly parameters: Parameters
  readonly model: NoiseModel
}

/** The prime chains that are tried for one scheme and ring degree, by their number of primes. */
export interface Chains {
  readonly scheme: Parameters["scheme"]
  readonly most: number
  /** Undefined when SEAL would not find so many primes of such sizes. */
  at(count: number): Chain | undefined
}

/**
 * Equal primes as large as the limit allows: fewer and larger primes are always faster. BFV gains nothing by more primes
 * than fill the limit; in BGV, where a product should take one prime, primes of the size of a level waste least.
 */
export const chainsOf = (base: Omit<Parameters, "primes">): Chains => {
  const { scheme, n, t, security } = base
  const limit = maxModulusBits(n, security)
  const most =
    scheme === "bfv"
      ? Math.ceil(limit / MAX_PRIME_BITS)
      : Math.floor(limit / Math.min(MAX_PRIME_BITS, Math.max(MIN_PRIME_BITS, bitsOf(t) + LEVEL_BITS)))
  const known = new Map<number, Chain | undefined>()
  const make = (count: number): Chain | undefined => {
    if (count < 2) return undefined
    const primes = primeBits(count, limit)
    if (chainPrimes(n, primes) === undefined) return undefined
    const parameters = { ...base, primes }
    return { parameters, model: noiseModel(parameters) }
  }
  return {
    scheme,
    most,
    at: (count) => {
      if (!known.has(count)) known.set(count, make(count))
      return known.get(count)
    },
  }
}

/** `count` primes as large as the limit allows, the special prime (last) the largest. */
const primeBits = (count: number, limit: number): number[] => {
  const total = Math.min(limit, MAX_PRIME_BITS * count)
  const bits = new Array<number>(count).fill(Math.floor(total / count))
  for (let i = count - 1, rest = total % count; rest > 0; i--, rest--) bits[i]!++
  return bits
}

const bitsOf = (value: bigint): number => value.toString(2).length
