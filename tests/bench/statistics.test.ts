import { expect, test } from "vitest"
import { seeded } from "../../bench/random.ts"
import { median, medianTime } from "../../bench/statistics.ts"

test("the median of an odd count is the middle value", () => {
  expect(median([9, 1, 5])).toBe(5)
})

test("the median of an even count is the mean of the middle two", () => {
  expect(median([10, 1, 2, 4])).toBe(3)
})

test("no values have no median", () => {
  expect(() => median([])).toThrow(RangeError)
})

test("the first call is not timed", () => {
  let calls = 0
  medianTime(() => {
    calls++
  }, 4)
  expect(calls).toBe(5)
})

test("a seed always gives the same numbers, inside their range", () => {
  const numbers = seeded(7).integers(1000, -2, 2)
  expect(seeded(7).integers(1000, -2, 2)).toEqual(numbers)
  expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2])
})
