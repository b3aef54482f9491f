import { describe, expect, it } from "vitest"
import type { IntTensor } from "../../src/frontend/core/operands.ts"
import { trace } from "../../src/frontend/index.ts"
import { compile, enc, range, type Tensor, uint } from "../../src/index.ts"
import { evaluate, type Program } from "../../src/ir/index.ts"
import { sub, where } from "../../src/numpy.ts"
import { defaultTarget, depthOf, runPasses } from "../../src/passes/index.ts"

type Step = (m: Tensor, next: Tensor) => Tensor

const chainOf =
  (step: Step) =>
  ({ n }: { n: Tensor }): Tensor => {
    let m = n.at(0)
    for (let i = 1; i < n.size; i++) m = step(m, n.at(i))
    return m
  }

const programOf = (count: number, step: Step, spec = range(-3, 4)) =>
  trace("chain", { n: enc(spec, [count]) }, chainOf(step) as never).program

const largest: [string, Step][] = [
  ["maximum", (m, next) => m.maximum(next)],
  ["maximum with the chain second", (m, next) => next.maximum(m)],
  ["where a > b", (m, next) => where(m.gt(next), m, next)],
  ["where a >= b", (m, next) => where(m.ge(next), m, next)],
  ["where b < a", (m, next) => where(next.lt(m), m, next)],
  ["where a < b", (m, next) => where(m.lt(next), next, m)],
  ["half of a sum and a distance", (m, next) => m.add(next).add(m.sub(next).abs()).floorDiv(2)],
  ["half of a distance and a sum", (m, next) => next.sub(m).abs().add(next).add(m).shr(1)],
  ["a real half", (m, next) => m.add(m.sub(next).abs()).add(next).div(2).round()],
  [
    "half with max(d, -d)",
    (m, next) =>
      m
        .add(next)
        .add(m.sub(next).maximum(next.sub(m)))
        .floorDiv(2),
  ],
  [
    "half with a chosen distance",
    (m, next) =>
      m
        .add(next)
        .add(where(m.gt(next), m.sub(next), next.sub(m)))
        .shr(1),
  ],
  ["a step of relu", (m, next) => m.add(next.sub(m).relu())],
  ["a step back", (m, next) => m.sub(m.sub(next).minimum(0))],
  ["a step that a comparison takes", (m, next) => next.add(m.gt(next).mul(m.sub(next)))],
  ["two comparisons", (m, next) => m.gt(next).mul(m).add(m.le(next).mul(next))],
  ["a comparison and its opposite", (m, next) => next.mul(sub(1, m.ge(next))).add(m.mul(m.ge(next)))],
]

const smallest: [string, Step][] = [
  ["minimum", (m, next) => m.minimum(next)],
  ["where a < b", (m, next) => where(m.lt(next), m, next)],
  ["where a > b", (m, next) => where(m.gt(next), next, m)],
  ["half of a sum less a distance", (m, next) => m.add(next).sub(m.sub(next).abs()).floorDiv(2)],
  [
    "half with min(d, -d)",
    (m, next) =>
      m
        .add(next)
        .add(m.sub(next).minimum(next.sub(m)))
        .shr(1),
  ],
  ["a step of relu", (m, next) => m.sub(m.sub(next).relu())],
  ["a step that a comparison takes", (m, next) => m.sub(next.lt(m).mul(m.sub(next)))],
  [
    "two comparisons",
    (m, next) =>
      m
        .lt(next)
        .mul(m)
        .add(next.mul(next.le(m))),
  ],
]

/** Numbers in -3..4 that look drawn. */
const numbers = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, i) => ((i * 37 + seed * 11 + ((i * seed) % 5)) % 8) - 3)

const depth = (program: Program): number => depthOf(runPasses(program, defaultTarget))
const builtDepth = depth(trace("built", { n: enc(range(-3, 4), [5]) }, ({ n }) => n!.max()).program)

