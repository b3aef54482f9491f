import { expect, test } from "vitest"
import { Scope } from "../../src/runtime/seal/scope.ts"

const thing = () => {
  const state = { deleted: 0, delete: () => state.deleted++ }
  return state
}

test("what a scope owns is freed once, early or at its end, and counted", () => {
  const census = { live: 0 }
  const [early, late] = [thing(), thing()]
  {
    using scope = new Scope(census)
    scope.own(early)
    scope.own(late)
    expect(census.live).toBe(2)
    scope.free(early)
    scope.free(early)
    expect([early.deleted, late.deleted, census.live]).toEqual([1, 0, 1])
  }
  expect([early.deleted, late.deleted, census.live]).toEqual([1, 1, 0])
})

test("a scope frees when the code in it throws, and leaves what it does not own", () => {
  const census = { live: 0 }
  const [mine, other] = [thing(), thing()]
  expect(() => {
    using scope = new Scope(census)
    scope.own(mine)
    scope.free(other)
    throw new Error("half way")
  }).toThrow("half way")
  expect([mine.deleted, other.deleted, census.live]).toEqual([1, 0, 0])
})
