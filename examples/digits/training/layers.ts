import { pixelCount } from "../data.ts"
import { normal, type Random } from "../random.ts"
import type { Settings } from "./settings.ts"

/** The ten digits: rows of the output layer. */
export const classes = 10

/**
 * What training adjusts, as flat arrays: matrices row by row. Real numbers while they are being adjusted
 * (`Layers<Float64Array>`), integers when the network is run (`Layers<Int32Array>`).
 */
export type Layers<A> = {
  /** One row of 64 per hidden neuron. */
  readonly hidden: A
  readonly hiddenBias: A
  /** One row per digit, one column per hidden neuron. */
  readonly output: A
  readonly outputBias: A
}

/** Layers of zeros, each array made by `zeros(length)`. */
export function emptyLayers<A>(neurons: number, zeros: (length: number) => A): Layers<A> {
  return {
    hidden: zeros(neurons * pixelCount),
    hiddenBias: zeros(neurons),
    output: zeros(classes * neurons),
    outputBias: zeros(classes),
  }
}

/** Random weights of the size the bounds allow, and sums that start in the middle of the table. */
export function startingLayers(settings: Settings, random: Random): Layers<Float64Array> {
  const layers = emptyLayers(settings.neurons, (length) => new Float64Array(length))
  const deviation = (2 * weightBudget(settings)) / pixelCount
  for (let i = 0; i < layers.hidden.length; i++) layers.hidden[i] = deviation * normal(random)
  layers.hiddenBias.fill((settings.domain - 1) / 2)
  for (let i = 0; i < layers.output.length; i++)
    layers.output[i] = (settings.outputLimit / 4) * normal(random)
  return layers
}

/** The largest sum of absolute weights in a neuron whose weighted sums all fit the domain of the table. */
export function weightBudget({ domain, brightest }: Settings): number {
  return Math.floor((domain - 1) / brightest)
}

/**
 * Rounds the layers to integers within the bounds. Biases are moved so that every weighted sum of a hidden
 * neuron lies in 0..domain-1, whatever the image; that and the limit of the output weights is written back
 * to `layers`, so that they do not run away.
 */
export function roundLayers(
  layers: Layers<Float64Array>,
  rounded: Layers<Int32Array>,
  settings: Settings,
): void {
  const { brightest, domain, outputLimit } = settings
  const budget = weightBudget(settings)
  for (let j = 0; j < layers.hiddenBias.length; j++) {
    const weights = rounded.hidden.subarray(j * pixelCount, (j + 1) * pixelCount)
    roundWithin(layers.hidden.subarray(j * pixelCount, (j + 1) * pixelCount), budget, weights)
    const lowest = brightest * weights.reduce((sum, weight) => sum + Math.min(0, weight), 0)
    const highest = brightest * weights.reduce((sum, weight) => sum + Math.max(0, weight), 0)
    layers.hiddenBias[j] = clamp(layers.hiddenBias[j]!, -lowest, domain - 1 - highest)
  }
  layers.output.forEach((weight, i) => {
    layers.output[i] = clamp(weight, -outputLimit, outputLimit)
  })
  for (const name of ["hiddenBias", "output", "outputBias"] as const)
    layers[name].forEach((value, i) => {
      rounded[name][i] = Math.round(value)
    })
}

const clamp = (value: number, lo: number, hi: number) => Math.min(hi, Math.max(lo, value))

/**
 * Rounds a row so that its absolute values sum to at most `budget`: all of them shrink towards zero by the
 * same amount first, the least that is enough (found by bisection).
 */
export function roundWithin(row: Float64Array, budget: number, rounded: Int32Array): void {
  const shrunk = (weight: number, by: number) => Math.round(Math.max(0, Math.abs(weight) - by))
  const fits = (by: number) => {
    let sum = 0
    for (let i = 0; i < row.length; i++) sum += shrunk(row[i]!, by)
    return sum <= budget
  }
  let amount = 0
  if (!fits(0)) {
    let tooLittle = 0
    amount = row.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0)
    for (let i = 0; i < 14; i++) {
      const middle = (tooLittle + amount) / 2
      if (fits(middle)) amount = middle
      else tooLittle = middle
    }
  }
  row.forEach((weight, i) => {
    rounded[i] = Math.sign(weight) * shrunk(weight, amount)
  })
}
