import { expect, test } from "vitest"
import type { Circuit } from "../../src/backend/index.ts"
import { CircuitCache } from "../../src/runtime/server/circuit-cache.ts"

const circuitOf = (instructions: number): Circuit =>
  ({ instructions: Array.from({ length: instructions }) }) as unknown as Circuit

test("circuits that were used longest ago go when all have too many instructions", () => {
  const cache = new CircuitCache<string>(10)
  const made: string[] = []
  const get = (key: string, size: number): Circuit =>
    cache.get(key, () => {
      made.push(key)
      return circuitOf(size)
    })
  get("a", 4)
  get("b", 4)
  expect(get("a", 4)).toBe(get("a", 4))
  get("c", 4)
  expect(["a", "b", "c"].filter((key) => cache.has(key))).toEqual(["a", "c"])
  get("b", 4)
  expect(made).toEqual(["a", "b", "c", "b"])
  get("large", 100)
  expect(["a", "b", "c", "large"].filter((key) => cache.has(key))).toEqual(["large"])
  get("a", 4)
  expect(["large", "a"].filter((key) => cache.has(key))).toEqual(["a"])
})
