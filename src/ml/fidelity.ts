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
  return {
    accuracy: share(own, (column, i) => nameOfClass(output, column) === String(labels[i])),
    agreement,
    worst,
  }
}

const nameOfClass = ({ classes }: FloatOutput, column: number): string => String(classes?.[column] ?? column)

/** What integer scores lose against those of the floating point model. */
export interface Loss {
  /** Points: of accuracy, or without labels of agreement; of regressions hundredths of R². */
  readonly loss: number
  /**
   * Differences up to this are less than so few labels can tell: one row, and one standard error of the difference. Of the
   * model's own answers every row tells.
   */
  readonly noise: number
}

/** Compares scores with labels, if there are any, or else with the floating point model's own. */
export const lossOf = (
  found: Scores,
  float: Scores,
  output: FloatOutput,
  labels: readonly Label[] | undefined,
): Loss => {
  const lost = isClassifier(output)
    ? classesLost(found, float, output, labels)
    : squaresLost(found, float, labels)
  const count = Math.max(lost.length, 1)
  const mean = lost.reduce((a, b) => a + b, 0) / count
  const variance = lost.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count
  // Without labels every difference is one that rows tell.
  const error = labels === undefined ? 0 : Math.sqrt(variance / count)
  const one = labels !== undefined && isClassifier(output) ? 1 / count : 0
  return { loss: 100 * mean, noise: 100 * Math.max(error, one) }
}

/** For each row 1 where it is no longer right, -1 where it has become right, and 0 elsewhere. */
const classesLost = (
  found: Scores,
  float: Scores,
  output: FloatOutput,
  labels: readonly Label[] | undefined,
): number[] => {
  const isRight = (scores: readonly number[], i: number): boolean =>
    labels === undefined
      ? classOf(scores, output) === classOf(float[i]!, output)
      : nameOfClass(output, classOf(scores, output)) === String(labels[i])
  return found.map((scores, i) => Number(isRight(float[i]!, i)) - Number(isRight(scores, i)))
}

/** For each row how much more its squared error is, in parts of the variance of what is wanted. */
const squaresLost = (found: Scores, float: Scores, labels: readonly Label[] | undefined): number[] => {
  const wanted = labels?.map(Number) ?? float.map(([score]) => score!)
  const mean = wanted.reduce((a, b) => a + b, 0) / Math.max(wanted.length, 1)
  const variance = wanted.reduce((sum, y) => sum + (y - mean) ** 2, 0) / Math.max(wanted.length, 1)
  return found.map(([score], i) => {
    const more = (wanted[i]! - score!) ** 2 - (wanted[i]! - float[i]![0]!) ** 2
    return more === 0 ? 0 : more / (variance || 1)
  })
}

const share = <T>(all: readonly T[], holds: (one: T, index: number) => boolean): number =>
  all.filter(holds).length / all.length

const determination = (found: readonly number[], wanted: readonly number[]): number => {
  const mean = wanted.reduce((a, b) => a + b, 0) / wanted.length
  const total = wanted.reduce((sum, y) => sum + (y - mean) ** 2, 0)
  const rest = wanted.reduce((sum, y, i) => sum + (y - found[i]!) ** 2, 0)
  return rest === 0 ? 1 : total === 0 ? -Infinity : 1 - rest / total
}
