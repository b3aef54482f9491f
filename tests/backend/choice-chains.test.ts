import { describe, expect, test } from "vitest"
import { DEGREES } from "../../src/backend/choose/candidates.ts"
import { chainsOf } from "../../src/backend/choose/modulus-chains.ts"
import { maxModulusBits } from "../../src/backend/circuit/parameters.ts"
import { balance } from "../../src/backend/noise/bgv-correction-factors.ts"
import { chainPrimes } from "../../src/backend/noise/chain-primes.ts"

describe("prime chains", () => {
  test("are the primes that SEAL takes", () => {
    // CoeffModulus::Create(8192, {42, 42, 42, 42, 43}) of SEAL 4.1.2 begins with these.
    expect(chainPrimes(8192, [42, 42, 42, 43, 43])!.slice(0, 3)).toEqual([
      4398045511681n,
      4398045708289n,
      4398046150657n,
    ])
  })

  test("are refused where there are not enough primes of a size", () => {
    const all = chainPrimes(32768, [17])
    expect(all).toEqual([65537n])
    expect(chainPrimes(32768, [17, 17])).toBeUndefined()
  })

  test.each(["bfv", "bgv"] as const)(
    "of %s stay within the limit, and the special prime is the largest",
    (scheme) => {
      for (const n of DEGREES) {
        for (const security of [128, 192, 256] as const) {
          const { most, at } = chainsOf({ scheme, n, t: 65537n, security })
          for (let count = 2; count <= most; count++) {
            const { primes } = at(count)!.parameters
            expect(primes).toHaveLength(count)
            expect(primes.reduce((a, b) => a + b)).toBeLessThanOrEqual(maxModulusBits(n, security))
            expect(Math.max(...primes)).toBeLessThanOrEqual(60)
            expect(primes.at(-1)).toBe(Math.max(...primes))
          }
        }
      }
    },
  )

  test("of BGV reach down to primes of the size of a level, those of BFV do not", () => {
    const smallest = (scheme: "bfv" | "bgv"): number => {
      const { most, at } = chainsOf({ scheme, n: 16384, t: 65537n, security: 128 })
      return Math.min(...at(most)!.parameters.primes)
    }
    expect(smallest("bgv")).toBe(35)
    expect(smallest("bfv")).toBe(53)
  })
})

describe("balancing correction factors", () => {
  test("finds factors of half the bits of t whose ratio is the given one", () => {
    for (const ratio of [2n, 3n, 12345n, 40000n, 65536n]) {
      const [first, second] = balance(ratio, 65537n)
      expect((second * ratio) % 65537n).toBe(first)
      const size = (value: bigint) => Number(value > 32768n ? 65537n - value : value)
      expect(size(first) + size(second)).toBeLessThan(2 ** 10)
    }
  })

  test("leaves equal factors alone", () => {
    expect(balance(1n, 65537n)).toEqual([1n, 1n])
  })
})
