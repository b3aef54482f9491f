import type { FloatNode, GraphBuilder } from "../../graph/graph.ts"
import { type Grid, scalar, type Tensor, tensor, vector } from "../../graph/tensor.ts"
import type { Samples } from "../data-set.ts"
import { momentsOf, type Scaling, scaled, standardScaling } from "../standardise.ts"
import { multipleOf } from "./activation-layers.ts"
import { type Encoding, shortened } from "./layer.ts"

/**
 * How features are brought to one scale: each column by its own mean and deviation, or all of them by the least and
 * greatest of all values, as the pixels of an image.
 */
export type InputScaling = "columns" | "all"

/** What happens to a row before the first layer. */
export interface InputStage {
  /** The rows as the first layer sees them. */
  readonly samples: Samples
  readonly encoding: Encoding | undefined
  readonly emit: (builder: GraphBuilder, x: FloatNode) => FloatNode
}

export const inputStage = (samples: Samples, by: InputScaling, bits: number | undefined): InputStage =>
  bits === undefined ? scaledInput(samples, by) : roundedInput(samples, by, bits)

const extremes = (values: Float64Array): [number, number] => {
  let [lo, hi] = [values[0]!, values[0]!]
  for (const value of values) [lo, hi] = [Math.min(lo, value), Math.max(hi, value)]
  return hi > lo ? [lo, hi] : [lo, lo + 1]
}

const scaledInput = (samples: Samples, by: InputScaling): InputStage => {
  const [lo, hi] = extremes(samples.values)
  const scaling: Scaling =
    by === "columns"
      ? standardScaling(momentsOf(samples))
      : { scale: Float64Array.of(1 / (hi - lo)), shift: Float64Array.of(-lo / (hi - lo)) }
  const asTensor = (values: Float64Array): Tensor => (by === "columns" ? vector(values) : tensor([], values))
  const wide = (values: Float64Array) =>
    by === "columns" ? values : new Float64Array(samples.features).fill(values[0]!)
  return {
    samples: scaled(samples, { scale: wide(scaling.scale), shift: wide(scaling.shift) }),
    encoding: undefined,
    emit: (builder, x) =>
      builder.add("affine", [x], { scale: asTensor(scaling.scale), shift: asTensor(scaling.shift) }),
  }
}

/** Deviations from the mean that the integers of a column cover on either side. */
const COVERED = 2.75

/**
 * A quantizer with a step and zero point for each column, or one of both for all, and then one unit common to all columns.
 * Steps are short numbers, so that every value is an exact multiple of the unit.
 */
const roundedInput = (samples: Samples, by: InputScaling, bits: number): InputStage => {
  const { features, values } = samples
  const [lo, hi] = by === "all" ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1]
  const { scale, zeroPoint } = by === "all" ? spanOf(values, hi) : columnGrids(samples, -lo)
  const grid: Grid = { scale, zeroPoint, axis: 0, lo, hi }
  const unit = by === "all" ? 2 ** -bits : 2 ** (2 - bits)
  const integers = values.map((x, at) => {
    const column = by === "all" ? 0 : at % features
    const zero = zeroPoint[column]!
    return multipleOf(x, scale[column]!, lo - zero, hi - zero) + zero
  })
  const asTensor = (column: Float64Array): Tensor => (by === "all" ? tensor([], column) : vector(column))
  return {
    samples: { ...samples, values: integers.map((q) => q * unit) },
    encoding: { step: () => unit, range: { lo, hi } },
    emit: (builder, x) => {
      const rounded = builder.add("dequantize", [builder.add("quantize", [x], { grid })], { grid })
      // scale (q - zero) / scale + zero, in units
      return builder.add("affine", [rounded], {
        scale: scalar(unit),
        shift: asTensor(zeroPoint.map((zero, j) => zero * scale[j]! * unit)),
        divisor: asTensor(scale),
      })
    },
  }
}

const spanOf = (values: Float64Array, steps: number): Pick<Grid, "scale" | "zeroPoint"> => {
  const [lo, hi] = extremes(values)
  const scale = shortened((hi - lo) / steps)
  return { scale: Float64Array.of(scale), zeroPoint: Float64Array.of(Math.round(-lo / scale)) }
}

const columnGrids = (samples: Samples, half: number): Pick<Grid, "scale" | "zeroPoint"> => {
  const { means, deviations } = momentsOf(samples)
  const scale = deviations.map((deviation) => shortened((COVERED * deviation) / half))
  return { scale, zeroPoint: means.map((mean, j) => Math.round(-mean / scale[j]!)) }
}
