import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { interpolate } from "../../src/backend/arithmetic/interpolate.ts"
import {
  NumberTheoreticTransform,
  TRANSFORM_PRIMES,
} from "../../src/backend/arithmetic/number-theoretic-transform.ts"
import { PolynomialProducts } from "../../src/backend/arithmetic/polynomial-product.ts"
import { lower, priceCircuit } from "../../src/backend/index.ts"
import { describeTables, printTable } from "../../src/backend/tables/table-description.ts"
import { type TableNode, TablePolynomials } from "../../src/backend/tables/table-polynomials.ts"
import type { TableStrategy } from "../../src/backend/tables/table-schedule.ts"
import { evaluate, type Program, parse } from "../../src/ir/index.ts"
import { simulate } from "../../src/runtime/simulate/simulate.ts"

const T = 65537n
const STRATEGIES: readonly TableStrategy[] = ["shallow", "bounded", "balanced"]
/** A number field, the largest below 2^26 and one that needs bigints; all have slots for n = 32. */
const MODULI = [65537n, 67_107_713n, 1_125_899_906_826_241n]

describe("tables of every symmetry", () => {
  const drawn = fc.record({
    size: fc.integer({ min: 1, max: 70 }),
    lo: fc.oneof(fc.integer({ min: -80, max: 10 }), fc.integer({ min: -1000, max: 1000 })),
    class: fc.constantFrom("any", "even", "odd", "line", "equality", "polynomial"),
    off: fc.integer({ min: -8, max: 8 }),
    slope: fc.integer({ min: -3, max: 3 }),
    seed: fc.integer({ min: 1, max: 1 << 30 }),
    t: fc.constantFrom(...MODULI),
    strategy: fc.constantFrom(...STRATEGIES),
    ring: fc.constantFrom(1, 4, 32),
  })

  test("take at every point of the domain the value that they hold", () => {
    const forms = new Set<string>()
    fc.assert(
      fc.property(drawn, ({ size, lo, off, slope, seed, t, strategy, ring, class: kind }) => {
        const entries = tableOf(kind, size, off, slope, seed)
        const program = lookup(lo, [entries])
        forms.add(describeTables(program, t, strategy)[0]!.form)
        expectLookups(program, lo, size, t, strategy, ring)
      }),
      { numRuns: 200 },
    )
    expect(forms).toEqual(new Set(["polynomial", "even", "odd"]))
  })

  test("with a table by element too, and with centres of their own", () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: -8, max: 8 }), (draw, other) => {
        const { size, lo, off, slope, seed, t, strategy, ring, class: kind } = draw
        const tables = [
          tableOf(kind, size, off, slope, seed),
          tableOf(kind, size, other, -slope, seed ^ 0x5bd1e995),
        ]
        expectLookups(lookup(lo, tables), lo, size, t, strategy, ring)
      }),
      { numRuns: 120 },
    )
  })
})

test("an unused element stays 0 in every form of a table where 0 gives 0, and in no other", () => {
  for (const kind of ["any", "even", "odd", "equality"]) {
    for (const first of [0, 5]) {
      // Large enough for an equality to be a power.
      const entries = tableOf(kind, 300, 4, 1, 77)
      const shifted = entries.map((value) => value - entries[140]! + first)
      const program = lookup(-140, [shifted])
      const node = outputOf(program)
      for (const strategy of STRATEGIES) {
        expect(new TablePolynomials().keepsZero(node, T, strategy)).toBe(first === 0)
      }
    }
  }
})

