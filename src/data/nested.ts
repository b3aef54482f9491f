import { RuntimeError } from "./errors.ts"

/** One exact integer. */
export type Integer = number | bigint

/** An integer tensor as users write it: nested arrays, typed arrays at the innermost level, or one number. */
export type Nested = Integer | boolean | ArrayLike<Integer> | readonly Nested[]

/** The values of a tensor of shape `S`: nested as deep as it has axes where that is known, any depth elsewhere. */
export type NestedOfShape<S extends readonly number[]> = number extends S["length"]
  ? Nested
  : S extends readonly []
    ? Integer | boolean
    : S extends readonly [number]
      ? ArrayLike<Integer> | readonly (Integer | boolean)[]
      : S extends readonly [number, ...infer Rest extends readonly number[]]
        ? readonly NestedOfShape<Rest>[]
        : Nested

/** What comes back: nested arrays of numbers, bigint where a value may exceed 2^53. */
export type NestedResult = Integer | NestedResult[]

/** What a program returns, in the form of the traced function: one tensor, an array or a record of tensors. */
export type ProgramResult = NestedResult | Record<string, NestedResult>

export const isArrayLike = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))

/** The shape of a nested array, read along its first entries. */
export const shapeOf = (value: unknown): number[] => {
  const shape: number[] = []
  for (let at = value; isArrayLike(at); at = at[0]) {
    shape.push(at.length)
    if (at.length === 0) break
  }
  return shape
}

/** The leaves of a nested array in row-major order. Throws RuntimeError where it is ragged. */
export const flatten = (value: unknown, shape: readonly number[] = shapeOf(value)): unknown[] => {
  const leaves: unknown[] = []
  const walk = (at: unknown, axis: number): void => {
    if (axis === shape.length) {
      if (isArrayLike(at))
        throw new RuntimeError(`the array is nested deeper than shape ${printShape(shape)}`, {
          code: "wrong-input",
        })
      leaves.push(at)
      return
    }
    if (!isArrayLike(at) || at.length !== shape[axis]) {
      const found = isArrayLike(at) ? `${at.length} entries` : `the single value ${String(at)}`
      throw new RuntimeError(
        `the array has ${found} on axis ${axis} where shape ${printShape(shape)} has ${shape[axis]}`,
        { code: "wrong-input" },
      )
    }
    for (let i = 0; i < at.length; i++) walk(at[i], axis + 1)
  }
  walk(value, 0)
  return leaves
}

/** Row-major leaves back to nested arrays. */
export const unflatten = <L>(leaves: ArrayLike<L>, shape: readonly number[]): L | NestedOf<L>[] => {
  let level: (L | NestedOf<L>)[] = Array.from(leaves)
  for (let axis = shape.length - 1; axis > 0; axis--) {
    const width = shape[axis]!
    const count = shape.slice(0, axis).reduce((a, b) => a * b, 1)
    level = Array.from({ length: count }, (_, i) => level.slice(i * width, (i + 1) * width))
  }
  return shape.length === 0 ? (level[0] as L) : (level as NestedOf<L>[])
}
export type NestedOf<L> = L | NestedOf<L>[]

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

export const printShape = (shape: readonly number[]): string => `[${shape.join(", ")}]`
