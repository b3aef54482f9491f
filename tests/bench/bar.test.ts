import { expect, test } from "vitest"
import { scaledTarget, slowness } from "../../bench/bar.ts"
import { judge } from "../../bench/judge.ts"
import type { Measured, Run } from "../../bench/measure.ts"

/** On a machine where a relinearization at n = 8192 takes 15 ms, and 10 ms where design.md measured. */
const run: Run = { ms: 1500, relinearization: 15, sealShare: 0.95, handWritten: [] }
const measured = (changes: Partial<Measured> = {}): Measured =>
  ({
    name: "w",
    title: "w",
    unit: "image",
    compileSeconds: 0.5,
    report: { counts: { products: 7, relinearizations: 6 } },
    rotationKeys: 5,
    rawKeyBytes: 20e6,
    units: 1000,
    run,
    ...changes,
  }) as Measured

test("a machine is as much slower as its relinearization", () => {
  expect(slowness(8192, 15)).toBe(1.5)
  expect(slowness(16384, 30)).toBe(0.5)
})

test("targets grow with the slowness of the machine", () => {
  expect(scaledTarget({ time: { ms: 10, n: 8192 } }, 15)).toBe(15)
  expect(scaledTarget({}, 15)).toBeUndefined()
})

test("the bar is met when nothing is over it", () => {
  const bar = {
    time: { ms: 1, n: 8192 },
    products: 7,
    relinearizations: 6,
    rotationKeys: 5,
    rawKeyBytes: 20e6,
  }
  expect(judge(measured(), bar)).toMatchObject({
    msPerUnit: 1.5,
    target: 1.5,
    ratio: 1,
    misses: [],
  })
})

test("everything over the bar is named", () => {
  const slow = measured({ compileSeconds: 2.5, run: { ...run, sealShare: 0.8 } })
  const bar = {
    time: { ms: 0.5, n: 8192 },
    products: 6,
    relinearizations: 5,
    rotationKeys: 4,
    rawKeyBytes: 10e6,
  }
  expect(judge(slow, bar).misses).toEqual([
    "time 2.00x",
    "7 products, not 6",
    "6 relinearizations, not 5",
    "5 rotation keys, not 4",
    "keys 20 MB, not 10",
    "compile 2.5 s",
    "SEAL 80 %",
  ])
})

test("generated code is judged by the fastest hand-written one", () => {
  const handWritten: Run["handWritten"] = [
    { parameters: "same", description: "", ms: 1.5, units: 1 },
    { parameters: "expert", description: "", ms: 8, units: 8 },
  ]
  const verdict = judge(measured({ run: { ...run, handWritten } }), {})
  expect(verdict).toMatchObject({ handWrittenRatio: 1.5, sameParametersRatio: 1, misses: ["by hand 1.50x"] })
})

test("what was not run has no time and does not meet the bar", () => {
  const verdict = judge(measured({ run: undefined }), { time: { ms: 1, n: 8192 } })
  expect(verdict).toMatchObject({ ratio: undefined, msPerUnit: undefined, misses: ["not run"] })
})