describe("the cheapest form", () => {
  test.each([
    ["relu of 8 bits", -128, 256, (x: number) => Math.max(x, 0), "even", 25, 19, 9],
    ["|x| of 8 bits", -127, 255, Math.abs, "even", 25, 19, 9],
    ["|x| of 6 bits", -31, 63, Math.abs, "even", 12, 11, 6],
    ["sign of a difference of 8 bits", -255, 511, Math.sign, "odd", 35, 28, 10],
    ["sign of a difference of 4 bits", -15, 31, Math.sign, "odd", 9, 8, 6],
    ["x > 0 of a difference of 10 bits", -1023, 2047, (x: number) => Number(2 * x > 1), "odd", 68, 53, 12],
    ["a square", -100, 201, (x: number) => x * x + 3 * x, "polynomial", 1, 1, 1],
  ])("of %s", (_name, lo, size, f, form, products, relinearizations, depth) => {
    const program = lookup(lo, [Array.from({ length: size }, (_, i) => f(lo + i))])
    const [table] = describeTables(program, T, "balanced")
    expect(table).toMatchObject({ form, products, relinearizations, depth })
    const { counts } = priceCircuit(lower(program, { n: 32, ring: 1 }, T, { tables: "balanced" }), {
      n: 32,
      primes: [60, 60],
    })
    expect(counts.products).toBe(products)
  })

  test("is never deeper than the polynomial of the table unless it may be", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 200 }),
        fc.constantFrom("any", "even", "odd", "line", "equality"),
        fc.integer({ min: -8, max: 8 }),
        fc.integer(),
        (size, kind, off, seed) => {
          const program = lookup(-40, [tableOf(kind, size, off, 1, seed)])
          const [shallow, bounded, balanced] = STRATEGIES.map(
            (strategy) => describeTables(program, T, strategy)[0]!,
          )
          expect(bounded!.depth).toBeLessThanOrEqual(Math.ceil(Math.log2(Number(shallow!.degree) + 1)))
          expect(weight(bounded!)).toBeLessThanOrEqual(weight(shallow!))
          expect(weight(balanced!)).toBeLessThanOrEqual(weight(bounded!))
        },
      ),
      { numRuns: 80 },
    )
  })

  test("a centre between two integers is found, and named", () => {
    const half = Array.from({ length: 64 }, (_, x) => (x < 32 ? 15 - ((x * x * 7) % 15) : 0))
    for (let x = 32; x < 64; x++) half[x] = 15 - half[63 - x]!
    const lines = STRATEGIES.map((strategy) => printTable(describeTables(lookup(0, [half]), T, strategy)[0]!))
    expect(lines).toMatchInlineSnapshot(`
      [
        "table of 64 entries: polynomial in x, degree 63, 16 products, 13 relinearizations, depth 6",
        "table of 64 entries: odd polynomial in x - 31.5, degree 63, 15 products, 12 relinearizations, depth 6",
        "table of 64 entries: odd polynomial in x - 31.5, degree 63, 13 products, 12 relinearizations, depth 7",
      ]
    `)
  })
})

describe("interpolation", () => {
  test("of the whole field is exact", () => {
    const t = 12_289n
    const values = Array.from(
      { length: Number(t) },
      (_, i) => (i * i * 7919 + ((i * 2654435761) >>> 7)) % 12289,
    )
    expectPolynomial(-77n, values, t, 41)
  })

  test.each(MODULI)("mod %d agrees with the entries for every length around the crossovers", (t) => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 0, max: 140 }), fc.constantFrom(255, 256, 257, 513, 700)),
        fc.integer({ min: -500, max: 500 }),
        fc.integer({ min: 1 }),
        (size, lo, seed) => {
          const values = Array.from(
            { length: size },
            (_, i) => BigInt(Math.imul(seed, i * i + 1) ^ i) * (t >> 20n),
          )
          expectPolynomial(BigInt(lo), values, t, Math.ceil(size / 40))
        },
      ),
      { numRuns: 40 },
    )
  })

  test("gives a polynomial back", () => {
    const values = Array.from({ length: 3000 }, (_, i) => BigInt(i - 10) ** 3n - 4n)
    expect(interpolate(-10n, values, 65537n)).toEqual([65533n, 0n, 0n, 1n])
  })
})

