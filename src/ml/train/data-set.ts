import { flatten, isArrayLike, mismatch, ProgramError, printInline, shapeOf } from "../../data/index.ts"
import { fail } from "../fail.ts"
import type { Reals } from "../float-model.ts"

/** What a model is trained to give. */
export type Task = "classification" | "regression"

/** The rows to learn from, one after the other. */
export interface Samples {
  readonly rows: number
  readonly features: number
  readonly values: Float64Array
}

/** What belongs to each row: the number of its class, or a value. */
export type Targets =
  | {
      readonly task: "classification"
      readonly classes: readonly (number | string)[]
      readonly labels: Int32Array
    }
  | { readonly task: "regression"; readonly values: Float64Array }

const leaves = (row: Reals, i: number): readonly unknown[] => {
  if (!isArrayLike(row)) return [row]
  try {
    return flatten(row, shapeOf(row))
  } catch (cause) {
    throw new ProgramError(`row ${i}: ${(cause as Error).message}`, {
      code: "wrong-rows",
      cause,
    })
  }
}

/** Reads rows of real numbers, nested or flat. Throws ProgramError unless all have as many, finite (NaN where `missing`). */
export const readSamples = (x: readonly Reals[], missing: "missing" | "complete"): Samples => {
  if (!Array.isArray(x))
    return fail("wrong-argument", mismatch("x of fit", x, { needed: "an array of rows" }))
  const rows = x.length
  if (rows === 0) return fail("wrong-rows", "there are no rows to learn from")
  const features = leaves(x[0]!, 0).length
  if (features === 0) return fail("wrong-rows", "row 0 is empty\na row of at least one number is needed")
  const values = new Float64Array(rows * features)
  for (let i = 0; i < rows; i++) {
    const row = leaves(x[i]!, i)
    if (row.length !== features)
      return fail(
        "wrong-rows",
        `row ${i} has ${row.length} numbers, and row 0 has ${features}\nrows of one length are needed`,
      )
    for (let j = 0; j < features; j++) {
      const value = row[j]
      const isGood =
        typeof value === "number" &&
        (Number.isFinite(value) || (missing === "missing" && Number.isNaN(value)))
      if (!isGood) {
        return fail(
          "wrong-rows",
          `row ${i} has ${Number.isNaN(value) ? "no number" : printInline(value)} in column ${j}\n` +
            (missing === "missing"
              ? "a finite number is needed, or not-a-number, which is 0 / 0, where it is missing"
              : "a finite number is needed; only trees learn from missing values"),
        )
      }
      values[i * features + j] = value
    }
  }
  return { rows, features, values }
}

/** Reads what belongs to the rows: labels of any kind become classes in order, values stay. */
export const readTargets = (task: Task, y: ArrayLike<number | string>, rows: number): Targets => {
  if (!isArrayLike(y))
    return fail(
      "wrong-argument",
      mismatch("y of fit", y, { needed: "a list with a class or value for each row" }),
    )
  if (y.length !== rows)
    return fail("wrong-rows", `there are ${rows} rows and ${y.length} targets\none for each row is needed`)
  return task === "classification" ? readLabels(y) : { task, values: readValues(y) }
}

const readLabels = (y: ArrayLike<number | string>): Targets & { task: "classification" } => {
  const all = Array.from(y)
  const bad = all.findIndex((label) => typeof label !== "string" && !Number.isFinite(label))
  if (bad >= 0)
    return fail(
      "wrong-rows",
      `label ${bad} is ${printInline(all[bad])}\na finite number or a string is needed`,
    )
  const distinct = [...new Set(all)]
  if (new Set(distinct.map((label) => typeof label)).size > 1)
    return fail("wrong-rows", "some labels are numbers and some are strings\nlabels of one type are needed")
  if (distinct.length < 2)
    return fail(
      "wrong-rows",
      `all labels are ${printInline(distinct[0])}\nrows of at least two classes are needed`,
    )
  const classes = distinct.sort((a, b) => (a < b ? -1 : 1))
  const numbers = new Map(classes.map((label, k) => [label, k]))
  return { task: "classification", classes, labels: Int32Array.from(all, (label) => numbers.get(label)!) }
}

const readValues = (y: ArrayLike<number | string>): Float64Array => {
  const values = new Float64Array(y.length)
  for (let i = 0; i < y.length; i++) {
    const value = y[i]
    if (typeof value !== "number" || !Number.isFinite(value))
      return fail("wrong-rows", `target ${i} is ${printInline(value)}\na regression needs finite numbers`)
    values[i] = value
  }
  return values
}
