import { checkArguments, checkOptions, forms } from "../../data/index.ts"
import { fail } from "../fail.ts"
import { classOf, isClassifier } from "../fidelity.ts"
import type { FloatModel, Reals } from "../float-model.ts"
import { indices, seeded, shuffle } from "../math/random.ts"
import { whole } from "../options.ts"

/**
 * The class that the scores of a row stand for: of a model that does not name its classes, their number from 0. Throws
 * ProgramError for a regression.
 */
export const labelOf = ({ graph }: FloatModel, scores: readonly number[]): number | string => {
  const output = graph.outputs[0]!
  if (!isClassifier(output)) return fail("unsupported", "the model has no classes\nuse r2 for a regression")
  const column = classOf(scores, output)
  return output.classes?.[column] ?? column
}

/** The share of rows whose class is right. Throws ProgramError for a model without classes. */
export const accuracy = (
  model: FloatModel,
  scores: readonly (readonly number[])[],
  y: ArrayLike<number | string>,
): number => {
  checkCount(scores.length, y.length)
  return scores.filter((row, i) => labelOf(model, row) === y[i]).length / scores.length
}

/** The coefficient of determination: 1 - squared errors / squared deviations from the mean. 1 is perfect, 0 the mean. */
export const r2 = (scores: readonly ArrayLike<number>[], y: ArrayLike<number>): number => {
  checkCount(scores.length, y.length)
  const values = Array.from(y)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const errors = values.reduce((sum, value, i) => sum + (value - scores[i]![0]!) ** 2, 0)
  return 1 - errors / values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
}

const checkCount = (rows: number, targets: number): void => {
  if (rows !== targets || rows === 0)
    fail("wrong-rows", `there are scores of ${rows} rows and ${targets} targets`)
}

export interface SplitOptions {
  /** The rows to hold back: a number, or a share below 1; a quarter by default. */
  readonly test?: number
  readonly seed?: number
}

/** Rows and targets to learn from, and those held back to measure with. */
export interface TrainTest<X, Y> {
  readonly train: { readonly x: X[]; readonly y: Y[] }
  readonly test: { readonly x: X[]; readonly y: Y[] }
}

/** Splits rows and targets in a random order that depends on the seed alone. */
export const trainTestSplit = <X extends Reals, Y extends number | string>(
  x: readonly X[],
  y: readonly Y[],
  options: SplitOptions = {},
  ...surplus: []
): TrainTest<X, Y> => {
  checkArguments("trainTestSplit", [x, y, options, ...surplus], {
    x: forms.list,
    y: forms.list,
    options: forms.anything,
  })
  checkOptions<SplitOptions>("trainTestSplit", options, { test: forms.number, seed: forms.number })
  const { test = 0.25, seed = 0 } = options
  checkCount(x.length, y.length)
  const count = test < 1 ? Math.ceil(test * x.length) : test
  whole("test", count, 1, x.length - 1)
  const order = indices(x.length)
  shuffle(order, seeded(seed))
  const part = (rows: Int32Array) => ({
    x: Array.from(rows, (i) => x[i]!),
    y: Array.from(rows, (i) => y[i]!),
  })
  return { test: part(order.subarray(0, count)), train: part(order.subarray(count)) }
}
