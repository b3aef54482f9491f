import { expect, test } from "vitest"
import { compileSquares } from "../../demo/models.ts"
import { splitDigits } from "../../examples/digits/data.ts"
import { loadNetwork, reducePixels, scores } from "../../examples/digits/network.ts"

test("the small model is within a point of the accurate one, at n = 8192 and with keys of less than 12 MB", async () => {
  const { heldBack } = splitDigits()
  const rightOf = (all: readonly (readonly number[])[]): number =>
    all.filter((row, i) => row.indexOf(Math.max(...row)) === heldBack[i]!.label).length / heldBack.length
  const small = await compileSquares()
  const network = loadNetwork()
  const accurate = rightOf(
    heldBack.map(({ pixels }) => scores(network, reducePixels(pixels, network.brightest))),
  )
  expect(rightOf(small.predictClear(heldBack.map(({ pixels }) => pixels)))).toBeGreaterThan(accurate - 0.01)
  expect(small.parameters.n).toBe(8192)
  expect(small.report().keyBytes).toBeLessThan(12e6)
})
