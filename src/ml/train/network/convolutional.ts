import {
  checkArguments,
  checkOptions,
  forms,
  type OptionForms,
  printGiven,
  printShape,
  sizeOf,
} from "../../../data/index.ts"
import { fail } from "../../fail.ts"
import type { Reals } from "../../float-model.ts"
import type { Shape } from "../../graph/tensor.ts"
import { seeded } from "../../math/random.ts"
import { checkTrainer, whole } from "../../options.ts"
import { readSamples, readTargets } from "../data-set.ts"
import type { Trainer } from "../trainer.ts"
import {
  checkNetwork,
  type NetworkOptions,
  type NetworkParts,
  networkForms,
  type Trained,
  trainNetwork,
} from "./fit-network.ts"
import type { Encoding, Layer } from "./layer.ts"
import { convLayer } from "./linear-layers.ts"
import { activationLayers, denseLayers, linearOptions } from "./perceptron.ts"
import { poolLayer } from "./pool-layer.ts"

/** A convolution over all spatial axes alike, an activation, and perhaps a mean over blocks. */
export interface ConvolutionOptions {
  readonly channels: number
  /** Its extent along each axis; 3 by default. */
  readonly kernel?: number
  /** 1 by default. */
  readonly stride?: number
  /** Zeros before and after each axis; 0 by default. */
  readonly padding?: number
  /** The extent of the blocks whose mean is taken after the activation; none by default. */
  readonly pool?: number
}

export interface ConvolutionalOptions extends NetworkOptions {
  /** Of one sample: [channels, ...spatial]; rows may be nested like that or flat. */
  readonly shape: Shape
  /** One convolution to 8 channels with padding 1 and pool 2 by default. */
  readonly layers?: readonly ConvolutionOptions[]
  /** Neurons of each hidden layer after the convolutions; none by default. */
  readonly hidden?: readonly number[]
}

/** A convolutional network, under the constraints of `perceptron`. 15 epochs, and all inputs on one scale, by default. */
export const convolutional = (options: ConvolutionalOptions, ...surplus: []): Trainer<number | string> => {
  checkArguments("convolutional", [options, ...surplus], { options: forms.object })
  checkTrainer<ConvolutionalOptions>("convolutional", [options, ...surplus], {
    ...networkForms,
    shape: forms.list,
    layers: forms.list,
    hidden: forms.list,
  })
  if (options.shape === undefined)
    fail("wrong-argument", "convolutional needs the shape of a sample\nwrite { shape: [1, 8, 8] }")
  const { shape, hidden = [], layers = DEFAULT } = options
  checkNetwork(options)
  if (shape.length < 2)
    fail("wrong-argument", `shape is ${printGiven(shape)}\nchannels and at least one spatial axis are needed`)
  for (const extent of shape) whole("shape", extent, 1, 65_536)
  for (const neurons of hidden) whole("hidden", neurons, 1, 65_536)
  for (const [i, layer] of layers.entries()) {
    checkArguments(`layer ${i} of convolutional`, [layer], { options: forms.object })
    checkOptions<ConvolutionOptions>(`layer ${i} of convolutional`, layer, layerForms)
    checkConvolution(layer)
  }
  return { fit: (x, y) => trainConvolutional(options, x, y).model }
}

export const trainConvolutional = (
  options: ConvolutionalOptions,
  x: readonly Reals[],
  y: ArrayLike<number | string>,
): Trained => {
  const { shape, hidden = [], task = "classification", layers = DEFAULT } = options
  const samples = readSamples(x, "complete")
  if (samples.features !== sizeOf(shape))
    fail(
      "wrong-rows",
      `rows have ${samples.features} numbers\nfor shape ${printShape(shape)} they need ${sizeOf(shape)}`,
    )
  const targets = readTargets(task, y, samples.rows)
  const settings = { ...options, epochs: options.epochs ?? 15, scaling: options.scaling ?? "all" } as const
  return trainNetwork(samples, targets, shape, settings, seeded(options.seed ?? 0), (parts) => {
    const convolutions = convLayers(shape, layers, parts, options)
    const last = convolutions.at(-1)
    const flat = sizeOf(last?.shape ?? shape)
    const encoding = last === undefined ? parts.stage.encoding : last.encoding
    return [
      ...convolutions,
      flatten(flat, encoding),
      ...denseLayers(flat, hidden, encoding, parts, options, last === undefined),
    ]
  })
}

const layerForms: OptionForms<ConvolutionOptions> = {
  channels: forms.anything,
  kernel: forms.anything,
  stride: forms.anything,
  padding: forms.anything,
  pool: forms.anything,
}

const DEFAULT: readonly ConvolutionOptions[] = [{ channels: 8, kernel: 3, padding: 1, pool: 2 }]

const checkConvolution = ({
  channels,
  kernel = 3,
  stride = 1,
  padding = 0,
  pool = 1,
}: ConvolutionOptions) => {
  whole("channels", channels, 1, 65_536)
  whole("kernel", kernel, 1, 65_536)
  whole("stride", stride, 1, 65_536)
  whole("padding", padding, 0, kernel - 1)
  whole("pool", pool, 1, 65_536)
}

const convLayers = (
  shape: Shape,
  convolutions: readonly ConvolutionOptions[],
  parts: NetworkParts,
  options: NetworkOptions,
): Layer[] => {
  const layers: Layer[] = []
  let [at, encoding] = [shape, parts.stage.encoding]
  for (const [i, { channels, kernel = 3, stride = 1, padding = 0, pool = 1 }] of convolutions.entries()) {
    const each = (n: number) => at.slice(1).map(() => n)
    const window = {
      kernel: each(kernel),
      strides: each(stride),
      dilations: each(1),
      padsBefore: each(padding),
      padsAfter: each(padding),
    }
    const linear = linearOptions(options, parts, { isFirst: i === 0, isLast: false })
    const layer = convLayer(at, channels, window, encoding, linear)
    layers.push(layer, ...activationLayers(layer, options, parts.batch))
    if (pool > 1) layers.push(poolLayer(layer.shape, pool, layers.at(-1)!.encoding, parts.batch))
    const last = layers.at(-1)!
    at = last.shape
    encoding = last.encoding
  }
  return layers
}

/** The same numbers as a vector. */
const flatten = (size: number, encoding: Encoding | undefined): Layer => ({
  shape: [size],
  encoding,
  parameters: [],
  forward: (x) => x,
  backward: (errors) => errors,
  emit: (builder, x) => builder.add("reshape", [x], { shape: [size] }),
})
