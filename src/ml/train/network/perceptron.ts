import { forms } from "../../../data/index.ts"
import type { Reals } from "../../float-model.ts"
import { seeded } from "../../math/random.ts"
import { checkTrainer, whole } from "../../options.ts"
import { readSamples, readTargets } from "../data-set.ts"
import type { Trainer } from "../trainer.ts"
import { activationLayer, roundingLayer } from "./activation-layers.ts"
import {
  checkNetwork,
  type NetworkOptions,
  type NetworkParts,
  networkForms,
  type Trained,
  trainNetwork,
} from "./fit-network.ts"
import type { Encoding, Layer } from "./layer.ts"
import { denseLayer, type LinearOptions } from "./linear-layers.ts"

export interface PerceptronOptions extends NetworkOptions {
  /** Neurons of each hidden layer; [32] by default. */
  readonly hidden?: readonly number[]
}

/**
 * A perceptron for classes or values. With `weightBits` and `activationBits` it is trained as the network of integers that
 * runs on encrypted data, so that quantization finds nothing left to round. 60 epochs by default.
 */
export const perceptron = (options: PerceptronOptions = {}, ...surplus: []): Trainer<number | string> => {
  checkTrainer<PerceptronOptions>("perceptron", [options, ...surplus], {
    ...networkForms,
    hidden: forms.list,
  })
  for (const neurons of options.hidden ?? []) whole("hidden", neurons, 1, 65_536)
  checkNetwork(options)
  return { fit: (x, y) => trainPerceptron(options, x, y).model }
}

export const trainPerceptron = (
  options: PerceptronOptions,
  x: readonly Reals[],
  y: ArrayLike<number | string>,
): Trained => {
  const { hidden = [32], task = "classification" } = options
  const samples = readSamples(x, "complete")
  const { features, rows } = samples
  const targets = readTargets(task, y, rows)
  const settings = {
    ...options,
    epochs: options.epochs ?? 60,
    scaling: options.scaling ?? "columns",
  } as const
  return trainNetwork(samples, targets, [features], settings, seeded(options.seed ?? 0), (parts) =>
    denseLayers(features, hidden, parts.stage.encoding, parts, options, true),
  )
}

/** What linear layers take from the options: bounds on sums hold where an activation follows. */
export const linearOptions = (
  options: NetworkOptions,
  { random, batch }: NetworkParts,
  place: { readonly isFirst: boolean; readonly isLast: boolean },
): LinearOptions => ({
  bits: options.weightBits,
  accumulatorBits: place.isLast ? undefined : options.accumulatorBits,
  batch,
  isFirst: place.isFirst,
  random,
  before: place.isLast ? undefined : (options.activation ?? "relu"),
})

/** The activation after a linear layer, rounded where the options say so. */
export const activationLayers = (after: Layer, options: NetworkOptions, batch: number): Layer[] => {
  const { activation = "relu", activationBits } = options
  const layer = activationLayer(activation, after.shape, after.encoding, batch)
  if (activation === "square" || activationBits === undefined) return [layer]
  return [layer, roundingLayer(activation, activationBits, after.shape, batch)]
}

/** Hidden layers with their activations, and the layer of scores. */
export const denseLayers = (
  features: number,
  hidden: readonly number[],
  encoding: Encoding | undefined,
  parts: NetworkParts,
  options: NetworkOptions,
  isFirst: boolean,
): Layer[] => {
  const layers: Layer[] = []
  let [inputs, at] = [features, encoding]
  for (const [i, neurons] of [...hidden, parts.scores].entries()) {
    const isLast = i === hidden.length
    const linear = linearOptions(options, parts, { isFirst: isFirst && i === 0, isLast })
    const layer = denseLayer(inputs, neurons, at, linear)
    layers.push(layer, ...(isLast ? [] : activationLayers(layer, options, parts.batch)))
    inputs = neurons
    at = layers.at(-1)!.encoding
  }
  return layers
}
