import fc from "fast-check"
import { all, create } from "mathjs"
import { describe, expect, test } from "vitest"
import { boundExpression, type IntType, intType, parseExpression, realType } from "../../src/ir/index.ts"

// "predictable" mathjs gives NaN and never a complex number.
const oracle = create(all!, { predictable: true })
const mathjs = (text: string, scope: object): unknown => oracle.evaluate(text, scope)

const LIMIT = 1n << 17n
const one = (...values: (number | string)[]): string => values.map(String).join("")

const unary = [
  "abs",
  "sign",
  "cbrt",
  "square",
  "cube",
  "exp",
  "expm1",
  "sin",
  "cos",
  "tan",
  "atan",
  "sinh",
  "tanh",
].concat(["asinh", "floor", "ceil", "fix", "round", "erf"])
const partial = ["sqrt", "log", "log2", "log10", "log1p", "asin", "acos", "acosh", "atanh"]
const ours = ["relu", "sigmoid", "rint", "gelu", "cosh"]
const binary = ["max", "min", "pow", "mod", "atan2", "hypot", "heaviside"]

/** Expressions of x, y and z in a spelling that mathjs reads too. */
const arbitraryText = (names: readonly string[], depth = 4): fc.Arbitrary<string> => {
  const operand = fc.constantFrom("x", "y", "z")
  const number = fc.constantFrom("0", "1", "2", "3", "0.5", "2.75", "10", "pi", "e", "tau")
  return fc.letrec<{ e: string }>((tie) => {
    const e = tie("e")
    return {
      e: fc.oneof(
        { maxDepth: depth, withCrossShrink: true },
        operand,
        number,
        fc.tuple(fc.constantFrom(...names), e).map(([f, a]) => `${f}(${a})`),
        fc
          .tuple(e, fc.constantFrom("+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "and", "or"), e)
          .map(([a, o, b]) => `(${a}) ${o} (${b})`),
        fc.tuple(e, fc.constantFrom("2", "3", "0", "-1")).map(([a, n]) => `(${a}) ^ ${n}`),
        fc.tuple(fc.constantFrom("-", "not "), e).map(([o, a]) => `${o}(${a})`),
        fc.tuple(e, e, e).map(([c, a, b]) => `(${c}) ? (${a}) : (${b})`),
        fc.tuple(fc.constantFrom("max", "min"), e, e, e).map(([f, a, b, c]) => `${f}(${a}, ${b}, ${c})`),
        fc.tuple(fc.constantFrom(...binary), e, e).map(([f, a, b]) => `${f}(${a}, ${b})`),
      ),
    }
  }).e
}

const integers = fc.tuple(
  fc.integer({ min: -9, max: 9 }),
  fc.integer({ min: -9, max: 9 }),
  fc.integer({ min: -9, max: 9 }),
)

describe("evaluating", () => {
  test.each([...unary, ...partial, "cosh"])("%s is mathjs' function", (name) => {
    const { evaluate } = parseExpression(`${name}(x)`)
    for (let x = -6; x <= 6; x += 0.375) {
      const theirs = mathjs(`${name}(x)`, { x })
      if (typeof theirs === "number" && !Number.isNaN(theirs))
        expect(evaluate([x]), `${name}(${x})`).toBeCloseTo(theirs, 9)
      else expect(evaluate([x])).toBeNaN()
    }
  })

  test.each([
    ["x + 2 * y - z / 4", -1, 2, 3],
    ["-x ^ 2", 3],
    ["2 ^ -x ^ 2", 1],
    ["x - y - z", 9, 4, 3],
    ["x / y / z", 8, 4, 2],
    ["x % 3 + -7 % 3 + 7 % -3", 5],
    ["not x == y", 0, 1],
    ["x < y ? 10 : 20", 1, 2],
    ["x and y or z", 1, 0, 1],
    ["2 x y", 3, 4],
    ["50% * x", 4],
    ["atan2(x, y) + hypot(x, y) + mod(x, y) + pow(x, y)", 3, 4],
    ["max(x, y, z) - min(x, y, z)", 3, 4, -5],
    ["x >= y", 2, 2],
  ] as const)("%s at (%d, %d, %d)", (text, ...point: readonly number[]) => {
    const [x = 0, y = 0, z = 0] = point
    expect(parseExpression(text).evaluate([x, y, z])).toBeCloseTo(Number(mathjs(text, { x, y, z })), 12)
  })

  test("agrees with mathjs wherever that gives a finite number", () => {
    // mathjs compares with a tolerance, takes real odd roots of negative numbers and tells 1 / -0 from 1 / 0.
    const smooth = arbitraryText(["abs", "square", "cube", "sin", "cos", "atan", "tanh"]).filter(
      (text) => !/[<>=/]|-1|and|or|not|\?|mod|heaviside|pow|atan2/.test(text),
    )
    fc.assert(
      fc.property(smooth, integers, (text, [x, y, z]) => {
        const theirs: unknown = mathjs(text, { x, y, z })
        if (typeof theirs !== "number" || !Number.isFinite(theirs) || Math.abs(theirs) > 1e9) return
        const mine = parseExpression(text).evaluate([x, y, z])
        expect(Math.abs(mine - theirs)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(theirs)))
      }),
      { numRuns: 500 },
    )
  })

  test("rounds exactly: half away from zero, half to even, toward zero", () => {
    const at = (name: string, ...xs: number[]) => xs.map((x) => parseExpression(`${name}(x)`).evaluate([x]))
    expect(at("round", 0.5, 1.5, 2.5, -0.5, -2.5, 0.49999999999999994)).toEqual([1, 2, 3, -1, -3, 0])
    expect(at("rint", 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4, 3.4)).toEqual([0, 2, 2, -0, -2, -2, 2, 3])
    expect(at("fix", 1.9, -1.9, -0.5)).toEqual([1, -1, -0])
  })

  test("powers of integers are exact", () => {
    for (const [x, n] of [
      [3, 33],
      [-7, 17],
      [5, 22],
      [10, 15],
    ] as const) {
      expect(BigInt(parseExpression("x ^ y").evaluate([x, n]))).toBe(BigInt(x) ** BigInt(n))
    }
  })

  test("NaN passes through comparisons, logic, roundings and conditions", () => {
    for (const text of [
      "sqrt(x)",
      "sqrt(x) > 1",
      "not sqrt(x)",
      "round(sqrt(x))",
      "sqrt(x) ? 1 : 2",
      "1 and sqrt(x)",
    ]) {
      expect(parseExpression(text).evaluate([-1]), text).toBeNaN()
    }
  })

  test("only the branch that is taken is computed", () => {
    expect(parseExpression("x < 0 ? 0 : sqrt(x)").evaluate([-1])).toBe(0)
    expect(parseExpression("x > 0 and log(x) > 1").evaluate([-1])).toBe(0)
  })

  test("-0 is a value, as IEEE 754 and numpy have it", () => {
    expect(parseExpression("-x").evaluate([0])).toBe(-0)
    expect(parseExpression("1 / (x * -1)").evaluate([0])).toBe(-Infinity)
    expect(parseExpression("atan2(x * (0 / -1), -1)").evaluate([1])).toBe(-Math.PI)
    const at = (text: string) => parseExpression(text).evaluate([-0])
    for (const name of [
      "sqrt",
      "cbrt",
      "sin",
      "tan",
      "asin",
      "atan",
      "sinh",
      "tanh",
      "asinh",
      "atanh",
      "expm1",
    ])
      expect(at(`${name}(x)`), name).toBe(-0)
    for (const name of ["log1p", "floor", "ceil", "round", "rint", "fix"])
      expect(at(`${name}(x)`), name).toBe(-0)
    expect([at("abs(x)"), at("exp(x)"), at("signbit(x)"), at("copysign(3, x)")]).toEqual([0, 1, 1, -3])
    expect([at("clip(x, 0, 1)"), at("fmod(x, 2)"), at("mod(x, -2)"), at("mod(x, 2)")]).toEqual([
      -0, -0, -0, 0,
    ])
  })
})

describe("spelling", () => {
  test.each([
    ["((x))", "x"],
    ["x-(y-z)", "x - (y - z)"],
    ["(x-y)-z", "x - y - z"],
    ["(-x)^2", "(-x) ^ 2"],
    ["-x^2", "-x ^ 2"],
    ["(x^y)^z", "(x ^ y) ^ z"],
    ["x%3", "mod(x, 3)"],
    ["2x3", "2 * x3"],
    ["(x<y)==z", "(x < y) == z"],
    ["x?y:(z?1:2)", "x ? y : z ? 1 : 2"],
    ["not(x and y)", "not (x and y)"],
    ["+x", "x"],
  ])("%s is written %s", (given, canonical) => {
    expect(parseExpression(given).text).toBe(canonical)
  })

  test("the canonical text reads back as itself and means the same", () => {
    fc.assert(
      fc.property(arbitraryText([...unary, ...partial, ...ours]), integers, (text, point) => {
        const first = parseExpression(text)
        const second = parseExpression(first.text)
        expect(second.text).toBe(first.text)
        expect(second.evaluate(point)).toBe(first.evaluate(point))
        expect(second.arity).toBe(first.arity)
      }),
      { numRuns: 500 },
    )
  })
})

describe("hostile text", () => {
  test.each([
    ["import(x)", 'there is no function "import"'],
    ["createUnit(x)", 'there is no function "createUnit"'],
    ["constructor(x)", 'there is no function "constructor"'],
    ["x.y", "it holds a property or an index, which expressions do not have"],
    ["f(x) = x", "the definition of a function"],
    ["x = 1", "an assignment"],
    ["x; y", "several expressions"],
    ["[x]", "a list"],
    ['"a"', "is not a number"],
    ["1e400", "it has a number that is not finite"],
    ["x!", 'there is no operator "!"'],
    ["x < y < z", "it holds a chain of comparisons, which expressions do not have"],
    ["foo", 'there is no "foo"'],
    ["x0", 'there is no "x0"'],
    ["x03", 'there is no "x03"'],
    ["toString", 'there is no "toString"'],
    ["sin(x, y)", "sin of 2 operands"],
    ["max()", "max of 0 operands"],
    ["x +", "is not an expression"],
    ["", "it is empty"],
    ["(".repeat(9000), "nested too deeply"],
    ["-".repeat(9000) + one("x"), "nested"],
    [`x${"+x".repeat(4000)}`, "nested deeper than 1000"],
    ["x".repeat(20_000), "an expression of 20000 characters"],
  ])("%.20s is refused", (text, message) => {
    expect(() => parseExpression(text)).toThrow(expect.objectContaining({ name: "ProgramError" }))
    expect(() => parseExpression(text)).toThrow(message)
  })
})

describe("bounds", () => {
  const int = (lo: number, hi: number): IntType => intType(true, BigInt(lo), BigInt(hi))
  const bound = (text: string, ...types: Parameters<typeof boundExpression>[1]) =>
    boundExpression(parseExpression(text), types, LIMIT)

  test("small domains give the exact image", () => {
    expect(bound("x ^ 2 - 2 * x", int(-1, 3))).toEqual({ integer: true, lo: -1, hi: 3 })
    expect(bound("mod(x * y, 7)", int(0, 2), int(0, 2))).toEqual({ integer: true, lo: 0, hi: 4 })
    expect(bound("x / 4", int(-1, 2))).toEqual({ integer: false, lo: -0.25, hi: 0.5 })
  })

  test("a constant real operand does not hinder enumeration", () => {
    expect(bound("round(x * y)", int(0, 3), realType(false, 0.75, 0.75))).toEqual({
      integer: true,
      lo: 0,
      hi: 2,
    })
  })

  test.each([
    ["round(x / 3)", true],
    ["x / 3", false],
    ["x * y + 1", true],
    ["x * 0.5", false],
    ["x > y", true],
    ["x > 2 ? x : -y", true],
    ["x > 2 ? x : 0.5", false],
    ["max(x, abs(y), 3)", true],
    ["sqrt(x ^ 2)", false],
    ["x ^ 3", true],
    ["2 ^ x", true],
    ["2 ^ -x", false],
    ["mod(x, y)", true],
    ["floor(z)", true],
    ["z + x", false],
  ])("%s is whole: %s", (text, integer) => {
    const types = [int(1, 5), int(1, 5), realType(true, 0, 1)]
    expect(bound(text, ...types).integer).toBe(integer)
    expect(bound(text, int(1, 1e9), int(1, 1e9), types[2]!).integer).toBe(integer)
  })

  test("the first point without a value is named", () => {
    expect(() => bound("round(sqrt(x))", int(-1, 5))).toThrow(
      '"round(sqrt(x))" is not a number at x = -1: it is the square root of -1\n',
    )
    expect(() => bound("round(y / x)", int(-1, 1), int(4, 4))).toThrow(
      '"round(y / x)" is infinite at x = 0, y = 4: it is a division by zero\n',
    )
    expect(bound("sqrt(x)", int(-4, 4))).toMatchObject({ lo: 0, hi: 2 })
    expect(bound("1 / x", int(0, 4)).hi).toBe(Infinity)
  })

  test("interval arithmetic holds every value of a box", () => {
    const box = fc.tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: 0, max: 12 }))
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    const text = arbitraryText([...unary, ...partial, ...ours], 5)
    const points = fc.array(fc.tuple(share, share, share), { minLength: 20, maxLength: 20 })
    fc.assert(
      fc.property(text, fc.tuple(box, box, box), fc.boolean(), points, (written, boxes, isWhole, shares) => {
        const expression = parseExpression(written)
        const sides = boxes.map(([lo, size]) => ({ lo: lo / 4, hi: (lo + size) / 4 }))
        const whole = boxes.map(([lo, size]) => ({ lo, hi: lo + size }))
        const chosen = (isWhole ? whole : sides).map((side) => ({ ...side, whole: isWhole }))
        const bounds = expression.bound(chosen)
        for (const point of [[0, 0, 0], [1, 1, 1], [0, 1, 0], [1, 0, 1], ...shares]) {
          const at = chosen.map(({ lo, hi }, k) => {
            const value = lo + (hi - lo) * point[k]!
            return isWhole ? Math.round(value) : value
          })
          const value = expression.evaluate(at)
          if (Number.isNaN(value)) continue
          if (!(value >= bounds.lo && value <= bounds.hi)) {
            throw new Error(`${expression.text} is ${value} at ${at}, outside ${bounds.lo}..${bounds.hi}`)
          }
          if (bounds.whole && Number.isFinite(value)) expect(Number.isInteger(value)).toBe(true)
        }
      }),
      { numRuns: 1500 },
    )
  })

  test.each([
    "sin(x)",
    "cos(x)",
    "tan(x)",
    "gelu(x)",
    "cosh(x)",
    "abs(x)",
    "x ^ 2",
    "mod(x, 3)",
    "sigmoid(x)",
    "erf(x)",
  ])("the interval of %s is tight", (text) => {
    const expression = parseExpression(text)
    for (let lo = -7; lo < 7; lo += 0.7) {
      for (const size of [0, 0.1, 1, 3]) {
        const bounds = expression.bound([{ lo, hi: lo + size, whole: false }])
        const values = Array.from({ length: 1001 }, (_, i) => expression.evaluate([lo + (size * i) / 1000]))
        const jumps = text.startsWith("mod") || text.startsWith("tan")
        if (jumps) continue
        expect(bounds.lo).toBeLessThanOrEqual(Math.min(...values))
        expect(bounds.hi).toBeGreaterThanOrEqual(Math.max(...values))
        expect(Math.min(...values) - bounds.lo).toBeLessThan(2e-3)
        expect(bounds.hi - Math.max(...values)).toBeLessThan(2e-3 * Math.max(1, Math.abs(bounds.hi)))
      }
    }
  })
})
