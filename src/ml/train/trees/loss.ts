import { log, sigmoid, softmax, softplus } from "../../math/elementary.ts"
import type { Targets } from "../data-set.ts"
import type { Gradients } from "./statistic.ts"

/** The loss of boosted scores: squared error, or cross-entropy. */
export interface Loss {
  /** What every row starts from, for each score: the mean, or the logits of the classes' shares. */
  readonly base: Float64Array
  /** The scores so far: for each score one number for each row. Trees add to them. */
  readonly scores: readonly Float64Array[]
  /** The derivatives by each score at each row. */
  readonly gradients: readonly Gradients[]
  /** Computes the derivatives at the scores so far, and gives the mean loss. */
  readonly differentiate: () => number
}

export const lossOf = (targets: Targets, count: number): Loss => {
  const rows = targets.task === "regression" ? targets.values.length : targets.labels.length
  const base = baseOf(targets, count)
  const scores = Array.from(base, (start) => new Float64Array(rows).fill(start))
  const gradients = scores.map(() => ({
    gradients: new Float64Array(rows),
    curvatures: new Float64Array(rows).fill(1),
  }))
  const state = { base, scores, gradients }
  if (targets.task === "regression") {
    const { values } = targets
    return { ...state, differentiate: () => squaredError(values, scores[0]!, gradients[0]!) }
  }
  const { labels } = targets
  return {
    ...state,
    differentiate: () =>
      count === 1 ? binary(labels, scores[0]!, gradients[0]!) : multinomial(labels, scores, gradients),
  }
}

const baseOf = (targets: Targets, count: number): Float64Array => {
  if (targets.task === "regression") {
    const { values } = targets
    return Float64Array.of(values.reduce((sum, value) => sum + value, 0) / values.length)
  }
  const { labels, classes } = targets
  const shares = new Float64Array(classes.length)
  for (const label of labels) shares[label]! += 1 / labels.length
  return count === 1 ? Float64Array.of(log(shares[1]! / shares[0]!)) : shares.map(log)
}

const squaredError = (values: Float64Array, scores: Float64Array, { gradients }: Gradients): number => {
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    const error = scores[i]! - values[i]!
    gradients[i] = error
    sum += error * error
  }
  return sum / values.length
}

const binary = (labels: Int32Array, scores: Float64Array, { gradients, curvatures }: Gradients): number => {
  let sum = 0
  for (let i = 0; i < labels.length; i++) {
    const [score, label] = [scores[i]!, labels[i]!]
    const p = sigmoid(score)
    gradients[i] = p - label
    curvatures[i] = p * (1 - p)
    sum += softplus(label === 1 ? -score : score)
  }
  return sum / labels.length
}

const multinomial = (
  labels: Int32Array,
  scores: readonly Float64Array[],
  gradients: readonly Gradients[],
): number => {
  const count = scores.length
  const shares = new Float64Array(count)
  let sum = 0
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!
    for (let k = 0; k < count; k++) shares[k] = scores[k]![i]!
    sum += softmax(shares, 0, count) - scores[label]![i]!
    for (let k = 0; k < count; k++) {
      const p = shares[k]!
      gradients[k]!.gradients[i] = p - (k === label ? 1 : 0)
      // The scores of a row matter up to a constant, which one of them could be set to: Friedman's factor.
      gradients[k]!.curvatures[i] = (p * (1 - p) * count) / (count - 1)
    }
  }
  return sum / labels.length
}
