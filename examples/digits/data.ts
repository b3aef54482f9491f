import { readFileSync } from "node:fs"
import { seeded, shuffled } from "./random.ts"

/** Pixels of an image, 8 rows of 8. */
export const pixelCount = 64

/** The darkest pixel; 0 is the lightest. */
export const darkest = 16

/** Images that no training run and no choice of settings has seen. */
export const heldBackCount = 512

/** A handwritten digit: 64 pixels from 0 to 16, row by row, and the digit it shows, 0 to 9. */
export type LabelledImage = { readonly pixels: readonly number[]; readonly label: number }

/** The images to learn from and the images to measure with; no image is in both. */
export type Split = {
  readonly training: readonly LabelledImage[]
  readonly heldBack: readonly LabelledImage[]
}

/** All 1,797 images, in the order of `data/digits.csv`. */
export function readDigits(): LabelledImage[] {
  const [, ...rows] = readFileSync(new URL("data/digits.csv", import.meta.url), "utf8")
    .trim()
    .split(/\r?\n/)
  return rows.map((row) => {
    const values = row.split(",").map(Number)
    return { pixels: values.slice(0, pixelCount), label: values[pixelCount]! }
  })
}

/** The digits in a fixed random order: the first 512 are held back, the other 1,285 are for training. */
export function splitDigits(digits: readonly LabelledImage[] = readDigits()): Split {
  const order = shuffled(digits, seeded(1))
  return { heldBack: order.slice(0, heldBackCount), training: order.slice(heldBackCount) }
}
