import { describe, expect, it } from "vitest"
import * as frontend from "../../src/frontend/index.ts"
import { enc, int, range, type Tensor, trace, uint, where } from "../../src/frontend/index.ts"
import { printType } from "../../src/ir/index.ts"
import { atEach, atEachPair, expectedPairs, integers, run } from "./support.ts"

const A = [-4, 5] as const
const B = [-2, 3] as const

const rint = (x: number): number => {
  const below = Math.floor(x)
  if (x - below < 0.5) return below
  if (x - below > 0.5) return below + 1
  return below % 2 === 0 ? below : below + 1
}
const pymod = (x: number, y: number): number => x - y * Math.floor(x / y)

describe("two operands", () => {
  it.each<[string, (x: Tensor, y: Tensor) => Tensor, (x: number, y: number) => number]>([
    ["add", (x, y) => x.add(y), (x, y) => x + y],
    ["sub", (x, y) => x.sub(y), (x, y) => x - y],
    ["mul", (x, y) => x.mul(y), (x, y) => x * y],
    ["maximum", (x, y) => x.maximum(y), Math.max],
    ["minimum", (x, y) => x.minimum(y), Math.min],
    ["lt", (x, y) => x.lt(y), (x, y) => Number(x < y)],
    ["le", (x, y) => x.le(y), (x, y) => Number(x <= y)],
    ["gt", (x, y) => x.gt(y), (x, y) => Number(x > y)],
    ["ge", (x, y) => x.ge(y), (x, y) => Number(x >= y)],
    ["eq", (x, y) => x.eq(y), (x, y) => Number(x === y)],
    ["ne", (x, y) => x.ne(y), (x, y) => Number(x !== y)],
    ["where", (x, y) => where(x.gt(y), x, y.mul(2)), (x, y) => (x > y ? x : 2 * y)],
    ["clip", (x, y) => x.clip(y, y.add(2)), (x, y) => Math.min(Math.max(x, y), y + 2)],
    ["map2", (x, y) => x.map2(y, (p, q) => p * p - q), (x, y) => x * x - y],
    ["div", (x, y) => x.div(y.add(3)).mul(10).floor(), (x, y) => Math.floor((x / (y + 3)) * 10)],
    ["real + int", (x, y) => x.mul(0.5).add(y).floor(), (x, y) => Math.floor(x * 0.5 + y)],
    ["real - int", (x, y) => x.mul(0.5).sub(y).ceil(), (x, y) => Math.ceil(x * 0.5 - y)],
    ["int * real", (x, y) => x.mul(y.div(4)).toInt(), (x, y) => Math.trunc((x * y) / 4)],
    ["real < int", (x, y) => x.div(2).lt(y), (x, y) => Number(x / 2 < y)],
    ["real maximum", (x, y) => x.div(2).maximum(y).round(), (x, y) => rint(Math.max(x / 2, y))],
    ["real where", (x, y) => where(x.lt(0), x.div(4), y).round(), (x, y) => rint(x < 0 ? x / 4 : y)],
  ])("%s agrees with plain JavaScript at every pair", (_name, traced, plain) => {
    expect(atEachPair(A, B, traced)).toEqual(expectedPairs(A, B, plain))
  })
})

