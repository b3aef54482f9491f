import { readFileSync } from "node:fs"
import { darkest, type LabelledImage } from "./data.ts"

/** A matrix of integers, row by row: one row per output, one column per input. */
export type Matrix = readonly (readonly number[])[]

/** A network of integers with one hidden layer, whose neurons share one table as their activation. */
export type Network = {
  /** The client reduces each pixel from 0..16 to 0..`brightest`, see `reducePixels`. */
  readonly brightest: number
  readonly hidden: {
    readonly weights: Matrix
    readonly bias: readonly number[]
    /** `entries[a - lo]` is the activation of a neuron whose weighted sum, with its bias, is `a`. */
    readonly table: { readonly lo: number; readonly entries: readonly number[] }
  }
  readonly output: { readonly weights: Matrix; readonly bias: readonly number[] }
}

/** The network that `train.ts` wrote. */
export function loadNetwork(): Network {
  return JSON.parse(readFileSync(new URL("network.json", import.meta.url), "utf8"))
}

/** `round(pixel * brightest / 16)` for each pixel, halves upwards: what the client encrypts. */
export function reducePixels(pixels: readonly number[], brightest: number): number[] {
  return pixels.map((pixel) => Math.floor((pixel * brightest + darkest / 2) / darkest))
}

/** `weights · x + bias`. */
function affine(weights: Matrix, x: readonly number[], bias: readonly number[]): number[] {
  return weights.map((row, j) => row.reduce((sum, weight, i) => sum + weight * x[i]!, bias[j]!))
}

/** The ten scores of an image that `reducePixels` has reduced; the largest names the digit. */
export function scores(network: Network, reduced: readonly number[]): number[] {
  const { hidden, output } = network
  const sums = affine(hidden.weights, reduced, hidden.bias)
  const activations = sums.map((sum) => hidden.table.entries[sum - hidden.table.lo]!)
  return affine(output.weights, activations, output.bias)
}

/** The position of the largest value, the first of them when there are several. */
export function argmax(values: readonly number[]): number {
  return values.indexOf(Math.max(...values))
}

/** The digit the network sees in an image with pixels 0..16. */
export function predict(network: Network, pixels: readonly number[]): number {
  return argmax(scores(network, reducePixels(pixels, network.brightest)))
}

/** The share of the images in which the network sees the digit of the label. */
export function accuracy(network: Network, images: readonly LabelledImage[]): number {
  return images.filter(({ pixels, label }) => predict(network, pixels) === label).length / images.length
}

/** The least and greatest values that `weights · x + bias` can take in any row, for x from 0 to `hi`. */
export function affineRange(
  weights: Matrix,
  bias: readonly number[],
  hi: number,
): { lo: number; hi: number } {
  const lowest = weights.map((row, j) =>
    row.reduce((sum, weight) => sum + Math.min(0, weight * hi), bias[j]!),
  )
  const highest = weights.map((row, j) =>
    row.reduce((sum, weight) => sum + Math.max(0, weight * hi), bias[j]!),
  )
  return { lo: Math.min(...lowest), hi: Math.max(...highest) }
}

/** The network as JSON, every row of weights on a line of its own. */
export function formatNetwork(network: Network): string {
  const row = (values: readonly number[]) => `[${values.join(", ")}]`
  const matrix = (rows: Matrix) => `[\n${rows.map((values) => `      ${row(values)}`).join(",\n")}\n    ]`
  const { brightest, hidden, output } = network
  return `{
  "brightest": ${brightest},
  "hidden": {
    "weights": ${matrix(hidden.weights)},
    "bias": ${row(hidden.bias)},
    "table": { "lo": ${hidden.table.lo}, "entries": ${row(hidden.table.entries)} }
  },
  "output": {
    "weights": ${matrix(output.weights)},
    "bias": ${row(output.bias)}
  }
}
`
}
