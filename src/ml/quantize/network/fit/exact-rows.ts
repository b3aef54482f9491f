import { fail } from "../../../fail.ts"
import type { Row } from "../lower/linear-rows.ts"
import type { FittedRows } from "./fit-rows.ts"

/**
 * Rows of weights that are multiples of a step, as those of a model trained on a grid are: as integers, unchanged. Biases
 * need not be multiples of it: `rest` has what is left of them.
 */
export const exactRows = (rows: readonly Row[]): FittedRows => {
  const scale = Float64Array.from(rows, ({ weights }) => exactStep(weights))
  return {
    scale,
    rest: Float64Array.from(rows, ({ bias }, i) => bias - scale[i]! * Math.round(bias / scale[i]!)),
    rows: rows.map(({ columns, weights, bias }, i) => ({
      columns,
      weights: weights.map((weight) => Math.round(weight / scale[i]!)),
      bias: Math.round(bias / scale[i]!),
    })),
  }
}

/** Weights of 16 bits are up to so many steps apart. */
const MOST_PARTS = 2 ** 16

/** The largest step that all weights are multiples of. Throws ProgramError where there is none. */
const exactStep = (weights: Float64Array): number => {
  const sizes = Array.from(weights, Math.abs).filter((size) => size > 0)
  if (sizes.length === 0) return 1
  const least = Math.min(...sizes)
  for (let parts = 1; parts <= MOST_PARTS; parts++) {
    const step = least / parts
    if (sizes.every((size) => isWhole(size / step))) return step
  }
  return fail("unsupported-model", "its weights are no multiples of one step")
}

/** Whether a number is whole up to the rounding of files to single precision. */
const isWhole = (count: number): boolean => Math.abs(count - Math.round(count)) < 1e-3 + 1e-7 * count
