import { forms, type OptionForms } from "../../../data/index.ts"
import type { FloatModel } from "../../float-model.ts"
import { type FloatNode, GraphBuilder } from "../../graph/graph.ts"
import { type Shape, scalar } from "../../graph/tensor.ts"
import { indices, type Random, shuffle } from "../../math/random.ts"
import { oneOf, real, whole } from "../../options.ts"
import type { Samples, Targets, Task } from "../data-set.ts"
import { addLink, modelOf, type ProgressOptions, scoreCount } from "../trainer.ts"
import { type TrainableActivation, trainableActivations } from "./activation-layers.ts"
import { adam } from "./adam.ts"
import { type ConstraintOptions, checkConstraints } from "./constraints.ts"
import { type InputScaling, type InputStage, inputStage } from "./input-stage.ts"
import type { Layer } from "./layer.ts"
import { networkLoss } from "./network-loss.ts"

/** What perceptrons and convolutional networks have in common. */
export interface NetworkOptions extends ConstraintOptions, ProgressOptions {
  /** "classification" by default. */
  readonly task?: Task
  /** The function after each layer but the last; "relu" by default. All but "square" become tables. */
  readonly activation?: TrainableActivation
  /** Times that all rows are learnt from. */
  readonly epochs?: number
  /** Rows of a step; 32 by default. */
  readonly batch?: number
  /** The size of the first steps, which shrink to nothing along a straight line; 0.01 by default. */
  readonly learningRate?: number
  /** How fast weights decay, as in AdamW; 0.1 by default. */
  readonly decay?: number
  readonly scaling?: InputScaling
  readonly seed?: number
}

/** Throws ProgramError for options that make no sense. */
export const checkNetwork = (options: NetworkOptions): void => {
  oneOf("task", options.task ?? "classification", ["classification", "regression"])
  oneOf("activation", options.activation ?? "relu", trainableActivations)
  whole("epochs", options.epochs ?? 1, 1, 1_000_000)
  whole("batch", options.batch ?? BATCH, 1, 65_536)
  real("learningRate", options.learningRate ?? 0.01, 1e-12, 10)
  real("decay", options.decay ?? 0, 0, 10)
  oneOf("scaling", options.scaling ?? "columns", ["columns", "all"])
  checkConstraints(options)
}

/** The options that both kinds of network take. */
export const networkForms: OptionForms<NetworkOptions> = {
  task: forms.anything,
  activation: forms.anything,
  epochs: forms.anything,
  batch: forms.anything,
  learningRate: forms.anything,
  decay: forms.anything,
  scaling: forms.anything,
  seed: forms.number,
  weightBits: forms.anything,
  activationBits: forms.anything,
  inputBits: forms.anything,
  accumulatorBits: forms.anything,
  prune: forms.anything,
  onProgress: forms.function,
}

const BATCH = 32

/** What a network is built from. */
export interface NetworkParts {
  readonly stage: InputStage
  readonly random: Random
  /** Rows of a step. */
  readonly batch: number
  /** Results of the last layer. */
  readonly scores: number
}

/** A trained network. */
export interface Trained {
  readonly model: FloatModel
  /** The results of the last layer for each row learnt from, as the layers compute them. */
  readonly results: () => Float64Array[]
}

/** Trains layers on rows of a shape, by Adam on batches in random order. */
export const trainNetwork = (
  samples: Samples,
  targets: Targets,
  shape: Shape,
  options: NetworkOptions & { readonly epochs: number; readonly scaling: InputScaling },
  random: Random,
  build: (parts: NetworkParts) => readonly Layer[],
): Trained => {
  const { epochs, learningRate = 0.01, decay = 0.1, prune = 0 } = options
  const batch = Math.min(options.batch ?? BATCH, samples.rows)
  const stage = inputStage(samples, options.scaling, options.inputBits ?? options.activationBits)
  const scores = scoreCount(targets)
  const layers = build({ stage, random, batch, scores })
  const { standard } = standardTargets(targets)
  const loss = networkLoss(targets, scores, standard)
  const parameters = layers.flatMap((layer) => layer.parameters)
  const weights = layers.flatMap((layer) => (layer.constrain === undefined ? [] : [layer.parameters[0]!]))
  const step = adam(parameters)
  const { features, values, rows } = stage.samples
  const x = new Float64Array(batch * features)
  const errors = new Float64Array(batch * scores)
  const order = indices(rows)
  const steps = epochs * Math.ceil(rows / batch)

  const forward = (part: Int32Array, pruned: number): Float64Array => {
    for (let i = 0; i < part.length; i++) {
      for (let j = 0; j < features; j++) x[i * features + j] = values[part[i]! * features + j]!
    }
    let at: Float64Array = x
    for (const layer of layers) {
      layer.constrain?.(pruned)
      at = layer.forward(at, part.length)
    }
    return at
  }

  for (let epoch = 0, done = 0; epoch < epochs; epoch++) {
    shuffle(order, random)
    let sum = 0
    const pruned = prune * rampUp(epoch / epochs)
    for (let start = 0; start < rows; start += batch, done++) {
      const part = order.subarray(start, start + batch)
      sum += loss(forward(part, pruned), errors, part)
      let back: Float64Array = errors
      for (const layer of layers.toReversed()) back = layer.backward(back, part.length)
      const rate = learningRate * (1 - done / steps)
      for (const { values } of weights) {
        for (let i = 0; i < values.length; i++) values[i] = values[i]! * (1 - rate * decay)
      }
      step(rate)
    }
    options.onProgress?.({ step: epoch + 1, steps: epochs, loss: sum / rows })
  }
  // The last step moved the parameters; rounding follows them.
  forward(order.subarray(0, batch), prune)

  const results = () =>
    Array.from(indices(rows), (row) => forward(Int32Array.of(row), prune).slice(0, scores))
  return { model: emit(layers, stage, shape, targets), results }
}

const emit = (layers: readonly Layer[], stage: InputStage, shape: Shape, targets: Targets): FloatModel => {
  const builder = new GraphBuilder()
  const input = builder.input("x", shape)
  let node: FloatNode = stage.emit(builder, input)
  for (const layer of layers) node = layer.emit(builder, node)
  if (targets.task === "classification") return modelOf(builder, input, addLink(builder, node), targets)
  const { mean, deviation } = standardTargets(targets)
  const inUnits = builder.add("affine", [node], { scale: scalar(deviation), shift: scalar(mean) })
  return modelOf(builder, input, inUnits, targets)
}

/** From 0 in the first tenth of the training to 1 at six tenths, fast at first (Zhu and Gupta, 2017). */
const rampUp = (done: number): number => 1 - (1 - Math.min(Math.max((done - 0.1) / 0.5, 0), 1)) ** 3

const standardTargets = (targets: Targets) => {
  if (targets.task === "classification") return { mean: 0, deviation: 1, standard: new Float64Array() }
  const { values } = targets
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  const deviation = variance > 0 ? Math.sqrt(variance) : 1
  return { mean, deviation, standard: values.map((value) => (value - mean) / deviation) }
}
