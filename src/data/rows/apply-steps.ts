import { RuntimeError } from "../errors.ts"
import { binaries } from "../functions/binary.ts"
import { argumentOf, folds, lineFunctions, normalizeLine } from "../functions/fold.ts"
import { unaryFunction } from "../functions/unary.ts"
import { nearest } from "./nearest.ts"
import type { PerColumn } from "./row-codec.ts"
import type { RowStep } from "./row-step.ts"
import { unknownCategory } from "./unknown-category.ts"

/** What steps make of a vector; each step's numbers are rounded to the precision. */
export const applySteps = (
  steps: readonly RowStep[],
  values: Float64Array,
  precision: "float32" | "float64",
): Float64Array => {
  const known = [values]
  for (const step of steps) {
    const next = applyStep(
      step,
      operandsOf(step, known.length).map((number) => known[number]!),
    )
    known.push(precision === "float32" && !keepsNumbers(step) ? next.map(Math.fround) : next)
  }
  return known.at(-1)!
}

/** The numbers of what step `number` is applied to. */
export const operandsOf = ({ of }: RowStep, number: number): readonly number[] => of ?? [number - 1]

/** Whether all numbers that a step gives are given to it, or constants of the model. */
const keepsNumbers = ({ kind }: RowStep): boolean =>
  kind === "pick" || kind === "concat" || kind === "constant"

const applyStep = (step: RowStep, operands: readonly Float64Array[]): Float64Array => {
  const values = operands[0]!
  switch (step.kind) {
    case "affine": {
      const { scale, offset, divisor } = step
      if (divisor === undefined) return values.map((x, i) => x * of(scale, i) + of(offset, i))
      return values.map((x, i) => (x * of(scale, i) + of(offset, i)) / of(divisor, i))
    }
    case "matrix":
      return Float64Array.from(step.rows, (row, i) =>
        row.reduce((sum, weight, j) => sum + weight * values[j]!, of(step.offset, i)),
      )
    case "pick":
      return Float64Array.from(step.columns, (column) => (column < 0 ? step.fill! : values[column]!))
    case "concat":
      return Float64Array.from(operands.flatMap((part) => Array.from(part)))
    case "constant":
      return Float64Array.from(step.values)
    case "oneHot":
      return Float64Array.from(
        step.categories.flatMap((list, i) => {
          const value = values[i]!
          if (step.strict && !list.includes(value)) refuseKey(value, list)
          return list.map((category) => Number(isSame(category, value)))
        }),
      )
    case "lookup": {
      const table = new Map(step.keys.map((key, i) => [key, step.values[i]!]))
      return values.map((key) => table.get(key) ?? (step.strict ? refuseKey(key, step.keys) : step.otherwise))
    }
    case "map":
      return values.map(unaryFunction(step.function, step.parameters ?? {}))
    case "zip": {
      const [left, right] = operands as [Float64Array, Float64Array]
      const apply = binaries[step.function]
      return new Float64Array(Math.max(left.length, right.length)).map((_, i) =>
        apply(at(left, i), at(right, i)),
      )
    }
    case "select": {
      const [condition, yes, no] = operands as [Float64Array, Float64Array, Float64Array]
      return new Float64Array(Math.max(...operands.map(({ length }) => length))).map((_, i) =>
        at(condition, i) !== 0 ? at(yes, i) : at(no, i),
      )
    }
    case "fold":
      return Float64Array.from(linesOf(values, step.length), folds[step.by])
    case "argument":
      return Float64Array.from(linesOf(values, step.length), (line) => argumentOf(line, step.by))
    case "line":
      return joined(linesOf(values, step.length).map(lineFunctions[step.function]))
    case "normalize":
      return joined(linesOf(values, step.length).map((line) => normalizeLine(line, step.by)))
    case "nearest":
      return nearest(step, values)
  }
}

const refuseKey = (key: number, keys: readonly number[]): never => {
  throw new RuntimeError(unknownCategory(key, keys), { code: "wrong-input" })
}

/** The entry of a column. */
export const of = (all: PerColumn, column: number): number => all[all.length === 1 ? 0 : column]!

const at = (values: Float64Array, i: number): number => values[values.length === 1 ? 0 : i]!

/** Missing values are a category like any other. */
const isSame = (category: number, value: number): boolean =>
  category === value || (Number.isNaN(category) && Number.isNaN(value))

const linesOf = (values: Float64Array, length = values.length): Float64Array[] =>
  length === values.length
    ? [values]
    : Array.from({ length: values.length / length }, (_, i) => values.subarray(i * length, (i + 1) * length))

const joined = (lines: readonly Float64Array[]): Float64Array =>
  lines.length === 1 ? lines[0]! : Float64Array.from(lines.flatMap((line) => Array.from(line)))
