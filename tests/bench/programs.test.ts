import { expect, test } from "vitest"
import { interpolate } from "../../bench/hand-written/interpolate.ts"
import { failureText } from "../../bench/measure.ts"
import { classOfLeaf, forest, missesOfLeaves } from "../../bench/workloads/forest.ts"
import { workloads } from "../../bench/workloads.ts"

test("every workload has a name of its own", () => {
  expect(new Set(workloads.map(({ name }) => name)).size).toBe(workloads.length)
})

test.each(workloads.map((workload) => [workload.name, workload] as const))(
  "the plain loops of %s give a result for its samples",
  (_name, workload) => {
    expect([workload.expected(workload.sample(0))].flat()).not.toContain(undefined)
  },
)

test("the trees of the forest vote once each", () => {
  const votes = forest.expected(forest.sample(0)) as number[]
  expect(votes.reduce((a, b) => a + b)).toBe(64)
})

test("each tree has one leaf that no answer speaks against, and those leaves give the votes", () => {
  const { bits } = forest.sample(0) as { bits: number[] }
  const { weights, constants } = missesOfLeaves()
  const misses = constants.map((constant, leaf) =>
    bits.reduce((sum, bit, i) => sum + bit * weights[i]![leaf]!, constant),
  )
  const votes = new Array<number>(8).fill(0)
  for (const [leaf, count] of misses.entries()) if (count === 0) votes[classOfLeaf[leaf]!]!++
  expect(votes).toEqual(forest.expected({ bits }))
})

test("the interpolating polynomial goes through the entries", () => {
  const entries = [3, 1, 4, 1, 5, 9, 2, 6]
  const coefficients = interpolate(entries, 257n)
  const at = (x: bigint) => coefficients.reduceRight((sum, c) => (sum * x + c) % 257n, 0n)
  expect(entries.map((_, i) => Number(at(BigInt(i))))).toEqual(entries)
})

test.each([2, 4, 6, 8])("the random table of %d bits is no polynomial of a lower degree", (bits) => {
  const table = workloads.find(({ name }) => name === `table-${bits}`)!
  const entries: number[] = []
  for (let i = 0; i < 2 ** bits; i++) {
    const inputs = table.sample(i)
    entries[inputs["x"] as number] = table.expected(inputs) as number
  }
  expect(interpolate(entries, 65537n).at(-1)).not.toBe(0n)
})

test("what C++ throws has its text", () => {
  expect(failureText({ message: ["std::logic_error", "encrypted is not valid"] })).toBe(
    "encrypted is not valid",
  )
  expect(failureText(new Error("plain"))).toBe("plain")
})