describe("transforms", () => {
  test("of every prime multiply as the school does", () => {
    for (const prime of TRANSFORM_PRIMES) {
      const transform = new NumberTheoreticTransform(prime, 64)
      const a = Float64Array.from({ length: 64 }, (_, i) => (i < 32 ? prime - 1 - i * i : 0))
      const b = Float64Array.from({ length: 64 }, (_, i) => (i < 32 ? prime - 1 - 7 * i : 0))
      const expected = new Array<bigint>(64).fill(0n)
      for (let i = 0; i < 32; i++)
        for (let j = 0; j < 32; j++) expected[i + j]! += BigInt(a[i]!) * BigInt(b[j]!)
      transform.forward(a)
      transform.forward(b)
      transform.multiplyInto(a, b)
      transform.backward(a)
      expect(Array.from(a, BigInt)).toEqual(expected.map((value) => value % BigInt(prime)))
    }
  })

  test("of eight primes join to the exact product mod a prime of 60 bits, at the largest coefficients", () => {
    const t = 1_152_921_504_606_846_883n
    const size = 100
    const all = new BigInt64Array(size).fill(t - 1n)
    const product = new PolynomialProducts(t, 2 * size).multiply(all, all)
    expect(Array.from(product as BigInt64Array)).toEqual(
      Array.from({ length: 2 * size - 1 }, (_, k) => BigInt(Math.min(k + 1, 2 * size - 1 - k))),
    )
  })

  test("are refused where their primes do not suffice", () => {
    expect(() => new PolynomialProducts(2n ** 100n, 2 ** 17)).toThrow("too large for products of 131072")
  })
})

describe("equality", () => {
  test.each([
    ["equal to 37", 1, 0],
    ["unequal to 37", 0, 1],
    ["7 at 37, else 3", 7, 3],
  ])("of a large domain is a power of t - 1: %s", (_name, there, usual) => {
    const entries = new Array<number>(400).fill(usual)
    entries[237] = there
    const program = lookup(-200, [entries])
    const [table] = describeTables(program, T, "balanced")
    expect(printTable(table!)).toBe(
      "table of 400 entries: equality as power 65536 of x - 37 (Fermat), 16 products, 16 relinearizations, depth 16",
    )
    expect(describeTables(program, T, "bounded")[0]!.form).not.toBe("equality")
    for (const ring of [1, 4, 32]) expectLookups(program, -200, 400, T, "balanced", ring)
  })

  test("holds for a modulus that is no power of two more than 1, and with a point by element", () => {
    const entries = [0, 170, 399].map((at) => Array.from({ length: 400 }, (_, i) => Number(i === at)))
    const program = lookup(-200, entries)
    for (const t of [163_841n, 67_107_713n]) {
      expect(describeTables(program, t, "balanced")[0]).toMatchObject({ tables: 3, centre: null })
      expectLookups(program, -200, 400, t, "balanced", 4)
    }
    expect(describeTables(program, 163_841n, "balanced")[0]).toMatchObject({ form: "equality", products: 18 })
  })

  test("of a small domain is its polynomial", () => {
    const entries = [0, 0, 0, 1, 0, 0, 0, 0]
    expect(describeTables(lookup(0, [entries]), T, "balanced")[0]!.form).not.toBe("equality")
  })
})

describe("a table with an entry for every element of the field", () => {
  const noise = (size: number) => Array.from({ length: size }, (_, i) => (i * i * 7919 + (i >> 2) * 31) % 251)
  const one = (size: number, at: number) => Array.from({ length: size }, (_, i) => (i === at ? 1 : 0))

  test.each([
    [257, 0],
    [257, -100],
    [257, 1000],
  ])("of %d elements from %d on holds each", (size, lo) => {
    const tables = [noise(size), one(size, 0), one(size, 128)]
    const program = lookup(lo, tables)
    expect(new TablePolynomials().degree(outputOf(program), BigInt(size))).toBe(size - 1)
    for (const strategy of STRATEGIES) expectLookups(program, lo, size, BigInt(size), strategy, 32)
  })

  test("of 65,537 has a degree of 65,536", () => {
    const values = one(65_537, 7).map((value, i) => value + 3 * (i % 5))
    expectPolynomial(-32_768n, values, T, 8191)
    expect(interpolate(-32_768n, values, T)).toHaveLength(65_537)
  })
})

