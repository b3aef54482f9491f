import fc from "fast-check"
import { describe, expect, test } from "vitest"
import {
  allowance,
  type Entry,
  type Literal,
  literal,
  literalRange,
  type Matrix,
  matrixFromRows,
  parseLiteral,
  printLiteral,
  realLiteral,
  sameLiteral,
  wrapLine,
} from "../../src/ir/index.ts"
import { sameMatrix } from "../../src/ir/literal/matrix.ts"

const read = (text: string): Literal | Matrix => parseLiteral(text, allowance(text.length))

describe("storage", () => {
  test("is the narrowest that holds every value, whatever the values came in", () => {
    expect(literal([1, -2n, 3]).values).toBeInstanceOf(Int32Array)
    expect(literal([2 ** 31]).values).toBeInstanceOf(Float64Array)
    expect(literal([2n ** 53n]).values).toBeInstanceOf(BigInt64Array)
    expect(sameLiteral(literal([5n, 6n]), literal(Float64Array.of(5, 6)))).toBe(true)
  })

  test("does not follow later changes of the array it came from", () => {
    const source = Int32Array.of(1, 2)
    const { values } = literal(source)
    source[0] = 9
    expect([...values]).toEqual([1, 2])
  })

  test("refuses what is no integer, passes 64 bits or is no number", () => {
    expect(() => literal([0.5])).toThrow("0.5 is not an exact integer")
    expect(() => literal([2n ** 63n])).toThrow("beyond 64 bits")
    expect(() => realLiteral([Number.NaN])).toThrow("not a number")
  })

  test("-0 is 0 in integers, and a value of its own in reals", () => {
    expect(sameLiteral(literal([-0]), literal([0]))).toBe(true)
    expect(sameLiteral(realLiteral([-0]), realLiteral([0]))).toBe(false)
  })

  test("a real literal is never the integer one with the same values", () => {
    expect(sameLiteral(realLiteral([1]), literal([1]))).toBe(false)
  })

  test("the range is the hull", () => {
    expect(literalRange(literal([3, -4, 2n ** 60n]))).toEqual({ lo: -4n, hi: 2n ** 60n })
    expect(literalRange(literal([]))).toEqual({ lo: 0n, hi: 0n })
  })
})

describe("text of literals", () => {
  test.each([
    [literal([]), "[]"],
    [literal([1, -2, 3, 1]), "[1, -2, 3, 1]"],
    [literal([0, 0]), "[0, 0]"],
    [literal([0, 0, 0, 1]), "[0 x3, 1]"],
    [literal([-1, 0, 1, 2, 9]), "[-1..2, 9]"],
    [literal([1, 2, 3]), "[1, 2, 3]"],
    [literal([2n ** 60n, 2n ** 60n + 1n]), "[1152921504606846976, 1152921504606846977]"],
    [literal([2 ** 53 - 2, 2 ** 53 - 1]), "[9007199254740990, 9007199254740991]"],
    [realLiteral([]), "real []"],
    [realLiteral([-0, -0, -0, 0, 0, 0, -0, 0]), "real [-0.0 x3, 0.0 x3, -0.0, 0.0]"],
    [realLiteral([0.5, 1, 2, 3, 4, 1e-7, Infinity]), "real [0.5, 1.0, 2.0, 3.0, 4.0, 1e-7, inf]"],
    [matrixFromRows(4, [[], [{ column: 1, value: 2 }]]), "2x4 [0 x4; 0, 2, 0, 0]"],
    [matrixFromRows(2, []), "0x2 []"],
    [matrixFromRows(0, [[], []]), "2x0 [; ]"],
  ] as const)("%#: %s", (value, text) => {
    expect(printLiteral(value)).toBe(text)
    expect(read(text)).toEqual(value)
  })

  test("any literal reads back as itself, also wrapped over lines", () => {
    const values = fc.oneof(
      fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer()), { maxLength: 40 }).map(literal),
      fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 20 }).map(literal),
      fc.array(fc.double({ noNaN: true }), { maxLength: 20 }).map(realLiteral),
      fc
        .tuple(fc.nat(5), fc.nat(300))
        .map(([from, count]) => literal(Array.from({ length: count }, (_, i) => from + i))),
    )
    fc.assert(
      fc.property(values, (value) => {
        const again = read(wrapLine(`@0 = ${printLiteral(value)}`).slice(5)) as Literal
        expect(sameLiteral(again, value)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test("any matrix reads back as itself", () => {
    fc.assert(
      fc.property(arbitraryMatrix(), (matrix) => {
        const again = read(wrapLine(`@0 = ${printLiteral(matrix)}`).slice(5)) as Matrix
        expect(sameMatrix(again, matrix)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test("lines stay below about a hundred columns", () => {
    const text = wrapLine(
      `@0 = ${printLiteral(literal(Array.from({ length: 999 }, (_, i) => (i * 77) % 1009)))}`,
    )
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(102)
    expect(text.split("\n").every((line, i) => i === 0 || line.startsWith("  "))).toBe(true)
  })

  test("elided text keeps the first few numbers", () => {
    expect(printLiteral(literal(Array.from({ length: 1024 }, (_, i) => -(i * i)))), "whole").toContain(
      "-1046529",
    )
    expect(printLiteral(literal([1, -2, 3, 8, 1, 9]), true)).toBe("[1, -2, 3, … 3 more]")
    expect(printLiteral(literal([1, -2, 3, 8]), true)).toBe("[1, -2, 3, 8]")
  })

  test("a short text cannot take all memory", () => {
    for (const text of ["[0 x99999999]", "[0..99999999]", "[1 x9999999999]", "1x99999999 [1 x99999999]"]) {
      expect(() => read(text), text).toThrow("would take more than the 128 MB that a text of this length may")
    }
    const left = allowance(100)
    parseLiteral("[0 x5000000]", left)
    expect(() => parseLiteral("[0 x5000000]", left)).toThrow("more than the 128 MB")
  })

  test.each([
    ["[1, ]", "expected a number"],
    ["[1 2]", "expected a number"],
    ["[1", "expected a number"],
    ["[1.5]", "expected a number"],
    ["real [1, nan]", "expected a number"],
    ["[3..1]", "the range 3..1 is empty"],
    ["[3 x0]", "a run of 0 values"],
    ["[1; 2]", "only a matrix has rows"],
    ["2x2 [1, 2]", "1 rows where 2 are declared"],
    ["1x2 [1, 2, 3]", "row 0 has more than the 2 columns declared"],
    ["1x2 [1]", "row 0 has 1 of 2 columns"],
    ["1x9999999999 [0 x9999999999]", "a matrix of 9999999999 columns"],
    ["[1] 2", "there is more after the closing ]"],
    ["[9223372036854775808]", "beyond 64 bits"],
    ["x", "expected [, real [, or a size such as 2x4 ["],
  ])("%s is refused", (text, message) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ name: "ProgramError" }))
    expect(() => read(text)).toThrow(message)
  })
})

const arbitraryMatrix = (): fc.Arbitrary<Matrix> =>
  fc
    .record({
      columns: fc.nat(9),
      rows: fc.array(fc.array(fc.tuple(fc.nat(), fc.integer({ min: -2, max: 2 })))),
    })
    .map(({ columns, rows }) =>
      matrixFromRows(
        columns,
        rows.map((row): Entry[] =>
          columns === 0 ? [] : row.map(([column, value]) => ({ column: column % columns, value })),
        ),
      ),
    )
