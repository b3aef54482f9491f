// Intervals: never left, and reached by some input where they should be.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { enc, type Outputs, range, type Tensor, trace } from "../../src/frontend/index.ts"
import { evaluate } from "../../src/ir/index.ts"
import { flat, type Nested } from "./reference.ts"

interface Two {
  readonly x: Tensor
  readonly y: Tensor
}

/** Functions of two vectors of two elements; their interval must be the exact image of their inputs. */
const TIGHT: Readonly<Record<string, (two: Two) => Tensor>> = {
  add: ({ x, y }) => x.add(y),
  sub: ({ x, y }) => x.sub(y),
  "x - x": ({ x }) => x.sub(x),
  neg: ({ x }) => x.neg(),
  mul: ({ x, y }) => x.mul(y),
  square: ({ x }) => x.square(),
  "x * x": ({ x }) => x.mul(x),
  pow: ({ x }) => x.pow(3),
  abs: ({ x }) => x.abs(),
  sign: ({ x }) => x.sign(),
  relu: ({ x }) => x.relu(),
  clip: ({ x }) => x.clip(-2, 3),
  maximum: ({ x, y }) => x.maximum(y),
  minimum: ({ x, y }) => x.minimum(y),
  lt: ({ x, y }) => x.lt(y),
  where: ({ x, y }) => x.clip(0, 1).where(y, y.add(2)),
  mod: ({ x }) => x.mod(3),
  floorDiv: ({ x }) => x.floorDiv(-2),
  and: ({ x }) => x.and(5),
  shl: ({ x, y }) => x.shl(y.clip(0, 2)),
  shr: ({ x }) => x.shr(1),
  bits: ({ x }) => x.bits([0, 2]),
  sum: ({ x }) => x.sum(),
  matmul: ({ x }) =>
    x.matmul([
      [1, -2, 0],
      [3, 1, 0],
    ]),
  dot: ({ x, y }) => x.dot(y),
  cumsum: ({ x }) => x.cumsum(),
  diff: ({ x }) => x.diff(),
  max: ({ x }) => x.max(),
  min: ({ x }) => x.min(),
  argmax: ({ x, y }) => x.concat([y.mul(0)]).argmax(),
  sort: ({ x }) => x.sort(),
  prod: ({ x, y }) => x.concat([y.clip(0, 1)]).prod(),
  any: ({ x }) => x.any(),
  conv: ({ x }) => x.reshape([1, 1, 2]).conv1d([[[2, -1]]], { padding: 1, bias: [3] }),
  maxPool: ({ x }) => x.maxPool1d(2),
  mean: ({ x }) => x.mean().round(),
  roundBits: ({ x }) => x.roundBits(1),
  map2: ({ x, y }) => x.map2(y, (p, q) => p * p - q),
  triu: ({ x }) => x.reshape([2, 1]).tril(),
}

const vectors = (lo: number, hi: number): number[][] => {
  const result: number[][] = []
  for (let a = lo; a <= hi; a++) for (let b = lo; b <= hi; b++) result.push([a, b])
  return result
}

const interval = fc
  .tuple(fc.integer({ min: -4, max: 3 }), fc.nat(2))
  .map(([lo, width]) => [lo, lo + width] as const)

describe("the interval of a result", () => {
  it.each(Object.entries(TIGHT))("of %s is the image of its inputs", (name, fn) => {
    fc.assert(
      fc.property(interval, interval, ([a, b], [c, d]) => {
        const inputs = { x: enc(range(a, b), [2]), y: enc(range(c, d), [2]) }
        const { program } = trace("f", inputs, (two) => fn(two) as Outputs)
        const type = program.outputs.get("y")!.type
        const seen: number[] = []
        for (const x of vectors(a, b))
          for (const y of vectors(c, d)) seen.push(...flat(evaluate(program, { x, y })["y"] as Nested))
        const [least, most] = [seen.reduce((p, q) => Math.min(p, q)), seen.reduce((p, q) => Math.max(p, q))]
        expect(Number(type.lo)).toBeLessThanOrEqual(least)
        expect(Number(type.hi)).toBeGreaterThanOrEqual(most)
        if (!LOOSE.has(name)) expect([Number(type.lo), Number(type.hi)]).toEqual([least, most])
      }),
      { numRuns: 12 },
    )
  })
})

/** Whose parts move together, which intervals do not see, or where a place cannot win for its range. */
const LOOSE = new Set(["where", "argmax", "any", "prod"])

describe("elements have intervals of their own", () => {
  const eachOf = (fn: (x: Tensor) => Tensor): unknown => {
    const { program } = trace("f", { x: enc(range(-1, 3), [2, 2]) }, ({ x }) => fn(x))
    const { type } = program.outputs.get("y")!
    if (type.kind !== "int" || type.each === undefined) return "all alike"
    return [Array.from(type.each.lo, Number), Array.from(type.each.hi, Number)]
  }

  it("after matrices, by row and by column", () => {
    expect(
      eachOf((x) =>
        x.matmul([
          [1, -2],
          [3, 0],
        ]),
      ),
    ).toEqual([
      [-4, -6, -4, -6],
      [12, 2, 12, 2],
    ])
    expect(
      eachOf((x) =>
        x.add([
          [0, 10],
          [20, 30],
        ]),
      ),
    ).toEqual([
      [-1, 9, 19, 29],
      [3, 13, 23, 33],
    ])
  })

  it("after padding, convolutions, triangles and parts that are set", () => {
    expect(eachOf((x) => x.add(5).at(0).pad([1, 0]))).toEqual([
      [0, 4, 4],
      [0, 8, 8],
    ])
    expect(eachOf((x) => x.tril())).toEqual([
      [-1, 0, -1, -1],
      [3, 0, 3, 3],
    ])
    expect(eachOf((x) => x.set([0, 1], 7))).toEqual([
      [-1, 7, -1, -1],
      [3, 7, 3, 3],
    ])
    expect(eachOf((x) => x.reshape([1, 1, 4]).conv1d([[[1, 1]]], { padding: [1, 0] }))).toEqual([
      [-1, -2, -2, -2],
      [3, 6, 6, 6],
    ])
  })
})
