import { describe, expect, test } from "vitest"
import { fitsSymbols, symbolOffset, symbolValues, symbolWeights } from "../../src/data/index.ts"
import { evaluate, parse } from "../../src/ir/index.ts"

/** What is looked up for each v of `lo..lo + count - 1` under each of these masks: offset + the sum of weights times the answer. */
const lookUp = (
  t: bigint,
  symbols: number,
  lo: bigint,
  count: number,
  masks: readonly bigint[],
): number[][] => {
  const encoding = { symbols, stride: masks.length }
  const table = { modulus: t, lo, count, entryOf: (element: number, j: number) => 1000 * element + j + 1 }
  const weights = symbolWeights([...masks], encoding, table)
  const offset = symbolOffset([...masks], encoding, table)
  return Array.from({ length: count }, (_, j) => {
    const masked = masks.map((r) => (((lo + BigInt(j) + r) % t) + t) % t)
    const answer = symbolValues(masked, t, encoding)
    return masks.map((_, element) => {
      let sum = offset[element]!
      for (let s = 0; s < symbols; s++) {
        const at = s * masks.length + element
        sum += weights[at]! * answer[at]!
      }
      return sum
    })
  })
}

describe("symbols of masked values", () => {
  test("tell every value under every mask, also where it wraps, for each size that divides t - 1", () => {
    for (const t of [2n, 3n, 5n, 7n, 13n, 17n, 97n]) {
      const masks = Array.from({ length: Number(t) }, (_, r) => BigInt(r))
      for (let size = 1; size < Number(t); size++) {
        if ((Number(t) - 1) % size !== 0) continue
        for (const lo of [0n, -5n, 3n]) {
          for (const count of new Set([1, Math.ceil(size / 2), size])) {
            const expected = Array.from({ length: count }, (_, j) =>
              masks.map((_, element) => 1000 * element + j + 1),
            )
            expect(lookUp(t, size, lo, count, masks)).toEqual(expected)
          }
        }
      }
    }
  })

  test("at t = 65537 and for larger primes, whichever mask", () => {
    const primes: readonly (readonly [bigint, number])[] = [
      [65537n, 256],
      [65537n, 512],
      [786433n, 64],
      [1152921504606830593n, 64],
    ]
    for (const [t, size] of primes) {
      const ends = [0n, 1n, BigInt(size), t - BigInt(size), t - 2n, t - 1n]
      const between = Array.from({ length: 6 }, (_, i) => (BigInt(i) * 7919n * t) / 65536n)
      const masks = [...ends, ...between].map((r) => r % t)
      const expected = Array.from({ length: size }, (_, j) =>
        masks.map((_, element) => 1000 * element + j + 1),
      )
      expect(lookUp(t, size, -37n, size, masks)).toEqual(expected)
    }
  })

  test("are as many as divide t - 1, with room for all elements", () => {
    expect(fitsSymbols({ symbols: 4, stride: 3 }, 17n, 3)).toBe(true)
    expect(fitsSymbols({ symbols: 3, stride: 3 }, 17n, 3)).toBe(false)
    expect(fitsSymbols({ symbols: 4, stride: 2 }, 17n, 3)).toBe(false)
  })

  test("of one residue have at most a single 1", () => {
    const answer = symbolValues(Float64Array.from([15, 16, 0]), 17n, { symbols: 4, stride: 4 })
    expect([...answer]).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0])
  })

  test("look up a table in a program as text", () => {
    const program = parse(`program p {
  %0 : enc 0..16[2] = input {name="z"}
  %1 : clear 0..16[2] = input {name="r"}
  %2 : enc 0..1[4,2] = symbols %0 {size=4, stride=2}
  %3 : clear -9..9[4,2] = symbolweights %1 {size=4, stride=2, lo=-1, entries=@0}
  %4 : enc -9..9[4,2] = mul %2, %3
  %5 : enc -36..36[2] = sum %4 {axes=[0]}
  %6 : clear 0..9[2] = symboloffset %1 {size=4, stride=2, lo=-1, entries=@0}
  %7 : enc -36..45[2] = add %5, %6
  return y = %7
}
@0 = [5, 7, 8, 9]
`)
    // v = [-1, 2], masks [0, 14]: -1 + 0 = 16 has no symbol, 2 + 14 = 16 neither.
    expect(evaluate(program, { z: [16, 16], r: [0, 14] })).toEqual({ y: [5, 9] })
    expect(evaluate(program, { z: [3, 1], r: [3, 16] })).toEqual({ y: [7, 9] })
  })

  test("are refused of other inputs and of sizes that do not divide t - 1", () => {
    const text = (range: string, size: number) => `program p {
  %0 : enc ${range}[2] = input {name="z"}
  %1 : enc 0..1[${size},2] = symbols %0 {size=${size}, stride=2}
  return y = %1
}
`
    expect(() => parse(text("0..16", 4))).not.toThrow()
    expect(() => parse(text("0..16", 5))).toThrow("a size that divides t - 1")
    expect(() => parse(text("1..16", 5))).toThrow("an encrypted input of the range 0..t-1")
  })
})
