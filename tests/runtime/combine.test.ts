import fc from "fast-check"
import { expect, test } from "vitest"
import { combineResidues } from "../../src/runtime/client/combine-residues.ts"

const MODULI = [65537n, 114689n, 147457n]

test("residues of two or three primes give back every value of a range as long as their product", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.bigInt(-(2n ** 70n), 2n ** 70n),
      fc.array(fc.bigInt(0n, 2n ** 80n), { minLength: 1, maxLength: 4 }),
      (count, lo, offsets) => {
        const moduli = MODULI.slice(0, count)
        const product = moduli.reduce((a, b) => a * b)
        const values = [0n, product - 1n, ...offsets.map((offset) => offset % product)].map((v) => lo + v)
        // Any representatives will do.
        const residues = moduli.map((t, i) => values.map((value) => (value % t) + BigInt(i - 1) * t))
        expect(combineResidues(residues, moduli, lo)).toEqual(values)
      },
    ),
  )
})
