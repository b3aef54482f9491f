import type { Integer } from "../../data/index.ts"
import { sizeOf, unflatten } from "../../data/index.ts"
import { shapeFrom } from "../core/axes.ts"
import { fail } from "../core/fail.ts"
import { exact, integer, shape } from "../operator/argument.ts"
import { operator } from "../operator/operator.ts"
import { optional, required } from "../operator/parameter.ts"
import type { Tensor } from "../tensor/tensor.ts"
import { constant } from "./constant.ts"

/** A constant tensor with one value everywhere; a scalar for the shape `[]`. */
export const full = operator(
  "full",
  [required("shape", shape), required("value", exact("a value"))],
  (shape, value): Tensor => {
    const extents = shapeFrom(shape)
    const values = unflatten(new Array<Integer>(sizeOf(extents)).fill(value), extents)
    // An array of arrays cannot tell its shape past an extent of 0.
    return constant(values).reshape(extents)
  },
)

/** A constant tensor of zeros. */
export const zeros = operator("zeros", [optional("shape", shape)], ({ shape = [] }): Tensor => full(shape, 0))

/** A constant tensor of ones. */
export const ones = operator("ones", [optional("shape", shape)], ({ shape = [] }): Tensor => full(shape, 1))

const bound = integer("a bound of arange")
const interval = [required("start", bound), optional("stop", bound), optional("step", bound)] as const

/**
 * The constants start, start + step, … up to stop, which is left out: `arange(stop)` or `arange(start, stop, step)`.
 * Throws ProgramError for a step of 0 and for what is no integer.
 */
export const arange = operator("arange", interval, (start, { stop, step = 1 }): Tensor => {
  const [from, to] = stop === undefined ? [0, start] : [start, stop]
  if (step === 0) fail("wrong-argument", "arange with step 0")
  const count = Math.max(0, Math.ceil((to - from) / step))
  return constant(Array.from({ length: count }, (_, i) => from + i * step))
})

const extent = integer("an extent of a shape")
const diagonal = [
  required("rows", extent),
  optional("columns", extent),
  optional("k", integer("a diagonal")),
] as const

/** Ones on diagonal `k` and zeros elsewhere, square unless the columns are given. */
export const eye = operator("eye", diagonal, (rows, { columns = rows, k: shift = 0 }): Tensor => {
  const extents = shapeFrom([rows, columns])
  const ofRow = (row: number): number[] =>
    Array.from({ length: columns }, (_, column) => Number(column === row + shift))
  return constant(Array.from({ length: rows }, (_, row) => ofRow(row))).reshape(extents)
})

/** The square matrix with ones on its diagonal. */
export const identity = operator("identity", [required("size", extent)], (size): Tensor => eye(size))
