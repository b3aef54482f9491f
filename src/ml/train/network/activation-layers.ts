import { roundEven, sizeOf, unaryFunction } from "../../../data/index.ts"
import type { Grid, Shape } from "../../graph/tensor.ts"
import { type Encoding, type Layer, parameter, shortened } from "./layer.ts"

/** What follows a linear layer: functions that become tables, or x², which is a product. */
export type TrainableActivation = "relu" | "square" | "sigmoid" | "tanh"

/** The derivative at x, where the function is y. */
const slopes: Readonly<Record<TrainableActivation, (x: number, y: number) => number>> = {
  relu: (x) => (x > 0 ? 1 : 0),
  square: (x) => 2 * x,
  sigmoid: (_, y) => y * (1 - y),
  tanh: (_, y) => 1 - y * y,
}

export const trainableActivations = Object.keys(slopes) as readonly TrainableActivation[]

export const activationLayer = (
  name: TrainableActivation,
  shape: Shape,
  encoding: Encoding | undefined,
  batch: number,
): Layer => {
  const apply = unaryFunction(name, {})
  const slope = slopes[name]
  const size = sizeOf(shape)
  const result = new Float64Array(batch * size)
  const errorsBefore = new Float64Array(batch * size)
  let operand: Float64Array = result
  return {
    shape,
    encoding: name === "square" && encoding !== undefined ? { step: () => encoding.step() ** 2 } : undefined,
    parameters: [],
    forward: (x, rows) => {
      operand = x
      for (let i = 0; i < rows * size; i++) result[i] = apply(x[i]!)
      return result
    },
    backward: (errors, rows) => {
      for (let i = 0; i < rows * size; i++) errorsBefore[i] = errors[i]! * slope(operand[i]!, result[i]!)
      return errorsBefore
    },
    emit: (builder, x) => builder.add("activation", [x], { function: name, parameters: {} }),
  }
}

/** The nearest multiple of a step in a range, as the graph's quantizer computes it. */
export const multipleOf = (x: number, step: number, lo: number, hi: number): number =>
  Math.min(Math.max(roundEven(Math.fround(x / step)), lo), hi)

export const uniformGrid = (step: number, lo: number, hi: number): Grid => ({
  scale: Float64Array.of(step),
  zeroPoint: Float64Array.of(0),
  axis: 0,
  lo,
  hi,
})

/** How an activation is rounded: its range is its own, but for relu's, which is learnt. */
const ranges = {
  relu: (bits: number) => ({ lo: 0, hi: 2 ** bits - 1, step: undefined }),
  sigmoid: (bits: number) => ({ lo: 0, hi: 2 ** bits - 1, step: 2 ** -bits }),
  tanh: (bits: number) => ({ lo: 1 - 2 ** (bits - 1), hi: 2 ** (bits - 1) - 1, step: 2 ** (1 - bits) }),
} as const

/** Rounds activations to integers of some bits. The clipping of relu is learnt (PACT: Choi et al., 2018). */
export const roundingLayer = (
  name: Exclude<TrainableActivation, "square">,
  bits: number,
  shape: Shape,
  batch: number,
): Layer => {
  const { lo, hi, step: fixed } = ranges[name](bits)
  const size = sizeOf(shape)
  const result = new Float64Array(batch * size)
  const errorsBefore = new Float64Array(batch * size)
  const clip = parameter(new Float64Array(1))
  let operand: Float64Array = result
  let step = fixed ?? 0
  /** From the largest value of the first samples on, the clipping is learnt. */
  const chooseStep = (x: Float64Array, count: number): void => {
    if (fixed !== undefined) return
    if (clip.values[0] === 0) {
      for (let i = 0; i < count; i++) clip.values[0] = Math.max(clip.values[0]!, x[i]!)
      if (clip.values[0] === 0) clip.values[0] = 1
    }
    clip.values[0] = Math.max(clip.values[0]!, 1e-6)
    step = shortened(clip.values[0] / hi)
  }
  const grid = (): Grid => uniformGrid(step, lo, hi)
  return {
    shape,
    encoding: { step: () => step, range: { lo, hi } },
    parameters: fixed === undefined ? [clip] : [],
    forward: (x, rows) => {
      operand = x
      chooseStep(x, rows * size)
      for (let i = 0; i < rows * size; i++) result[i] = step * multipleOf(x[i]!, step, lo, hi)
      return result
    },
    backward: (errors, rows) => {
      const [least, most] = [(lo - 0.5) * step, (hi + 0.5) * step]
      for (let i = 0; i < rows * size; i++) {
        const x = operand[i]!
        errorsBefore[i] = x < least || x > most ? 0 : errors[i]!
        if (x > most) clip.gradient[0]! += errors[i]!
      }
      return errorsBefore
    },
    emit: (builder, x) =>
      builder.add("dequantize", [builder.add("quantize", [x], { grid: grid() })], { grid: grid() }),
  }
}
