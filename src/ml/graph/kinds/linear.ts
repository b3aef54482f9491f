import { printShape, sizeOf } from "../../../data/index.ts"
import { broadcastIndices, broadcastShapes } from "../../../ir/index.ts"
import { fail } from "../../fail.ts"
import { kind } from "../kind.ts"
import type { Shape, Tensor } from "../tensor.ts"
import { type Window, windowIndices, windowShape } from "../windows.ts"

export interface DenseAttributes {
  /** [outputs, inputs] */
  readonly weights: Tensor
  /** [outputs] */
  readonly bias?: Tensor
}
export interface ConvAttributes extends Window {
  /** [output channels, input channels / groups, ...kernel] */
  readonly weights: Tensor
  /** [output channels] */
  readonly bias?: Tensor
  readonly groups: number
}
export interface AffineAttributes {
  /** All broadcast to the operand. */
  readonly scale: Tensor
  readonly shift: Tensor
  /** A division that a framework does decides ties another way than the product with a reciprocal. */
  readonly divisor?: Tensor
}

const checkBias = (bias: Tensor | undefined, outputs: number): void => {
  if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== outputs)) {
    fail("damaged-model", `a bias of shape ${printShape(bias.shape)} does not fit ${outputs} outputs`)
  }
}

const broadcastsTo = (from: Shape, to: Shape): boolean => {
  const shape = broadcastShapes(from, to)
  return shape.length === to.length && shape.every((n, axis) => n === to[axis])
}

export const linear = {
  dense: kind<DenseAttributes>({
    doc: "A matrix with constant entries times the last axis, plus a bias.",
    arity: 1,
    infer: ([x], { weights, bias }) => {
      if (weights.shape.length !== 2 || x!.length === 0 || x!.at(-1) !== weights.shape[1]) {
        fail(
          "damaged-model",
          `weights of shape ${printShape(weights.shape)} do not fit a value of shape ${printShape(x!)}`,
        )
      }
      checkBias(bias, weights.shape[0]!)
      return [...x!.slice(0, -1), weights.shape[0]!]
    },
    work: (_, { weights }, result) => sizeOf(result) * weights.shape[1]!,
    evaluate: ([x], { weights, bias }) => {
      const [outputs, inputs] = weights.shape as [number, number]
      const rows = inputs === 0 ? sizeOf(x!.shape.slice(0, -1)) : x!.values.length / inputs
      const result = new Float64Array(rows * outputs)
      for (let row = 0; row < rows; row++) {
        for (let o = 0; o < outputs; o++) {
          let sum = bias === undefined ? 0 : bias.values[o]!
          for (let i = 0; i < inputs; i++)
            sum += weights.values[o * inputs + i]! * x!.values[row * inputs + i]!
          result[row * outputs + o] = sum
        }
      }
      return result
    },
  }),
  conv: kind<ConvAttributes>({
    doc: "A convolution with constant weights over the spatial axes, plus a bias for each channel.",
    arity: 1,
    infer: ([x], { weights, bias, groups, ...window }) => {
      const [channels = 0, ...spatial] = x!
      const [outputs = 0, inputs = 0, ...kernel] = weights.shape
      const fits =
        spatial.length === kernel.length &&
        kernel.every((n, axis) => n === window.kernel[axis]) &&
        Number.isSafeInteger(groups) &&
        groups >= 1 &&
        inputs * groups === channels &&
        outputs % groups === 0
      if (!fits) {
        fail(
          "damaged-model",
          `weights of shape ${printShape(weights.shape)} in ${groups} groups do not fit a value of shape ${printShape(x!)}`,
        )
      }
      checkBias(bias, outputs)
      return [outputs, ...windowShape(spatial, window)]
    },
    work: (_, { weights }, result) => sizeOf(result) * sizeOf(weights.shape.slice(1)),
    evaluate: ([x], attributes, result) => {
      const { weights, bias, groups } = attributes
      const spatial = x!.shape.slice(1)
      const indices = windowIndices(spatial, attributes)
      const area = sizeOf(spatial)
      const places = sizeOf(result.slice(1))
      const taps = sizeOf(attributes.kernel)
      const outputs = result[0]!
      const inputs = weights.shape[1]!
      const values = new Float64Array(outputs * places)
      for (let o = 0; o < outputs; o++) {
        const firstInput = Math.floor(o / (outputs / groups)) * inputs
        for (let place = 0; place < places; place++) {
          let sum = bias === undefined ? 0 : bias.values[o]!
          for (let tap = 0; tap < taps; tap++) {
            const at = indices[place * taps + tap]!
            if (at < 0) continue
            for (let i = 0; i < inputs; i++) {
              sum += weights.values[(o * inputs + i) * taps + tap]! * x!.values[(firstInput + i) * area + at]!
            }
          }
          values[o * places + place] = sum
        }
      }
      return values
    },
  }),
  affine: kind<AffineAttributes>({
    doc: "(x * scale + shift) / divisor with constants, elementwise: scalers, batch normalisation, sums with constants.",
    arity: 1,
    infer: ([x], { scale, shift, divisor = shift }) => {
      for (const { shape } of [scale, shift, divisor]) {
        if (!broadcastsTo(shape, x!)) {
          fail(
            "damaged-model",
            `a constant of shape ${printShape(shape)} does not broadcast to a value of shape ${printShape(x!)}`,
          )
        }
      }
      return x!
    },
    evaluate: ([x], { scale, shift, divisor }) => {
      const scales = broadcastIndices(scale.shape, x!.shape)
      const shifts = broadcastIndices(shift.shape, x!.shape)
      const result = x!.values.map(
        (value, i) => value * scale.values[scales[i]!]! + shift.values[shifts[i]!]!,
      )
      if (divisor === undefined) return result
      const divisors = broadcastIndices(divisor.shape, x!.shape)
      return result.map((value, i) => value / divisor.values[divisors[i]!]!)
    },
  }),
  matmul: kind<Record<never, never>>({
    doc: "The product of two values as matrices over their last two axes.",
    arity: 2,
    infer: ([a, b]) => {
      if (a!.length < 2 || b!.length < 2 || a!.at(-1) !== b!.at(-2)) {
        fail(
          "damaged-model",
          `values of shapes ${printShape(a!)} and ${printShape(b!)} do not multiply as matrices`,
        )
      }
      return [...broadcastShapes(a!.slice(0, -2), b!.slice(0, -2)), a!.at(-2)!, b!.at(-1)!]
    },
    work: ([a], _, result) => sizeOf(result) * a!.at(-1)!,
    evaluate: ([a, b], _, result) => {
      const [rows, columns, inner] = [result.at(-2)!, result.at(-1)!, a!.shape.at(-1)!]
      const stack = result.slice(0, -2)
      const lefts = broadcastIndices(a!.shape.slice(0, -2), stack)
      const rights = broadcastIndices(b!.shape.slice(0, -2), stack)
      const values = new Float64Array(sizeOf(result))
      let at = 0
      for (let s = 0; s < lefts.length; s++) {
        const left = lefts[s]! * rows * inner
        const right = rights[s]! * inner * columns
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < columns; column++) {
            let sum = 0
            for (let i = 0; i < inner; i++) {
              sum += a!.values[left + row * inner + i]! * b!.values[right + i * columns + column]!
            }
            values[at++] = sum
          }
        }
      }
      return values
    },
  }),
}
