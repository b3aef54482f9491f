import { expect, test } from "vitest"
import { clearBytes, decodeClear, encodeClear } from "../../src/runtime/messages/clear-values.ts"

const a = { name: "a", secret: false, lo: -100n, hi: 7n, shape: [2, 2] }
const b = { name: "b", secret: false, lo: 0n, hi: 2n ** 60n, shape: [] }
const samples = [
  [Float64Array.of(-100, -100, -100, -100), [2n ** 60n]],
  [Float64Array.of(1, 0, 7, -1), [5n]],
]
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

test("clear values are read back exactly, large ones as bigint", () => {
  expect(decodeClear(encodeClear(samples), [a, b], 2)).toEqual(samples)
})

test("the bound on their size holds for the longest values and is near it", () => {
  const longest = encodeClear([samples[0]!, samples[0]!]).length
  expect(clearBytes([a, b], 2)).toBeGreaterThanOrEqual(longest)
  expect(clearBytes([a, b], 2)).toBeLessThan(longest + 20)
})

test("a value outside its range is refused by name and place", () => {
  expect(() => decodeClear(json([[["1", "0", "8", "-1"], ["5"]]]), [a, b], 1)).toThrow(
    'input "a"[1, 0] is 8, outside its declared range -100..7',
  )
})

test.each([
  ["numbers in place of decimal strings", json([[[1, 0, 7, -1], ["5"]]]), "hold 1, which is no decimal"],
  ["a fraction", json([[["1.5", "0", "7", "-1"], ["5"]]]), 'hold "1.5", which is no decimal'],
  ["a value too few", json([[["1", "0", "7"], ["5"]]]), '3 values of "a", not 4'],
  ["a tensor too few", json([[["1", "0", "7", "-1"]]]), "1 clear values, not 2"],
  ["a sample too many", json([[], []]), "2 samples, not 1"],
  ["an object", json({ length: 1 }), "no array of samples"],
  ["no JSON", Uint8Array.of(0x5b, 0xff), "no JSON"],
])("%s is refused", (_, bytes, message) => {
  expect(() => decodeClear(bytes, [a, b], 1)).toThrow(new RegExp(message))
})
