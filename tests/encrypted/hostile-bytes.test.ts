import { join } from "node:path"
import { expect, test } from "vitest"
import { fuzzLoaders } from "../support/fuzz-loaders.ts"
import { makeLoaders } from "../support/loaders.ts"

test("altered bytes are refused in words, or are what somebody might have sent, by everything that reads them", async () => {
  using made = await makeLoaders(join(import.meta.dirname, "../models"))
  const { tallies, found } = await fuzzLoaders(made, 2500, 5, 10_000)
  expect(found).toBeUndefined()
  const all = [...tallies.values()]
  const reached = all.reduce((sum, { reachedSeal }) => sum + reachedSeal, 0)
  const accepted = all.reduce((sum, { accepted }) => sum + accepted, 0)
  expect(all.every(({ blobs }) => blobs > 0)).toBe(true)
  // Enough of them come through all checks, and most do not.
  expect(reached).toBeGreaterThan(20)
  expect(accepted).toBeLessThan(600)
}, 120_000)