const expectPolynomial = (
  lo: bigint,
  values: readonly (number | bigint)[],
  t: bigint,
  step: number,
): void => {
  const coefficients = interpolate(lo, values, t)
  expect(coefficients.length).toBeLessThanOrEqual(values.length)
  for (let j = 0; j < values.length; j += step) {
    const y =
      t < 2n ** 26n
        ? BigInt(hornerMod(coefficients.map(Number), Number((((lo + BigInt(j)) % t) + t) % t), Number(t)))
        : coefficients.reduceRight((sum, c) => (sum * (lo + BigInt(j)) + c) % t, 0n)
    if ((y - BigInt(values[j]!)) % t !== 0n)
      expect.fail(`at ${lo + BigInt(j)} of ${values.length} values mod ${t}`)
  }
}

const hornerMod = (p: readonly number[], x: number, t: number): number => {
  let sum = 0
  for (let i = p.length - 1; i >= 0; i--) sum = (sum * x + p[i]!) % t
  return sum
}

const weight = (cost: { products: number; relinearizations: number }): number =>
  3 * cost.products + cost.relinearizations

/** Entries of a class about a point near the middle, `off` quarter steps of two away; noise of a small generator. */
const tableOf = (kind: string, size: number, off: number, slope: number, seed: number): number[] => {
  const centre = (size - 1 + off) / 2
  const values = new Map<number, number>()
  let state = seed | 1
  const noise = (key: number): number => {
    const known = values.get(key)
    if (known !== undefined) return known
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    values.set(key, (state >>> 8) % 1000)
    return values.get(key)!
  }
  const at = Math.max(0, Math.min(size - 1, Math.floor(centre)))
  return Array.from({ length: size }, (_, i) => {
    const u = i - centre
    if (kind === "any") return noise(i)
    if (kind === "even") return noise(Math.abs(u)) + 2 * slope * u
    if (kind === "odd") return slope + (u === 0 ? 0 : Math.sign(u) * noise(Math.abs(u)))
    if (kind === "line") return slope * i + off
    if (kind === "equality") return i === at ? slope : off + 20
    return slope * i * i + off * i
  })
}

const outputOf = (program: Program): TableNode => [...program.outputs.values()][0] as TableNode

/** A program of one lookup: by every element in the table, or by each in its own. */
const lookup = (lo: number, tables: readonly number[][]): Program => {
  const size = tables[0]!.length
  const all = tables.flat()
  const range = `${Math.min(...all)}..${Math.max(...all)}`
  const index = tables.length === 1 ? "" : ", index=@1"
  const literals = [`@0 = [${all.join(", ")}]`, ...(index === "" ? [] : [`@1 = [${elements(tables)}]`])]
  return parse(`program p {
  %0 : enc ${lo}..${lo + size - 1}[${tables.length === 1 ? 1 : 5}] = input {name="x"}
  %1 : enc ${range}[${tables.length === 1 ? 1 : 5}] = table %0 {lo=${lo}, entries=@0${index}}
  return y = %1
}
${literals.join("\n")}
`)
}
const elements = (tables: readonly number[][]): string =>
  Array.from({ length: 5 }, (_, i) => (i * 7) % tables.length).join(", ")

const expectLookups = (
  program: Program,
  lo: number,
  size: number,
  t: bigint,
  tables: TableStrategy,
  ring: number,
): void => {
  const width = program.inputs[0]!.type.shape[0]!
  const circuit = lower(program, { n: 64, ring }, t, { tables })
  const samples = Array.from({ length: size }, (_, i) => ({ x: new Array<number>(width).fill(lo + i) }))
  const results = simulate(circuit, samples)
  samples.forEach((sample, i) => {
    expect(Array.from(results[i]!["y"]!, Number)).toEqual(
      Array.from(evaluate(program, sample)["y"] as number[]),
    )
  })
}
