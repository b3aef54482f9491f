import { expect, test } from "vitest"
import { RuntimeError } from "../../src/data/index.ts"
import { groupCount, groupsOf, nameOf, naming } from "../../src/runtime/messages/groups.ts"

const layout = { n: 64, ring: 16 }

test("groups are full but the last, and cover the samples in order", () => {
  expect([1, 3, 4, 5, 12].map((samples) => groupCount(layout, samples))).toEqual([1, 1, 1, 2, 3])
  expect(groupsOf(layout, 4)).toEqual([{ from: 0, to: 4 }])
  expect(groupsOf(layout, 9)).toEqual([
    { from: 0, to: 4 },
    { from: 4, to: 8 },
    { from: 8, to: 9 },
  ])
  expect(groupsOf(layout, 9).map(nameOf)).toEqual(["samples 0 to 3", "samples 4 to 7", "sample 8"])
})

test("a runtime error is named and keeps its cause; other errors stay as they are", () => {
  const cause = new Error("why")
  const fail = (error: unknown) => () => {
    throw error
  }
  const runtime = new RuntimeError("what", { code: "damaged", cause })
  expect(() => naming("sample 3", fail(runtime))).toThrow(
    new RuntimeError("sample 3: what", { code: "damaged", cause }),
  )
  expect(() => naming(undefined, fail(runtime))).toThrow(runtime)
  expect(() => naming("sample 3", fail(cause))).toThrow(cause)
})