describe("one operand", () => {
  it.each<[string, (x: Tensor) => Tensor, (x: number) => number]>([
    ["neg", (x) => x.neg(), (x) => -x],
    ["square", (x) => x.square(), (x) => x * x],
    ["abs", (x) => x.abs(), Math.abs],
    ["sign", (x) => x.sign(), Math.sign],
    ["relu", (x) => x.relu(), (x) => Math.max(x, 0)],
    ["clip", (x) => x.clip(-2, 3), (x) => Math.min(Math.max(x, -2), 3)],
    ["clip with crossed bounds", (x) => x.clip(4, 1), () => 1],
    ["maximum with a number", (x) => x.maximum(-1), (x) => Math.max(x, -1)],
    ["minimum of a number first", (x) => frontend.minimum(2n, x), (x) => Math.min(x, 2)],
    ["a number minus x", (x) => frontend.sub(10, x), (x) => 10 - x],
    ["a number below x", (x) => frontend.lt(-1, x), (x) => Number(x > -1)],
    ["x equal to a number", (x) => x.eq(3), (x) => Number(x === 3)],
    ["x below a fraction", (x) => x.lt(2.5), (x) => Number(x < 2.5)],
    ["floorDiv", (x) => x.floorDiv(3), (x) => Math.floor(x / 3)],
    ["floorDiv by a negative", (x) => x.floorDiv(-4), (x) => Math.floor(x / -4)],
    ["mod", (x) => x.mod(3), (x) => pymod(x, 3)],
    ["mod by a negative", (x) => x.mod(-4), (x) => pymod(x, -4)],
    ["pow", (x) => x.pow(3), (x) => x ** 3],
    ["a power of a number", (x) => frontend.pow(2, x).mul(1000).floor(), (x) => Math.floor(2 ** x * 1000)],
    ["a power of a negative number", (x) => frontend.pow(-2, x.abs()), (x) => (-2) ** Math.abs(x)],
    ["mul by a fraction", (x) => x.mul(-0.25).round(), (x) => rint(x * -0.25)],
    ["sub of a fraction", (x) => x.sub(0.5).trunc(), (x) => Math.trunc(x - 0.5)],
    ["real neg, abs and relu", (x) => x.div(2).neg().abs().relu().ceil(), (x) => Math.ceil(Math.abs(x / 2))],
    ["real square", (x) => x.div(3).square().floor(), (x) => Math.floor((x / 3) * (x / 3))],
    ["round", (x) => x.div(2).round(), (x) => rint(x / 2)],
    ["floor", (x) => x.div(4).floor(), (x) => Math.floor(x / 4)],
    ["ceil", (x) => x.div(4).ceil(), (x) => Math.ceil(x / 4)],
    ["trunc", (x) => x.div(4).trunc(), (x) => Math.trunc(x / 4)],
    ["toInt", (x) => x.div(4).toInt(), (x) => Math.trunc(x / 4)],
    ["map of a function", (x) => x.map((v) => v * v * v - 2), (x) => x ** 3 - 2],
    ["map of a predicate", (x) => x.map((v) => v % 2 === 0), (x) => Number(x % 2 === 0)],
    [
      "map of a text",
      (x) => x.map("round(x / 2) + abs(x)"),
      (x) => Math.sign(x) * Math.round(Math.abs(x) / 2) + Math.abs(x),
    ],
    ["map2 with a number", (x) => x.map2(3, (v, w) => v * w), (x) => 3 * x],
    ["map2 of a number first", (x) => frontend.map2(3, x, (v, w) => v - w), (x) => 3 - x],
    ["lookup with an offset", (x) => x.lookup(integers(100, 120), { offset: -8 }), (x) => x + 108],
  ])("%s agrees with plain JavaScript at every value", (_name, traced, plain) => {
    expect(atEach(-8, 7, traced)).toEqual(integers(-8, 7).map((x) => plain(x) + 0))
  })
})

describe("constant tensors", () => {
  it.each<[string, (x: Tensor) => Tensor, (x: number, c: number) => number]>([
    ["add", (x) => x.add([1, -2, 3]), (x, c) => x + c],
    ["maximum", (x) => x.maximum([1, -2, 3]), Math.max],
    ["minimum", (x) => x.minimum([1, -2, 3]), Math.min],
    ["lt", (x) => x.lt([1, -2, 3]), (x, c) => Number(x < c)],
    ["eq", (x) => frontend.eq([1, -2, 3], x), (x, c) => Number(x === c)],
    ["div", (x) => x.div([1, -2, 3]).mul(6).round(), (x, c) => rint((x / c) * 6)],
    ["floorDiv", (x) => x.floorDiv([1, -2, 3]), (x, c) => Math.floor(x / c)],
    ["mod", (x) => x.mod([1, -2, 3]), pymod],
    [
      "clip",
      (x) => x.clip([-1, -2, 0], [1, 0, 3]),
      (x, c) =>
        c === 1
          ? Math.min(Math.max(x, -1), 1)
          : c < 0
            ? Math.min(Math.max(x, -2), 0)
            : Math.min(Math.max(x, 0), 3),
    ],
  ])("%s applies each of them", (_name, traced, plain) => {
    for (const x of integers(-3, 3)) {
      const values = { x: [x, x, x] }
      expect(run({ x: enc(range(-3, 3), [3]) }, ({ x }) => traced(x), values)).toEqual(
        [1, -2, 3].map((c) => plain(x, c) + 0),
      )
    }
  })
})

