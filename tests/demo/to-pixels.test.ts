import { expect, test } from "vitest"
import { DARKEST, type Stroke, toPixels } from "../../demo/page/to-pixels.ts"
import { loadNetwork, predict } from "../../examples/digits/network.ts"
import { drawnDigit } from "../browser/drawn-digits.ts"

const digits = Array.from({ length: 10 }, (_, digit) => digit)

test("the network reads all ten digits as they are drawn", () => {
  const network = loadNetwork()
  expect(digits.map((digit) => predict(network, toPixels(drawnDigit(digit))))).toEqual(digits)
})

test("size and place of a drawing do not matter", () => {
  const moved = (stroke: Stroke) => stroke.map(({ x, y }) => ({ x: 300 + 2 * x, y: 2 * y - 50 }))
  for (const digit of digits) {
    expect(toPixels(drawnDigit(digit).map(moved))).toEqual(toPixels(drawnDigit(digit)))
  }
})

test("an image has 64 levels from 0 to 16, over the whole height, and none when nothing is drawn", () => {
  for (const digit of digits) {
    const pixels = toPixels(drawnDigit(digit))
    expect(pixels).toHaveLength(64)
    expect(pixels.every((pixel) => Number.isInteger(pixel) && pixel >= 0 && pixel <= DARKEST)).toBe(true)
    expect(Math.max(...pixels.slice(0, 8))).toBeGreaterThan(0)
    expect(Math.max(...pixels.slice(-8))).toBeGreaterThan(0)
  }
  expect(toPixels([]).every((pixel) => pixel === 0)).toBe(true)
  const dot = toPixels([[{ x: 7, y: 7 }]])
  expect(dot.filter((pixel) => pixel > 0)).toHaveLength(4)
})
