import { isPrime } from "../arithmetic/primes.ts"

/**
 * The primes that SEAL's `CoeffModulus::Create` takes for a chain of these sizes in bits: the largest of each size that
 * are 1 mod 2n, the smallest of them first. Undefined when there are not enough.
 */
export const chainPrimes = (n: number, bits: readonly number[]): bigint[] | undefined => {
  const step = BigInt(2 * n)
  const found = new Map<number, bigint[]>()
  for (const size of new Set(bits)) {
    const count = bits.filter((other) => other === size).length
    const least = 1n << BigInt(size - 1)
    const primes: bigint[] = []
    let candidate = (((1n << BigInt(size)) - 1n) / step) * step + 1n
    for (; primes.length < count && candidate > least; candidate -= step) {
      if (isPrime(candidate)) primes.push(candidate)
    }
    if (primes.length < count) return undefined
    found.set(size, primes)
  }
  return bits.map((size) => found.get(size)!.pop()!)
}
