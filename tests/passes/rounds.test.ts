import { expect, test } from "vitest"
import { enc, type Tensor, trace, uint } from "../../src/frontend/index.ts"
import { nodesOf } from "../../src/ir/index.ts"
import { cutRounds, defaultTarget, depthOf, refreshPlans, runPasses } from "../../src/passes/index.ts"

const TABLE = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9]

const optimized = (fn: (inputs: { x: Tensor; y: Tensor }) => Tensor, bits = 3) => {
  const inputs = { x: enc(uint(bits), [4]), y: enc(uint(bits), [4]) }
  return runPasses(trace("main", inputs, fn as never).program, { ...defaultTarget, maxDepth: Infinity })
}

test("equal tables of two rounds are not joined: the earlier would have to wait", () => {
  const program = optimized(({ x, y }) => {
    const early = x.add(x.roll(1)).lookup(TABLE)
    const late = y.refresh().add(y.roll(1)).lookup(TABLE)
    return early.refresh().mul(early).add(late)
  })
  expect(cutRounds(program).length).toBe(2)
})

test("a value and its refreshed self are one value on the way", () => {
  const program = optimized(({ x, y }) => {
    const z = x.mul(y)
    return z.refresh().mul(z).refresh().mul(z)
  })
  const segments = cutRounds(program)
  expect(segments.map(({ sent }) => sent.size)).toEqual([1, 2, 0])
  expect(segments.map(({ received }) => received.size)).toEqual([0, 1, 2])
})

test("what a later round does not need is not sent on", () => {
  const program = optimized(({ x, y }) => x.mul(y).refresh().mul(3).add(1).refresh())
  expect(cutRounds(program).map(({ sent }) => [...sent])).toEqual([["refreshed0"], ["refreshed0"], []])
})

test("plans cut where a program is narrow", () => {
  const program = optimized(({ x, y }) => {
    const one = x.mul(y).sum()
    const four = one.mul(one).mul([1, 2, 3, 4])
    const wide = four.mul(four)
    return wide.mul(wide).add(four)
  }, 1)
  expect(depthOf(program)).toBe(4)
  const [first] = refreshPlans(program)
  const [head, ...rest] = cutRounds(first!)
  expect(rest.length).toBe(1)
  expect(depthOf(first!)).toBe(3)
  expect([...head!.program.outputs.values()].map(({ type }) => type.shape)).toEqual([[1]])
})

test("a program of one level has nothing to cut", () => {
  const program = optimized(({ x, y }) => x.mul(y))
  expect(refreshPlans(program)).toEqual([])
  expect(nodesOf(cutRounds(program)[0]!.program)).toEqual(nodesOf(program))
})
