import { powerMod } from "./field.ts"

// Bases that are deterministic below 2^64 (Jim Sinclair 2011; checked against the list of all pseudoprimes to base 2).
const WITNESSES = [2n, 325n, 9375n, 28178n, 450775n, 9780504n, 1795265022n]
const SMALL_PRIMES = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n]

/** Miller-Rabin, deterministic for numbers below 2^64. */
export const isPrime = (value: bigint): boolean => {
  if (value < 2n) return false
  for (const p of SMALL_PRIMES) if (value % p === 0n) return value === p
  let odd = value - 1n
  let twos = 0
  while (odd % 2n === 0n) {
    odd /= 2n
    twos++
  }
  return WITNESSES.every((base) => {
    let x = powerMod(base, odd, value)
    if (x <= 1n || x === value - 1n) return true
    for (let i = 1; i < twos; i++) {
      x = (x * x) % value
      if (x === value - 1n) return true
    }
    return false
  })
}

/** The smallest prime t >= `least` with t = 1 mod 2n, so that n values batch into one plaintext. */
export const batchingPrime = (n: number, least: bigint): bigint => {
  const step = BigInt(2 * n)
  const above = least > 2n ? least - 1n : 1n
  let candidate = ((above + step - 1n) / step) * step + 1n
  while (!isPrime(candidate)) candidate += step
  return candidate
}
