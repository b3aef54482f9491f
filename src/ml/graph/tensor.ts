import { printShape, sizeOf } from "../../data/index.ts"
import { fail } from "../fail.ts"

export type Shape = readonly number[]

/** Where quantized constants come from: value = scale * (integer - zeroPoint), with integers in lo..hi. */
export interface Grid {
  /** One entry for all values, or one for each index of `axis`. */
  readonly scale: Float64Array
  readonly zeroPoint: Float64Array
  readonly axis: number
  readonly lo: number
  readonly hi: number
}

/** Constants of a model in row-major order, never changed. */
export interface Tensor {
  readonly shape: Shape
  readonly values: Float64Array
  /** Present when the model stores these values as integers. */
  readonly grid?: Grid
}

/** A tensor of values in row-major order; throws ProgramError when their number is not that of the shape. */
export const tensor = (shape: Shape, values: ArrayLike<number>): Tensor => {
  if (values.length !== sizeOf(shape)) {
    fail(
      "damaged-model",
      `a tensor of shape ${printShape(shape)} has ${sizeOf(shape)} values, not ${values.length}`,
    )
  }
  return { shape, values: values instanceof Float64Array ? values : Float64Array.from(values) }
}

/** So many numbers, each made from its index; many times as fast as `Float64Array.from`. */
export const generate = (length: number, at: (index: number) => number): Float64Array => {
  const values = new Float64Array(length)
  for (let i = 0; i < length; i++) values[i] = at(i)
  return values
}

export const scalar = (value: number): Tensor => ({ shape: [], values: Float64Array.of(value) })

export const vector = (values: ArrayLike<number>): Tensor => tensor([values.length], values)
