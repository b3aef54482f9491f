import type { FloatOutput } from "./graph/graph.ts"

/** How good scores are, and how near to those of the floating point model. */
export interface Fidelity {
  /** Share of rows whose class is the label; of classifiers with labels. */
  readonly accuracy?: number
  /** Share of rows whose class is that of the floating point model; of classifiers. */
  readonly agreement?: number
  /** Coefficient of determination against the labels, or without labels against the floating point model; of regressions. */
  readonly r2?: number
  /** The largest difference of a score from the floating point model's. */
  readonly worst: number
}

export type Label = number | string

type Scores = readonly (readonly number[])[]

/** Whether the largest score tells a class. Several numbers that a model gives no meaning are taken for logits. */
export const isClassifier = ({ classes, scores, node, separate }: FloatOutput): boolean =>
  separate !== true &&
  (classes !== undefined || scores !== "values" || node.shape.reduce((a, b) => a * b, 1) > 1)

/** The column of the class that scores tell; one column is the score of the second of two classes. */
export const classOf = (
  scores: readonly number[],
  { scores: kind, threshold, leastWins }: FloatOutput,
): number => {
  const bound = threshold ?? (kind === "probabilities" ? 0.5 : 0)
  if (scores.length === 1) return Number(leastWins ? scores[0]! < bound : scores[0]! > bound)
  const wins = (a: number, b: number): boolean => (leastWins ? a < b : a > b)
  return scores.reduce((best, score, i) => (wins(score, scores[best]!) ? i : best), 0)
}

/** Compares scores with labels, if there are any, and with the scores of the floating point model. */
export const fidelityOf = (
  found: Scores,
  float: Scores,
  output: FloatOutput,
  labels: readonly Label[] | undefined,
): Fidelity => {
  const worst = found.reduce(
    (most, row, i) => row.reduce((max, score, j) => Math.max(max, Math.abs(score - float[i]![j]!)), most),
    0,
  )
  if (!isClassifier(output)) {
    const wanted = labels?.map(Number) ?? float.map(([score]) => score!)
    return {
      r2: determination(
        found.map(([score]) => score!),
        wanted,
      ),
      worst,
    }
  }
  const own = found.map((row) => classOf(row, output))
  const agreement = share(own, (column, i) => column === classOf(float[i]!, output))
  if (labels === undefined) return { agreement, worst }
  const names = output.classes?.map(String)
  const nameOf = (column: number): string => names?.[column] ?? String(column)
  return { accuracy: share(own, (column, i) => nameOf(column) === String(labels[i])), agreement, worst }
}

/** Points lost against the floating point model: of accuracy, else of agreement with it, else of R². */
export const lossOf = (integer: Fidelity, float: Fidelity): number => {
  if (integer.accuracy !== undefined) return 100 * (float.accuracy! - integer.accuracy)
  if (integer.agreement !== undefined) return 100 * (1 - integer.agreement)
  return 100 * (float.r2! - integer.r2!)
}

const share = <T>(all: readonly T[], holds: (one: T, index: number) => boolean): number =>
  all.filter(holds).length / all.length

const determination = (found: readonly number[], wanted: readonly number[]): number => {
  const mean = wanted.reduce((a, b) => a + b, 0) / wanted.length
  const total = wanted.reduce((sum, y) => sum + (y - mean) ** 2, 0)
  const rest = wanted.reduce((sum, y, i) => sum + (y - found[i]!) ** 2, 0)
  return rest === 0 ? 1 : total === 0 ? -Infinity : 1 - rest / total
}
