import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { heldBackCount, pixelCount, readDigits, splitDigits } from "../../examples/digits/data.ts"
import { accuracy, affineRange, formatNetwork, loadNetwork, scores } from "../../examples/digits/network.ts"
import { chosen } from "../../examples/digits/train.ts"
import { fit } from "../../examples/digits/training/fit.ts"
import { roundWithin } from "../../examples/digits/training/layers.ts"

const { training, heldBack } = splitDigits()
const network = loadNetwork()

describe("the digits", () => {
  test("are 1,797 images of 64 pixels from 0 to 16", () => {
    const digits = readDigits()
    expect(digits.length).toBe(1797)
    for (const { pixels, label } of digits) {
      expect(pixels.length).toBe(pixelCount)
      expect(pixels.every((pixel) => Number.isInteger(pixel) && pixel >= 0 && pixel <= 16)).toBe(true)
      expect(label >= 0 && label <= 9).toBe(true)
    }
  })

  test("are split so that no image is on both sides and none is lost", () => {
    expect(heldBack.length).toBe(heldBackCount)
    const digits = readDigits()
    const both = splitDigits(digits)
    expect(new Set([...both.training, ...both.heldBack])).toEqual(new Set(digits))
    expect(both.training.length + both.heldBack.length).toBe(digits.length)
  })
})

describe("the committed network", () => {
  test("has a table that covers exactly the sums its hidden weights allow", () => {
    const { weights, bias, table } = network.hidden
    const sums = affineRange(weights, bias, network.brightest)
    expect({ lo: table.lo, hi: table.lo + table.entries.length - 1 }).toEqual(sums)
    expect(table.entries.length).toBeLessThanOrEqual(64)
  })

  test("has 32 hidden neurons, activations from 0 to 15 and output weights from -15 to 15", () => {
    const { hidden, output } = network
    expect(hidden.weights.map((row) => row.length)).toEqual(Array(32).fill(pixelCount))
    expect(output.weights.map((row) => row.length)).toEqual(Array(10).fill(32))
    expect([Math.min(...hidden.table.entries), Math.max(...hidden.table.entries)]).toEqual([0, 15])
    expect(output.weights.flat().every((weight) => Math.abs(weight) <= 15)).toBe(true)
  })

  test("has scores that fit the 65,537 values of the encrypted machine", () => {
    const { lo, hi } = affineRange(network.output.weights, network.output.bias, 15)
    expect(hi - lo).toBeLessThan(65537)
  })

  test("consists of integers", () => {
    JSON.parse(formatNetwork(network), (_, value) => {
      if (typeof value === "number") expect(Number.isSafeInteger(value)).toBe(true)
      return value
    })
  })

  test("reads at least 95 % of the held-back images correctly", () => {
    expect(accuracy(network, heldBack)).toBeGreaterThanOrEqual(0.95)
  })
})

describe("training", () => {
  const short = { ...chosen, epochs: 2 }

  test("gives the same network each time", () => {
    expect(fit(training, short)).toEqual(fit(training, short))
  })

  test("gives another network for another seed", () => {
    expect(fit(training, short)).not.toEqual(fit(training, { ...short, seed: chosen.seed + 1 }))
  })

  test("never leaves the table, whatever the image", () => {
    const brief = fit(training.slice(0, 64), { ...short, domain: 20, brightest: 3 })
    expect(brief.hidden.table.entries.length).toBeLessThanOrEqual(20)
    for (const level of [0, 3])
      expect(scores(brief, Array(pixelCount).fill(level)).every(Number.isFinite)).toBe(true)
  })

  test("rounds a row to the nearest integers when they are within the budget, and shrinks it when not", () => {
    const rounded = new Int32Array(3)
    roundWithin(Float64Array.of(2.4, -1.6, 0.2), 4, rounded)
    expect([...rounded]).toEqual([2, -2, 0])
    roundWithin(Float64Array.of(2.4, -1.6, 0.2), 3, rounded)
    expect([...rounded]).toEqual([2, -1, 0])
  })

  test("writes exactly the committed network.json", { timeout: 120_000 }, () => {
    const committed = readFileSync(new URL("../../examples/digits/network.json", import.meta.url), "utf8")
    expect(formatNetwork(fit(training, chosen))).toBe(committed)
  })
})
