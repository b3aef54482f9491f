import { DARKEST } from "../../demo/page/to-pixels.ts"
import { splitDigits } from "../../examples/digits/data.ts"
import { type Compiled, compile, enc, range } from "../../src/index.ts"

/**
 * A classifier of digits that is linear, so that its keys are small and its runs short: the score of a digit is how near the image
 * is to the mean of its training images, `2 m·x - |m|²`.
 */
export const compileMeans = (): Compiled => {
  const { training } = splitDigits()
  const means = Array.from({ length: 10 }, (_, digit) => {
    const own = training.filter(({ label }) => label === digit)
    return Array.from({ length: 64 }, (_, i) =>
      Math.round(own.reduce((sum, { pixels }) => sum + pixels[i]!, 0) / own.length),
    )
  })
  const weights = Array.from({ length: 64 }, (_, i) => means.map((mean) => 2 * mean[i]!))
  const bias = means.map((mean) => -mean.reduce((sum, pixel) => sum + pixel * pixel, 0))
  return compile({ image: enc(range(0, DARKEST), [64]) }, ({ image }) => image.matmul(weights).add(bias), {
    name: "means",
  })
}
