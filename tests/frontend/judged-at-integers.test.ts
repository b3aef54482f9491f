import { describe, expect, it } from "vitest"
import { trace } from "../../src/frontend/index.ts"
import { compile, enc, range, type Tensor, uint } from "../../src/index.ts"
import { div, where } from "../../src/numpy.ts"

/** The range that a function of integers in lo..hi has, by trying them in doubles. */
const tried = (lo: number, hi: number, f: (x: number) => number): string => {
  const values = Array.from({ length: hi - lo + 1 }, (_, i) => f(lo + i))
  return `${Math.min(...values)}..${Math.max(...values)}`
}

const rangeOf = (spec: Parameters<typeof compile>[0], f: (x: Record<string, Tensor>) => Tensor): string => {
  const y = compile(spec, f as never).program.outputs.get("y")!
  return `${y.type.lo}..${y.type.hi}`
}

const refusal = (spec: Parameters<typeof compile>[0], f: (x: Record<string, Tensor>) => Tensor): string => {
  try {
    compile(spec, f as never)
  } catch (error) {
    return (error as Error).message
  }
  return "compiled"
}

describe("a real region of one integer is judged at the integers", () => {
  const cases: readonly [string, number, number, (x: Tensor) => Tensor, (x: number) => number][] = [
    [
      "tan between its poles",
      -8,
      7,
      (x) => x.hypot(3).tan().exp().mul(10).floor(),
      (x) => Math.floor(Math.exp(Math.tan(Math.hypot(x, 3))) * 10),
    ],
    [
      "a quotient of tan",
      1,
      7,
      (x) => x.tan().reciprocal().mul(100).round(),
      (x) => Math.round(100 / Math.tan(x)),
    ],
    [
      "a power of a step",
      1,
      20,
      (x) => x.log().heaviside(0.1).floatPower(-3).round(),
      (x) => (x === 1 ? 1000 : 1),
    ],
    [
      "a quotient where its divisor is 0",
      0,
      9,
      (x) =>
        x
          .eq(5)
          .where(0, div(x, x.sub(5)))
          .round(),
      (x) => (x === 5 ? 0 : Math.round(x / (x - 5))),
    ],
    ["a quotient of odd numbers", 0, 9, (x) => x.mul(2).sub(5).floorDiv(x.mul(2).sub(5)), () => 1],
    [
      "0 / 0 that is not chosen",
      0,
      9,
      (x) => where(x.eq(0), -7, x.div(x).mul(3)).round(),
      (x) => (x === 0 ? -7 : 3),
    ],
    [
      "a logarithm that is not chosen",
      -3,
      4,
      (x) => where(x.le(0), 99, x.log()).ceil(),
      (x) => (x <= 0 ? 99 : Math.ceil(Math.log(x))),
    ],
  ]
  it.each(cases)("%s", (_name, lo, hi, f, reference) => {
    expect(rangeOf({ x: enc(range(lo, hi)) }, ({ x }) => f(x!))).toBe(tried(lo, hi, reference))
  })

  it("and computes what they give", () => {
    const program = compile({ x: enc(range(0, 9)) }, ({ x }) =>
      x
        .eq(5)
        .where(0, div(x, x.sub(5)))
        .trunc(),
    )
    for (let x = 0; x <= 9; x++) {
      const want = x === 5 ? 0 : Math.trunc(x / (x - 5)) + 0
      expect(program.evaluate({ x })).toBe(want)
      expect(program.simulate({ x })).toBe(want)
    }
  })

  it("also one that is computed of inputs", () => {
    const spec = { x: enc(range(-3, 9), [4]) }
    const root = (x: Tensor) => where(x.sum().lt(0), 0, x.sum().sqrt()).mul(10).round()
    expect(rangeOf(spec, ({ x }) => root(x!))).toBe("0..60")
  })

  it("of 65,537 values, too", () => {
    const { program } = trace("wide", { x: enc(range(0, 65_536)) }, ({ x }) =>
      x!.mul(0.001).tan().abs().add(1).log().mul(9).floor(),
    )
    const { lo, hi } = program.outputs.get("y")!.type
    const value = (x: number): number => Math.floor(Math.log(Math.abs(Math.tan(x * 0.001)) + 1) * 9)
    expect(`${lo}..${hi}`).toBe(tried(0, 65_536, value))
  })

  it("and constants that differ by element", () => {
    expect(rangeOf({ x: enc(uint(3), [3]) }, ({ x }) => x!.div([0.5, 1, 7]).floor())).toBe("0..14")
  })
})

describe("a real region of several integers is judged at the pairs that occur", () => {
  const two = { x: enc(range(0, 9)), y: enc(range(0, 9)) }

  it("a quotient where the divisor is not 0", () => {
    expect(rangeOf(two, ({ x, y }) => y!.eq(0).where(-1, x!.div(y!)).mul(3).round())).toBe("-3..27")
    expect(
      rangeOf(two, ({ x, y }) =>
        x!
          .eq(y!)
          .where(0, div(10, x!.sub(y!)))
          .round(),
      ),
    ).toBe("-10..10")
  })

  it("and is compiled so", () => {
    const program = compile(two, ({ x, y }) =>
      x
        .eq(y)
        .where(0, div(10, x.sub(y)))
        .trunc(),
    )
    for (const [x, y] of [
      [3, 3],
      [9, 2],
      [1, 8],
      [4, 5],
    ] as const)
      expect(program.simulate({ x, y })).toBe(x === y ? 0 : Math.trunc(10 / (x - y)) + 0)
  })
})

describe("a region that is not finite everywhere", () => {
  const x = { x: enc(range(-8, 7)) }

  it.each<[string, (x: Tensor) => Tensor]>([
    ["at x = 0 it is a division by zero\n", (x) => x.tan().reciprocal().round()],
    ["at x = 5 it is a division by zero\n", (x) => div(10, x.sub(5)).round()],
    ["at x = -8 it is the square root of -8\n", (x) => x.sqrt().round()],
    ["at x = 0 it is the logarithm of 0\n", (x) => x.abs().log().round()],
    ["at x = 0 it is a division by zero: 0 to a negative power\n", (x) => x.floatPower(-2).round()],
    [
      "at x = -8 it is a fractional power of -3, which is negative\n",
      (x) => x.clip(-3, 3).floatPower(0.5).round(),
    ],
    [
      "at x = 1 it is a number beyond the largest double, exp of 1000\n",
      (x) => x.clip(0, 7).mul(1000).exp().round(),
    ],
  ])("is refused naming the integer: %s", (message, f) => {
    const said = refusal(x, ({ x }) => f(x!))
    expect(said).toContain(message)
    expect(said).not.toMatch(/Infinity|NaN/)
  })

  it("names all integers of a pair", () => {
    const spec = { a: enc(uint(2)), b: enc(uint(2)) }
    expect(refusal(spec, ({ a, b }) => a!.div(b!).round())).toContain(
      "at a = 0, b = 0 it is a division by zero\n",
    )
  })

  it("says what it may divide by where there are too many pairs to try", () => {
    const said = refusal({ a: enc(uint(20)), b: enc(uint(4)) }, ({ a, b }) => a!.div(b!).round())
    expect(said).toContain("it divides by a value in 0..15, which may be 0\n")
    expect(said).not.toContain("Infinity")
  })
})