describe.each([
  ["largest", largest, Math.max],
  ["smallest", smallest, Math.min],
] as const)("the %s of a chain", (_name, steps, extreme) => {
  it.each(steps)("by %s is found at the depth of max", (_step, step) => {
    expect(depth(programOf(5, step))).toBe(builtDepth)
  })

  it.each(steps)("by %s is exact", (_step, step) => {
    for (const count of step === steps[0]![1] ? [2, 3, 18] : [2, 4]) {
      const program = programOf(count, step)
      for (let seed = 0; seed < 4; seed++) {
        const n = numbers(count, seed)
        expect(evaluate(program, { n })).toEqual({ y: extreme(...n) })
      }
      const { lo, hi } = program.outputs.get("y")!.type
      expect([lo, hi]).toEqual([-3n, 4n])
    }
  })

  it.each(steps)("by %s of bits is exact", (_step, step) => {
    const program = programOf(3, step, range(0, 1))
    for (let i = 0; i < 8; i++) {
      const n = [i & 1, (i >> 1) & 1, i >> 2]
      expect(evaluate(program, { n })).toEqual({ y: extreme(...n) })
    }
  })
})

it("seven values are compared at 8 levels", () => {
  expect(depth(programOf(7, largest[0]![1]))).toBe(8)
})

describe("what looks like an extreme and is none means what it says", () => {
  const bit = (condition: boolean): number => (condition ? 1 : 0)
  it.each<[string, (a: Tensor, b: Tensor, c: Tensor) => Tensor, (a: number, b: number, c: number) => number]>(
    [
      [
        "another distance",
        (a, b, c) => a.add(b).add(a.sub(c).abs()).floorDiv(2),
        (a, b, c) => Math.floor((a + b + Math.abs(a - c)) / 2),
      ],
      [
        "a distance twice",
        (a, b) => a.add(b).add(a.sub(b).abs().mul(2)).floorDiv(2),
        (a, b) => Math.floor((a + b + 2 * Math.abs(a - b)) / 2),
      ],
      [
        "a third term",
        (a, b, c) => a.add(b).add(a.sub(b).abs()).add(c).floorDiv(2),
        (a, b, c) => Math.floor((a + b + Math.abs(a - b) + c) / 2),
      ],
      [
        "another divisor",
        (a, b) => a.add(b).add(a.sub(b).abs()).floorDiv(3),
        (a, b) => Math.floor((a + b + Math.abs(a - b)) / 3),
      ],
      ["another step", (a, b, c) => a.add(b.sub(c).relu()), (a, b, c) => a + Math.max(b - c, 0)],
      ["a step too far", (a, b) => a.add(a.sub(b).relu()), (a, b) => a + Math.max(a - b, 0)],
      ["a step back too far", (a, b) => a.sub(b.sub(a).relu()), (a, b) => a - Math.max(b - a, 0)],
      [
        "two comparisons that both hold for equal values",
        (a, b) => a.ge(b).mul(a).add(a.le(b).mul(b)),
        (a, b) => bit(a >= b) * a + bit(a <= b) * b,
      ],
      [
        "two comparisons that neither hold for equal values",
        (a, b) => a.gt(b).mul(a).add(a.lt(b).mul(b)),
        (a, b) => bit(a > b) * a + bit(a < b) * b,
      ],
      [
        "two comparisons that take the other value",
        (a, b) => a.gt(b).mul(b).add(a.le(b).mul(a)),
        (a, b) => bit(a > b) * b + bit(a <= b) * a,
      ],
      [
        "a comparison of others",
        (a, b, c) => a.gt(c).mul(a).add(a.le(c).mul(b)),
        (a, b, c) => bit(a > c) * a + bit(a <= c) * b,
      ],
      ["equal or not", (a, b) => a.eq(b).mul(a).add(a.ne(b).mul(b)), (_a, b) => b],
    ],
  )("%s", (_name, fn, plain) => {
    const spec = enc(range(-2, 2))
    const { program } = trace("close", { a: spec, b: spec, c: spec }, ({ a, b, c }) => fn(a!, b!, c!))
    for (let i = 0; i < 125; i++) {
      const [a, b, c] = [(i % 5) - 2, (Math.floor(i / 5) % 5) - 2, Math.floor(i / 25) - 2] as const
      expect(evaluate(program, { a, b, c })).toEqual({ y: plain(a, b, c) + 0 })
    }
  })
})

