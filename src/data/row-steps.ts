import { erf } from "./erf.ts"
import type { Link, Norm, PerColumn, RowStep } from "./row-codec.ts"

/** What steps make of a vector; each step's numbers are rounded to the precision. */
export const applySteps = (
  steps: readonly RowStep[],
  values: Float64Array,
  precision: "float32" | "float64",
): Float64Array =>
  steps.reduce((at, step) => {
    const next = applyStep(step, at, precision)
    return precision === "float32" ? next.map(Math.fround) : next
  }, values)

const applyStep = (step: RowStep, values: Float64Array, precision: "float32" | "float64"): Float64Array => {
  switch (step.kind) {
    case "affine": {
      const { scale, offset, divisor = ONE } = step
      return values.map((x, i) => (x * of(scale, i) + of(offset, i)) / of(divisor, i))
    }
    case "matrix":
      return Float64Array.from(step.rows, (row, i) =>
        row.reduce((sum, weight, j) => sum + weight * values[j]!, of(step.offset, i)),
      )
    case "pick":
      return Float64Array.from(step.columns, (column) => values[column]!)
    case "concat":
      return Float64Array.from(step.parts.flatMap((part) => Array.from(applySteps(part, values, precision))))
    case "impute":
      return values.map((x, i) => (Number.isNaN(x) ? of(step.values, i) : x))
    case "oneHot":
      return Float64Array.from(
        step.categories.flatMap((list, i) => list.map((category) => Number(category === values[i]))),
      )
    case "normalize": {
      const norm = norms[step.by](values)
      return norm === 0 ? values : values.map((x) => x / norm)
    }
    case "link":
      return applyLink(step.link, values)
  }
}

const ONE: PerColumn = [1]

/** The entry of a column. */
export const of = (all: PerColumn, column: number): number => all[all.length === 1 ? 0 : column]!

const largest = (values: Float64Array): number => values.reduce((a, b) => Math.max(a, b), -Infinity)

const norms: Readonly<Record<Norm, (values: Float64Array) => number>> = {
  max: largest,
  maxAbs: (values) => largest(values.map(Math.abs)),
  l1: (values) => values.reduce((sum, x) => sum + Math.abs(x), 0),
  l2: (values) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0)),
}

const applyLink = (link: Link, values: Float64Array): Float64Array => {
  if (link !== "softmax" && link !== "log-softmax") return values.map(elementwise[link])
  const most = largest(values)
  const sum = values.reduce((total, x) => total + Math.exp(x - most), 0)
  return values.map((x) => (link === "softmax" ? Math.exp(x - most) / sum : x - most - Math.log(sum)))
}

const elementwise: Readonly<Record<Exclude<Link, "softmax" | "log-softmax">, (x: number) => number>> = {
  sigmoid: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  relu: (x) => Math.max(x, 0),
  "erf-probability": (x) => 0.5 * (1 + erf(x / Math.SQRT2)),
  complement: (x) => 1 - x,
  float32: Math.fround,
  truncate: Math.trunc,
}