describe("real functions", () => {
  const reference: Record<string, (x: number) => number> = {
    ...Object.fromEntries(
      "sqrt cbrt exp expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh"
        .split(" ")
        .map((name) => [name, Reflect.get(Math, name)]),
    ),
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  }
  const domains: Record<string, [number, number]> = {
    sqrt: [0, 4],
    log: [1, 4],
    log2: [1, 4],
    log10: [1, 4],
    log1p: [0, 4],
    asin: [-4, 4],
    acos: [-4, 4],
    acosh: [4, 16],
    atanh: [-3, 3],
  }
  it.each(Object.keys(reference))("%s agrees with Math at every value, scaled and rounded", (name) => {
    const [lo, hi] = domains[name] ?? [-6, 6]
    const method = name as "sqrt"
    const plain = (x: number) => Math.floor(reference[name]!(x / 4) * 100 + 0.123)
    const valid = (x: number) => reference[name]!(x / 4)
    const traced = (x: Tensor) => x.div(4)[method]().mul(100).add(0.123).floor()
    expect(integers(lo, hi).map(valid)).not.toContain(Number.NaN)
    expect(atEach(lo, hi, traced)).toEqual(integers(lo, hi).map((x) => plain(x) + 0))
  })
})

describe("types", () => {
  const typeOf = (fn: (inputs: { x: Tensor; y: Tensor }) => Tensor): string => {
    const { program } = trace("f", { x: enc(uint(4), [2]), y: enc(int(3), [2]) }, fn)
    return printType(program.outputs.get("y")!.type)
  }

  it("maximum, minimum and where have the true interval", () => {
    expect(typeOf(({ x, y }) => x.maximum(y))).toBe("enc 0..15[2]")
    expect(typeOf(({ x, y }) => x.minimum(y))).toBe("enc -4..3[2]")
    expect(typeOf(({ x, y }) => where(x.gt(3), x, y))).toBe("enc -4..15[2]")
    expect(typeOf(({ x }) => x.maximum(7))).toBe("enc 7..15[2]")
  })

  it("relu, abs, sign, clip and comparisons are bounded exactly", () => {
    expect(typeOf(({ y }) => y.relu())).toBe("enc 0..3[2]")
    expect(typeOf(({ y }) => y.abs())).toBe("enc 0..4[2]")
    expect(typeOf(({ y }) => y.sign())).toBe("enc -1..1[2]")
    expect(typeOf(({ x }) => x.clip(-5, 9))).toBe("enc 0..9[2]")
    expect(typeOf(({ x, y }) => x.lt(y))).toBe("enc 0..1[2]")
  })

  it("the index of map2 uses exactly the pairs that there are", () => {
    const { program } = trace("f", { x: enc(uint(4)), y: enc(int(3)) }, ({ x, y }) =>
      x.map2(y, (a, b) => a + b),
    )
    const table = program.outputs.get("y")!
    expect(printType(table.operands[0]!.type)).toBe("enc 0..127")
    expect(printType(table.type)).toBe("enc -4..18")
  })

  it("assume narrows one end or both", () => {
    expect(typeOf(({ x }) => x.assume(2, 9))).toBe("enc 2..9[2]")
    expect(typeOf(({ x }) => x.assume(-3, 9n))).toBe("enc 0..9[2]")
    expect(typeOf(({ x }) => x.assume(0, 15))).toBe("enc 0..15[2]")
  })

  it("rounding an integer is the identity", () => {
    trace("f", { x: enc(uint(4)) }, ({ x }) => {
      for (const same of [x.round(), x.floor(), x.ceil(), x.trunc(), x.toInt()])
        expect(same.node).toBe(x.node)
      return x
    })
  })

  it("comparisons are exact beyond 2^53", () => {
    const big = 2n ** 62n
    const inputs = { x: enc(uint(64), [3]) }
    const values = { x: [big, big + 1n, big - 1n] }
    expect(run(inputs, ({ x }) => x.eq(big), values)).toEqual([1, 0, 0])
    expect(run(inputs, ({ x }) => x.lt(big + 1n), values)).toEqual([1, 0, 1])
    expect(run(inputs, ({ x }) => x.gt(7), values)).toEqual([1, 1, 1])
  })
})
