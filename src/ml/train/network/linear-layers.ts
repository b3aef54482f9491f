import { sizeOf } from "../../../data/index.ts"
import type { FloatNode, GraphBuilder } from "../../graph/graph.ts"
import type { Shape } from "../../graph/tensor.ts"
import { type Window, windowIndices, windowShape } from "../../graph/windows.ts"
import type { Random } from "../../math/random.ts"
import type { TrainableActivation } from "./activation-layers.ts"
import { constrainedWeights, type Weights } from "./constrained-weights.ts"
import type { Encoding, Layer } from "./layer.ts"
import { multiply, multiplyBackInputs, multiplyBackWeights } from "./matrix-products.ts"

/** What linear layers of a network share. */
export interface LinearOptions {
  readonly bits: number | undefined
  readonly accumulatorBits: number | undefined
  /** Samples in a step, at most. */
  readonly batch: number
  /** Whether derivatives by the operand are needed. */
  readonly isFirst: boolean
  readonly random: Random
  /** The activation that follows; none after the last layer. */
  readonly before: TrainableActivation | undefined
}

const makeWeights = (
  outputs: number,
  inputs: number,
  { bits, accumulatorBits, random, before }: LinearOptions,
  encoding: Encoding | undefined,
): Weights => {
  // He et al., 2015: uniform with variance 2 / inputs; a quarter of that where sums are squared, which spreads them
  const bound = Math.sqrt((before === "square" ? 1.5 : 6) / inputs)
  return constrainedWeights(
    { outputs, inputs, bits, accumulatorBits, encoding },
    () => (2 * random() - 1) * bound,
  )
}

const linear = (weights: Weights, encoding: Encoding | undefined, bits: number | undefined) => ({
  encoding: encoding === undefined || bits === undefined ? undefined : { step: weights.unit },
  parameters: [weights.real, weights.realBias],
  constrain: weights.constrain,
})

/** A matrix times each sample, plus a bias. */
export const denseLayer = (
  inputs: number,
  outputs: number,
  encoding: Encoding | undefined,
  options: LinearOptions,
): Layer => {
  const weights = makeWeights(outputs, inputs, options, encoding)
  const result = new Float64Array(options.batch * outputs)
  const errorsBefore = new Float64Array(options.isFirst ? 0 : options.batch * inputs)
  let operand: Float64Array = result
  return {
    ...linear(weights, encoding, options.bits),
    shape: [outputs],
    forward: (x, rows) => {
      operand = x
      multiply(result, x, weights.used, weights.usedBias, rows, inputs, outputs)
      return result
    },
    backward: (errors, rows) => {
      const { real, realBias, used } = weights
      multiplyBackWeights(real.gradient, realBias.gradient, errors, operand, rows, inputs, outputs)
      if (!options.isFirst) multiplyBackInputs(errorsBefore, errors, used, rows, inputs, outputs)
      return errorsBefore
    },
    emit: (builder, x) => builder.add("dense", [x], weights.tensors([outputs, inputs])),
  }
}

/** A convolution of values [channels, ...spatial], as a matrix times the patches under its kernel. */
export const convLayer = (
  shape: Shape,
  channels: number,
  window: Window,
  encoding: Encoding | undefined,
  options: LinearOptions,
): Layer => {
  const [inChannels = 1, ...spatial] = shape
  const outSpatial = windowShape(spatial, window)
  const indices = windowIndices(spatial, window)
  const [area, places, taps] = [sizeOf(spatial), sizeOf(outSpatial), sizeOf(window.kernel)]
  const inputs = inChannels * taps
  const weights = makeWeights(channels, inputs, options, encoding)
  const patches = new Float64Array(options.batch * places * inputs)
  const patchErrors = new Float64Array(options.isFirst ? 0 : patches.length)
  const byPlace = new Float64Array(options.batch * places * channels)
  const result = new Float64Array(byPlace.length)
  const errorsBefore = new Float64Array(options.isFirst ? 0 : options.batch * inChannels * area)

  const gather = (x: Float64Array, rows: number): void => {
    let at = 0
    for (let row = 0; row < rows; row++) {
      for (let place = 0; place < places; place++) {
        for (let channel = 0; channel < inChannels; channel++) {
          const from = (row * inChannels + channel) * area
          for (let tap = 0; tap < taps; tap++) {
            const index = indices[place * taps + tap]!
            patches[at++] = index < 0 ? 0 : x[from + index]!
          }
        }
      }
    }
  }
  const scatter = (rows: number): void => {
    errorsBefore.fill(0, 0, rows * inChannels * area)
    let at = 0
    for (let row = 0; row < rows; row++) {
      for (let place = 0; place < places; place++) {
        for (let channel = 0; channel < inChannels; channel++) {
          const to = (row * inChannels + channel) * area
          for (let tap = 0; tap < taps; tap++, at++) {
            const index = indices[place * taps + tap]!
            if (index >= 0) errorsBefore[to + index] = errorsBefore[to + index]! + patchErrors[at]!
          }
        }
      }
    }
  }
  return {
    ...linear(weights, encoding, options.bits),
    shape: [channels, ...outSpatial],
    forward: (x, rows) => {
      gather(x, rows)
      multiply(byPlace, patches, weights.used, weights.usedBias, rows * places, inputs, channels)
      transpose(result, byPlace, rows, places, channels)
      return result
    },
    backward: (errors, rows) => {
      const { real, realBias, used } = weights
      transpose(byPlace, errors, rows, channels, places)
      multiplyBackWeights(real.gradient, realBias.gradient, byPlace, patches, rows * places, inputs, channels)
      if (options.isFirst) return errorsBefore
      multiplyBackInputs(patchErrors, byPlace, used, rows * places, inputs, channels)
      scatter(rows)
      return errorsBefore
    },
    emit: (builder: GraphBuilder, x: FloatNode) =>
      builder.add("conv", [x], {
        ...weights.tensors([channels, inChannels, ...window.kernel]),
        ...window,
        groups: 1,
      }),
  }
}

/** For each sample, n by m becomes m by n. */
const transpose = (to: Float64Array, from: Float64Array, rows: number, n: number, m: number): void => {
  for (let row = 0; row < rows; row++) {
    const start = row * n * m
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) to[start + j * n + i] = from[start + i * m + j]!
    }
  }
}