it("a chain of more values than are compared at a time, and one of 256, are exact", () => {
  const program = programOf(34, (m, next) => m.maximum(next), range(0, 400))
  const n = Array.from({ length: 34 }, (_, i) => (i === 17 ? 399 : i))
  expect(evaluate(program, { n })).toEqual({ y: 399 })
  const { program: longest } = trace("longest", { n: enc(range(0, 400), [32]) }, ({ n }) => {
    const values = Array.from({ length: 31 }, (_, i) => n!.at(i) as IntTensor)
    const known = n!.slice([0, 31]).max()
    known.builder.chains.set(known.node, {
      by: "maximum",
      full: values.slice(0, 15),
      open: values.slice(15),
    })
    return known.maximum(n!.at(31)).maximum(n!.at(0))
  })
  expect(evaluate(longest, { n: n.slice(0, 32) })).toEqual({ y: 399 })
  expect(evaluate(longest, { n: [...n.slice(0, 31), 400] })).toEqual({ y: 400 })
})

it("chains that are used in between are exact", () => {
  const both = trace("both", { n: enc(uint(3), [4]) }, ({ n }) => {
    const two = n!.at(0).maximum(n!.at(1))
    const three = two.minimum(n!.at(2))
    return { two, three, four: three.maximum(n!.at(3)).maximum(two) }
  }).program
  expect(evaluate(both, { n: [2, 5, 4, 1] })).toEqual({ two: 5, three: 4, four: 5 })
})

it("values beyond what tables are made of are chosen all the same", () => {
  const wide = enc(range(-(2n ** 58n), 2n ** 58n))
  const fns: ((a: Tensor, b: Tensor) => Tensor)[] = [
    (a, b) => where(a.gt(b), a, b),
    (a, b) => b.add(a.gt(b).mul(a.sub(b))),
    (a) => where(a.gt(0), a, a.neg()),
  ]
  for (const fn of fns) {
    const { program } = trace("wide", { a: wide, b: wide }, ({ a, b }) => fn(a!, b!))
    expect(evaluate(program, { a: 2n ** 57n, b: 2n ** 57n - 1n })).toEqual({ y: 2n ** 57n })
  }
})

it("where(d > 0, d, -d) is a distance", () => {
  const values = { a: enc(range(-3, 4)), b: enc(range(-3, 4)) }
  const { program } = trace("distance", values, ({ a, b }) => where(a.gt(b), a.sub(b), b.sub(a)))
  expect(program.outputs.get("y")).toMatchObject({ op: "apply", attrs: { expr: { text: "abs(x)" } } })
})

it.each<[string, (a: Tensor, b: Tensor) => Tensor]>([
  ["where", (a, b) => where(a.gt(b), a, b)],
  ["a product", (a, b) => b.add(a.gt(b).mul(a.sub(b)))],
  ["two products", (a, b) => a.mul(a.gt(b)).add(b.mul(sub(1, a.gt(b))))],
])("a choice by a comparison, %s, is no unused comparison", (_name, fn) => {
  const compiled = compile({ a: enc(uint(3)), b: enc(uint(3)) }, ({ a, b }) => fn(a, b))
  expect(compiled.warnings).toEqual([])
  for (const { a, b } of [
    { a: 3, b: 5 },
    { a: 5, b: 3 },
    { a: 4, b: 4 },
  ]) {
    expect(compiled.simulate({ a, b })).toBe(Math.max(a, b))
  }
})
