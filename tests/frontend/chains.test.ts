import { describe, expect, it } from "vitest"
import { trace } from "../../src/frontend/index.ts"
import { compile, enc, range, type Tensor, uint, where } from "../../src/index.ts"
import { evaluate } from "../../src/ir/index.ts"
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
]

const smallest: [string, Step][] = [
  ["minimum", (m, next) => m.minimum(next)],
  ["where a < b", (m, next) => where(m.lt(next), m, next)],
  ["where a > b", (m, next) => where(m.gt(next), next, m)],
]

/** Numbers in -3..4 that look drawn. */
const numbers = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, i) => ((i * 37 + seed * 11 + ((i * seed) % 5)) % 8) - 3)

describe.each([
  ["largest", largest, Math.max],
  ["smallest", smallest, Math.min],
] as const)("the %s of a chain", (_name, steps, extreme) => {
  it.each(steps)("by %s is found at one depth", (_step, step) => {
    const depths = [7, 12].map((count) => depthOf(runPasses(programOf(count, step), defaultTarget)))
    const built = trace("built", { n: enc(range(-3, 4), [7]) }, ({ n }) =>
      extreme === Math.max ? n!.max() : n!.min(),
    ).program
    expect(depths[0]).toBeLessThanOrEqual(depthOf(runPasses(built, defaultTarget)))
    expect(depths[1]).toBeLessThanOrEqual(depths[0]! + 2)
  })

  it.each(steps)("by %s is exact", (_step, step) => {
    for (const count of [2, 3, 7, 16, 17, 33]) {
      const program = programOf(count, step)
      for (let seed = 0; seed < 6; seed++) {
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

it("a chain of 300 values and chains that are used in between are exact", () => {
  const program = programOf(300, (m, next) => m.maximum(next), range(0, 400))
  const n = Array.from({ length: 300 }, (_, i) => (i === 170 ? 399 : i))
  expect(evaluate(program, { n })).toEqual({ y: 399 })
  const both = trace("both", { n: enc(uint(3), [4]) }, ({ n }) => {
    const two = n!.at(0).maximum(n!.at(1))
    const three = two.minimum(n!.at(2))
    return { two, three, four: three.maximum(n!.at(3)).maximum(two) }
  }).program
  expect(evaluate(both, { n: [2, 5, 4, 1] })).toEqual({ two: 5, three: 4, four: 5 })
})

it("a choice by a comparison is no unused comparison", () => {
  const compiled = compile({ a: enc(uint(3)), b: enc(uint(3)) }, ({ a, b }) => where(a.gt(b), a, b))
  expect(compiled.warnings).toEqual([])
  for (const { a, b } of [
    { a: 3, b: 5 },
    { a: 5, b: 3 },
    { a: 4, b: 4 },
  ]) {
    expect(compiled.simulate({ a, b })).toBe(Math.max(a, b))
  }
})
