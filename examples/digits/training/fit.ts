import { type LabelledImage, pixelCount } from "../data.ts"
import { affineRange, type Matrix, type Network, reducePixels } from "../network.ts"
import { seeded, shuffled } from "../random.ts"
import { activation } from "./activation.ts"
import { adam } from "./adam.ts"
import { shifted } from "./augment.ts"
import { backPropagation } from "./gradient.ts"
import { emptyLayers, type Layers, roundLayers, startingLayers } from "./layers.ts"
import type { Settings } from "./settings.ts"

/**
 * Trains a network on the images. Every step runs the integer network and moves real numbers behind its
 * weights, so what is learnt is right for the integers. The same images and settings give the same network,
 * on every machine: only the four operations and square roots are used, never `Math.exp`.
 */
export function fit(images: readonly LabelledImage[], settings: Settings): Network {
  const { neurons, brightest, batch, epochs, rate, outputLimit } = settings
  const random = seeded(settings.seed)
  const layers = startingLayers(settings, random)
  const rounded = emptyLayers(neurons, (length) => new Int32Array(length))
  const gradient = emptyLayers(neurons, (length) => new Float64Array(length))
  const learn = backPropagation(rounded, gradient, activation(settings), settings.sharpness)
  const names = ["hidden", "hiddenBias", "output", "outputBias"] as const
  // Step sizes in proportion to the range of what they move.
  const rates = {
    hidden: rate / 2,
    hiddenBias: 4 * rate,
    output: (outputLimit / 2) * rate,
    outputBias: outputLimit * rate,
  }
  const steps = names.map((name) => ({ rate: rates[name], step: adam(layers[name], gradient[name]) }))

  const total = epochs * Math.ceil(images.length / batch)
  let done = 0
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffled(images, random)
    for (let start = 0; start < order.length; start += batch) {
      roundLayers(layers, rounded, settings)
      for (const name of names) gradient[name].fill(0)
      for (const { pixels, label } of order.slice(start, start + batch))
        learn(Int32Array.from(reducePixels(shifted(pixels, settings.shift, random), brightest)), label)
      for (const { rate, step } of steps) step(rate * (1 - done / total))
      done++
    }
  }
  roundLayers(layers, rounded, settings)
  return toNetwork(rounded, settings)
}

/** The network of the rounded layers, its table cut to the sums that can occur. */
function toNetwork(layers: Layers<Int32Array>, settings: Settings): Network {
  const rows = (flat: Int32Array, width: number): Matrix =>
    Array.from({ length: flat.length / width }, (_, j) => [...flat.subarray(j * width, (j + 1) * width)])
  const weights = rows(layers.hidden, pixelCount)
  const bias = [...layers.hiddenBias]
  const { lo, hi } = affineRange(weights, bias, settings.brightest)
  return {
    brightest: settings.brightest,
    hidden: { weights, bias, table: { lo, entries: [...activation(settings).entries.slice(lo, hi + 1)] } },
    output: { weights: rows(layers.output, settings.neurons), bias: [...layers.outputBias] },
  }
}
