import type { FloatNode, GraphBuilder } from "../../graph/graph.ts"
import type { Shape } from "../../graph/tensor.ts"

/** Numbers that training moves, and the derivatives of the loss by them. */
export interface Parameter {
  readonly values: Float64Array
  readonly gradient: Float64Array
}

export const parameter = (values: Float64Array): Parameter => ({
  values,
  gradient: new Float64Array(values.length),
})

/** Values that are whole multiples of a step. */
export interface Encoding {
  /** It changes while the network learns. */
  readonly step: () => number
  /** Bounds of the multiples, where some are known whatever the weights. */
  readonly range?: { readonly lo: number; readonly hi: number }
}

/** One layer of a network in training. It computes exactly what the nodes do that it becomes. */
export interface Layer {
  /** Of one sample's results. */
  readonly shape: Shape
  /** How its results are encoded, when they are. */
  readonly encoding: Encoding | undefined
  readonly parameters: readonly Parameter[]
  /** Makes its weights fit the constraints, right before `forward`; `pruned` is the share of them that shall be 0. */
  readonly constrain?: (pruned: number) => void
  /** The results for samples in turn; the array is used again by the next call. */
  readonly forward: (x: Float64Array, rows: number) => Float64Array
  /**
   * From the derivatives by the results of the last `forward` to those by its operand; adds to the gradients of the
   * parameters. Rounding counts as the identity within its range (straight-through estimator: Bengio, Léonard and Courville,
   * 2013).
   */
  readonly backward: (errors: Float64Array, rows: number) => Float64Array
  readonly emit: (builder: GraphBuilder, x: FloatNode) => FloatNode
}

/** The nearest number with 8 significant bits: sums of products of such steps and small integers are exact. */
export const shortened = (x: number): number => {
  let unit = 1
  while (unit * 256 <= x) unit *= 2
  while (unit * 128 > x) unit /= 2
  return Math.round(x / unit) * unit
}
