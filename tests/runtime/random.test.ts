import { expect, test, vi } from "vitest"
import { uniformResidues } from "../../src/runtime/seal/random.ts"

test("residues are below t, reach both ends, and are even", () => {
  const counts = new Array<number>(5).fill(0)
  for (const value of uniformResidues(50_000, 5n)) counts[Number(value)]!++
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(6 * Math.sqrt(50_000 * 0.16))
})

test("a field of 60 bits is filled", () => {
  const t = 2n ** 60n - 93n
  const values = uniformResidues(1000, t)
  expect(values.every((value) => value < t)).toBe(true)
  expect(values.some((value) => value > 2n ** 59n)).toBe(true)
  expect(new Set(values).size).toBe(1000)
})

test("the platform is asked for at most 65,536 bytes at once, as it allows", () => {
  const ask = vi.spyOn(crypto, "getRandomValues")
  uniformResidues(32_768, 65537n)
  expect(ask.mock.calls.length).toBeGreaterThan(4)
  for (const [array] of ask.mock.calls) expect(array!.byteLength).toBeLessThanOrEqual(65_536)
  ask.mockRestore()
})
