import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { interpolate } from "../../src/backend/arithmetic/interpolate.ts"
import { vectorOps } from "../../src/backend/circuit/cleartext-ops.ts"
import {
  fromSlots,
  lanesOf,
  piecesOf,
  placementOf,
  spreadPlacementOf,
  toSlots,
} from "../../src/backend/circuit/layout.ts"
import { relinearizing } from "../../src/backend/circuit/relinearizing.ts"
import { planMatrix } from "../../src/backend/matrix/matrix-plan.ts"
import { multiplyMatrix } from "../../src/backend/matrix/multiply-matrix.ts"
import {
  chooseBaby,
  countPolynomial,
  evaluatePolynomial,
} from "../../src/backend/tables/evaluate-polynomial.ts"
import { hasRoomForPowers, spreadPolynomial } from "../../src/backend/tables/spread-powers.ts"
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
        const { pieces, placement } = multiplyMatrix(ops, planMatrix(layout, rows, terms))
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

  test("multiplies vectors that are spread over the ring, both rows together or not", () => {
    const shape = fc.record({
      ring: fc.constantFrom(4, 8, 16, 32),
      rows: fc.integer({ min: 2, max: 16 }),
      columns: fc.integer({ min: 2, max: 16 }),
      density: fc.constantFrom(0.1, 0.5, 1),
      seed: fc.integer(),
    })
    let spread = 0
    fc.assert(
      fc.property(shape, ({ ring, rows, columns, density, seed }) => {
        const random = generator(seed)
        const layout = { n: 32, ring }
        const placement = spreadPlacementOf(layout, columns, rows)
        if (placement === null) return
        spread++
        const dense = Array.from({ length: rows }, () =>
          Array.from({ length: columns }, () => (random() < density ? pick(random, -9, 9) : 0)),
        )
        const matrix = matrixFromRows(
          columns,
          dense.map((row) => row.map((value, column) => ({ column, value }))),
        )
        const samples = Array.from({ length: lanesOf(layout) }, () =>
          Float64Array.from({ length: columns }, () => pick(random, -50, 50)),
        )
        const vector = { pieces: [toSlots(layout, placement, 0, samples, T)], placement }
        const result = multiplyMatrix(
          vectorOps(layout, T, given),
          planMatrix(layout, rows, [{ matrix, vector }]),
        )
        const [piece = null] = result.pieces
        samples.forEach((sample, lane) => {
          const expected = dense.map((row) => BigInt(row.reduce((sum, w, c) => sum + w * sample[c]!, 0)))
          const slots = [piece ?? new Float64Array(layout.n)]
          expect(fromSlots(layout, result.placement, slots, lane, -(T / 2n), T)).toEqual(expected)
        })
      }),
      { numRuns: 400 },
    )
    expect(spread).toBeGreaterThan(90)
  })

  test("a dense 1024 matrix takes 25 rotations by five steps when both rows hold copies of one vector", () => {
    const rotations: number[] = []
    const layout = { n: 8192, ring: 8192 }
    const matrix = matrixFromRows(
      1024,
      Array.from({ length: 1024 }, (_, r) =>
        Array.from({ length: 1024 }, (_, column) => ({ column, value: ((r * 7 + column * 3) % 7) - 3 || 1 })),
      ),
    )
    const placement = spreadPlacementOf(layout, 1024, 1024)!
    const vector = { pieces: [{}], placement }
    multiplyMatrix(counting(rotations), planMatrix(layout, 1024, [{ matrix, vector }]))
    expect(rotations).toHaveLength(25)
    expect(new Set(rotations).size).toBe(5)
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
    const vector = { pieces: [{}], placement: placementOf(layout, 1024) }
    multiplyMatrix(ops, planMatrix(layout, 1024, [{ matrix, vector }]))
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

  test("by powers in the copies of a vector takes every value, by element and in every lane", () => {
    const drawn = fc.record({
      length: fc.integer({ min: 1, max: 4 }),
      ring: fc.constantFrom(16, 32, 64, 128),
      points: fc.integer({ min: 2, max: 16 }),
      seed: fc.integer(),
    })
    let spread = 0
    fc.assert(
      fc.property(drawn, ({ length, ring, points, seed }) => {
        const random = generator(seed)
        const layout = { n: 128, ring }
        const placement = placementOf(layout, length)
        if (!hasRoomForPowers(layout, placement.period, points)) return
        spread++
        const tables = Array.from({ length }, () =>
          Array.from({ length: points }, () => pick(random, -99, 99)),
        )
        const polynomials = tables.map((table) => interpolate(-3n, table, 257n))
        const samples = Array.from({ length: lanesOf(layout) }, () =>
          Float64Array.from({ length }, () => pick(random, -3, points - 4)),
        )
        const kernel = relinearizing(vectorOps(layout, 257n, given))
        const x = kernel.fresh(toSlots(layout, placement, 0, samples, 257n))
        const coefficient = (power: number, element: number) => polynomials[element]?.[power] ?? 0n
        const { value } = spreadPolynomial(kernel, layout, placement.period, x, points, coefficient)
        samples.forEach((sample, lane) => {
          const expected = tables.map((table, i) => BigInt(table[sample[i]! + 3]!))
          expect(fromSlots(layout, placement, [value], lane, -128n, 257n)).toEqual(expected)
        })
      }),
      { numRuns: 200 },
    )
    expect(spread).toBeGreaterThan(80)
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
