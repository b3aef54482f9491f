import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { chooseBaby, countPolynomial, evaluatePolynomial } from "../../src/backend/evaluate-polynomial.ts"
import { interpolate } from "../../src/backend/interpolate.ts"
import { relinearizing } from "../../src/backend/kernel-ops.ts"
import { fromSlots, lanesOf, piecesOf, placementOf, toSlots } from "../../src/backend/layout.ts"
import { multiplyMatrix } from "../../src/backend/multiply-matrix.ts"
import { vectorOps } from "../../src/backend/vector-ops.ts"
import { matrixFromRows } from "../../src/ir/index.ts"

const T = 65537n
const given = {
  input: () => {
    throw new Error("unused")
  },
  plain: () => {
    throw new Error("unused")
  },
}

describe("the diagonal matrix kernel", () => {
  const shape = fc.record({
    ring: fc.constantFrom(1, 2, 4, 8, 16),
    rows: fc.integer({ min: 1, max: 20 }),
    columns: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 }),
    density: fc.constantFrom(0.05, 0.3, 1),
    seed: fc.integer(),
  })

  test("multiplies every matrix at every ring size as plain loops do, in every lane", () => {
    fc.assert(
      fc.property(shape, ({ ring, rows, columns, density, seed }) => {
        const random = generator(seed)
        const layout = { n: 32, ring }
        const ops = vectorOps(layout, T, given)
        const lanes = lanesOf(layout)
        const terms = columns.map((length) => {
          const matrix = matrixFromRows(
            length,
            Array.from({ length: rows }, () =>
              Array.from({ length }, (_, column) => ({
                column,
                value: random() < density ? pick(random, -9, 9) : 0,
              })),
            ),
          )
          const samples = Array.from({ length: lanes }, () =>
            Float64Array.from({ length }, () => pick(random, -50, 50)),
          )
          const placement = placementOf(layout, length)
          const pieces = Array.from({ length: piecesOf(layout, length) }, (_, p) =>
            toSlots(layout, placement, p, samples, T),
          )
          return { matrix, samples, vector: { pieces, placement } }
        })
        const { pieces, placement } = multiplyMatrix(ops, layout, rows, terms)
        const filled = pieces.map((piece) => piece ?? new Float64Array(layout.n))
        for (let lane = 0; lane < lanes; lane++) {
          const expected = new Array<bigint>(rows).fill(0n)
          for (const { matrix, samples } of terms) {
            for (let r = 0; r < rows; r++) {
              for (let i = matrix.start[r]!; i < matrix.start[r + 1]!; i++) {
                expected[r]! += BigInt(Number(matrix.value[i]!) * samples[lane]![matrix.column[i]!]!)
              }
            }
          }
          expect(fromSlots(layout, placement, filled, lane, -(T / 2n), T)).toEqual(expected)
        }
      }),
      { numRuns: 300 },
    )
  })

  test("a dense 1024 matrix takes 62 rotations by two steps", () => {
    const rotations: number[] = []
    const ops = counting(rotations)
    const layout = { n: 8192, ring: 1024 }
    const matrix = matrixFromRows(
      1024,
      Array.from({ length: 1024 }, (_, r) =>
        Array.from({ length: 1024 }, (_, column) => ({ column, value: ((r * 7 + column * 3) % 7) - 3 || 1 })),
      ),
    )
    multiplyMatrix(ops, layout, 1024, [
      { matrix, vector: { pieces: [{}], placement: placementOf(layout, 1024) } },
    ])
    expect(rotations).toHaveLength(62)
    expect(new Set(rotations).size).toBe(2)
  })
})

describe("polynomial evaluation", () => {
  test("takes every table value at its point", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -300, max: 300 }),
        fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 1, maxLength: 40 }),
        fc.constantFrom(1, 2, 4, 8),
        (lo, values, baby) => {
          const layout = { n: 64, ring: 1 }
          const ops = vectorOps(layout, T, given)
          const x = toSlots(
            layout,
            { length: 1, period: 1 },
            0,
            Array.from({ length: 64 }, (_, i) => Float64Array.of(lo + (i % values.length))),
            T,
          )
          const coefficients = interpolate(BigInt(lo), values, T).map((value) =>
            value === 0n ? null : ({ kind: "scalar", value } as const),
          )
          const kernel = relinearizing(ops)
          const part = evaluatePolynomial(kernel, kernel.fresh(x), coefficients, baby)
          for (let lane = 0; lane < 64; lane++) {
            const expected = BigInt(values[lane % values.length]!)
            const actual =
              part === null
                ? 0n
                : "constant" in part
                  ? (part.constant as { value: bigint }).value
                  : BigInt(part.value.value[lane]!)
            expect((((actual - expected) % T) + T) % T).toBe(0n)
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  test.each([
    [2, 2, 2, 2],
    [3, 4, 4, 4],
    [4, 4, 7, 6],
    [5, 8, 11, 10],
    [6, 8, 16, 13],
    [8, 16, 33, 26],
    [10, 32, 66, 51],
    [12, 64, 131, 100],
  ])(
    "a full table of %d bits with baby step %d takes %d products and %d relinearizations",
    (bits, baby, m, r) => {
      const full = new Array(2 ** bits).fill({ kind: "scalar", value: 5n })
      const { products, relinearizations } = countPolynomial(full, baby)
      expect([products, relinearizations]).toEqual([m, r])
      const chosen = countPolynomial(
        full,
        chooseBaby(full, (cost) => 3 * cost.products + cost.relinearizations),
      )
      expect(3 * chosen.products + chosen.relinearizations).toBeLessThanOrEqual(3 * m + r)
    },
  )
})

test("interpolation mod a prime beyond 2^26 works on bigints", () => {
  const t = 1125899906826241n
  const values = [5n, -1125899906820000n / 2n, 12n, 7n]
  const coefficients = interpolate(-2n, values, t)
  values.forEach((value, j) => {
    const x = BigInt(j) - 2n
    const y = coefficients.reduceRight((sum, c) => sum * x + c, 0n)
    expect((y - value) % t).toBe(0n)
  })
})

const generator = (seed: number) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) | 0
  return (seed >>> 0) / 2 ** 32
}
const pick = (random: () => number, lo: number, hi: number) => lo + Math.floor(random() * (hi - lo + 1))

const counting = (rotations: number[]) => {
  const same = () => ({})
  return {
    add: same,
    sub: same,
    negate: same,
    multiply: same,
    addPlain: same,
    multiplyPlain: same,
    rotate: (_value: object, steps: number) => {
      rotations.push(steps)
      return {}
    },
  }
}
