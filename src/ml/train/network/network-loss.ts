import { sigmoid, softmax, softplus } from "../../math/elementary.ts"
import type { Targets } from "../data-set.ts"

/**
 * The loss of some samples and the derivatives of its mean by their scores: `scores` for each of `rows`, written to
 * `errors`. Values of a regression are compared in units of their deviation.
 */
export type NetworkLoss = (scores: Float64Array, errors: Float64Array, rows: Int32Array) => number

export const networkLoss = (targets: Targets, count: number, standard: Float64Array): NetworkLoss => {
  if (targets.task === "regression") {
    return (scores, errors, rows) => {
      let sum = 0
      for (let i = 0; i < rows.length; i++) {
        const error = scores[i]! - standard[rows[i]!]!
        errors[i] = error / rows.length
        sum += error * error
      }
      return sum
    }
  }
  const { labels } = targets
  return (scores, errors, rows) => {
    let sum = 0
    for (let i = 0; i < rows.length; i++) {
      const label = labels[rows[i]!]!
      const at = i * count
      if (count === 1) {
        const score = scores[i]!
        sum += softplus(label === 1 ? -score : score)
        errors[i] = (sigmoid(score) - label) / rows.length
        continue
      }
      for (let k = 0; k < count; k++) errors[at + k] = scores[at + k]!
      sum += softmax(errors, at, count) - scores[at + label]!
      errors[at + label]! -= 1
      for (let k = 0; k < count; k++) errors[at + k] = errors[at + k]! / rows.length
    }
    return sum
  }
}
