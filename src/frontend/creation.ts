import type { Integer } from "../data/index.ts"
import { sizeOf, unflatten } from "../data/index.ts"
import { type ShapeLike, shapeFrom, structural } from "./axes.ts"
import { constant } from "./constant.ts"
import { fail } from "./fail.ts"
import type { Tensor } from "./tensor.ts"

/** A constant tensor with one value everywhere; a scalar for the shape `[]`. */
export const full = (shape: ShapeLike, value: Integer): Tensor => {
  const extents = shapeFrom(shape)
  const values = unflatten(new Array<Integer>(sizeOf(extents)).fill(value), extents)
  // An array of arrays cannot tell its shape past an extent of 0.
  return constant(values).reshape(extents)
}

/** A constant tensor of zeros. */
export const zeros = (shape: ShapeLike = []): Tensor => full(shape, 0)

/** A constant tensor of ones. */
export const ones = (shape: ShapeLike = []): Tensor => full(shape, 1)

/**
 * The constants start, start + step, … up to stop, which is left out: `arange(stop)` or `arange(start, stop, step)`.
 * Throws ProgramError for a step of 0 and for what is no integer.
 */
export const arange = (start: number, stop?: number, step = 1): Tensor => {
  const [from, to] = stop === undefined ? [0, start] : [start, stop]
  for (const each of [from, to, step]) structural("a bound of arange", each)
  if (step === 0) fail("arange with step 0")
  const count = Math.max(0, Math.ceil((to - from) / step))
  return constant(Array.from({ length: count }, (_, i) => from + i * step))
}

/** Ones on diagonal `k` and zeros elsewhere, square unless the columns are given. */
export const eye = (
  rows: number,
  columns: number = rows,
  { k = 0 }: { readonly k?: number } = {},
): Tensor => {
  const extents = shapeFrom([rows, columns])
  const shift = structural("a diagonal", k)
  const ofRow = (row: number): number[] =>
    Array.from({ length: columns }, (_, column) => Number(column === row + shift))
  return constant(Array.from({ length: rows }, (_, row) => ofRow(row))).reshape(extents)
}

/** The square matrix with ones on its diagonal. */
export const identity = (size: number): Tensor => eye(size)
