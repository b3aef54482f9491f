import { printShape, roundEven } from "../../../data/index.ts"
import { broadcastIndices } from "../../../ir/index.ts"
import { fail } from "../../fail.ts"
import { kind } from "../kind.ts"
import type { Grid, Shape } from "../tensor.ts"

export interface GridAttributes {
  readonly grid: Grid
}

/** For each element of a shape, the index of its scale. */
const gridIndices = (shape: Shape, { scale, axis }: Grid): Int32Array =>
  broadcastIndices(scale.length === 1 ? [] : shape.map((n, i) => (i === axis ? n : 1)), shape)

const checkGrid = (shape: Shape, { scale, zeroPoint, axis, lo, hi }: Grid): Shape => {
  const fits = scale.length === 1 || scale.length === shape[axis]
  if (
    !fits ||
    scale.length !== zeroPoint.length ||
    !scale.every((s) => s > 0 && s < Infinity) ||
    !(lo < hi)
  ) {
    fail(
      "damaged-model",
      `a quantizer with ${scale.length} scales, ${zeroPoint.length} zero points and range ${lo}..${hi} does not fit a ` +
        `value of shape ${printShape(shape)}\npositive scales are needed, one for all or one for each index of axis ${axis}`,
    )
  }
  return shape
}

/** Integers to the values they stand for: scale * (integer - zeroPoint). */
export const fromGrid = (shape: Shape, integers: Float64Array, grid: Grid): Float64Array => {
  const indices = gridIndices(checkGrid(shape, grid), grid)
  return integers.map((q, i) => grid.scale[indices[i]!]! * (q - grid.zeroPoint[indices[i]!]!))
}

/** The nearest integers of a grid: clip(round(x / scale) + zeroPoint), ties to even. */
export const toGrid = (shape: Shape, values: Float64Array, grid: Grid): Float64Array => {
  const indices = gridIndices(checkGrid(shape, grid), grid)
  return values.map((x, i) => {
    // ONNX Runtime divides in single precision, which decides ties.
    const q = roundEven(Math.fround(x / grid.scale[indices[i]!]!)) + grid.zeroPoint[indices[i]!]!
    return Math.min(Math.max(q, grid.lo), grid.hi)
  })
}

export const quantized = {
  quantize: kind<GridAttributes>({
    doc: "The nearest integers of a grid: clip(round(x / scale) + zeroPoint), ties to even.",
    arity: 1,
    infer: ([x], { grid }) => checkGrid(x!, grid),
    evaluate: ([x], { grid }) => toGrid(x!.shape, x!.values, grid),
  }),
  dequantize: kind<GridAttributes>({
    doc: "The numbers that integers of a grid stand for: scale * (q - zeroPoint).",
    arity: 1,
    infer: ([x], { grid }) => checkGrid(x!, grid),
    evaluate: ([x], { grid }) => fromGrid(x!.shape, x!.values, grid),
  }),
}
