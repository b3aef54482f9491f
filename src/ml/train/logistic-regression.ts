import { forms } from "../../data/index.ts"
import { GraphBuilder } from "../graph/graph.ts"
import { tensor, vector } from "../graph/tensor.ts"
import { sigmoid, softmax, softplus } from "../math/elementary.ts"
import { lbfgs, type Objective } from "../math/lbfgs.ts"
import { checkTrainer, real, whole } from "../options.ts"
import { readSamples, readTargets, type Samples } from "./data-set.ts"
import { momentsOf, scaled, standardScaling } from "./standardise.ts"
import { addLink, modelOf, type ProgressOptions, scoreCount, type Trainer } from "./trainer.ts"

export interface LogisticRegressionOptions extends ProgressOptions {
  /** Half the penalty on the sum of squared weights of the standardised features, as 1 / C of scikit-learn; 1 by default. */
  readonly l2?: number
  /** Steps of the optimiser; 200 by default, of which it rarely needs all. */
  readonly maxIterations?: number
}

/**
 * Logistic regression for two classes, softmax regression for more: what scikit-learn's `StandardScaler` and
 * `LogisticRegression(C=1/l2)` give.
 */
export const logisticRegression = (
  options: LogisticRegressionOptions = {},
  ...surplus: []
): Trainer<number | string> => {
  checkTrainer<LogisticRegressionOptions>("logisticRegression", [options, ...surplus], {
    l2: forms.anything,
    maxIterations: forms.anything,
    onProgress: forms.function,
  })
  const l2 = real("l2", options.l2 ?? 1, 0)
  const maxIterations = whole("maxIterations", options.maxIterations ?? 200, 1)
  return {
    fit(x, y) {
      const samples = readSamples(x, "complete")
      const targets = readTargets("classification", y, samples.rows)
      const labels = targets.task === "classification" ? targets.labels : new Int32Array()
      const scaling = standardScaling(momentsOf(samples))
      const standard = scaled(samples, scaling)
      const scores = scoreCount(targets)
      const { features, rows } = samples
      const solved = lbfgs(crossEntropy(standard, labels, scores, l2), scores * (features + 1), {
        maxIterations,
        tolerance: 1e-6 * rows,
        onStep: (step, loss) => options.onProgress?.({ step, steps: maxIterations, loss: loss / rows }),
      })
      const builder = new GraphBuilder()
      const input = builder.input("x", [features])
      const affine = builder.add("affine", [input], {
        scale: vector(scaling.scale),
        shift: vector(scaling.shift),
      })
      const logits = builder.add("dense", [affine], {
        weights: tensor([scores, features], solved.slice(0, scores * features)),
        bias: vector(solved.slice(scores * features)),
      })
      return modelOf(builder, input, addLink(builder, logits), targets)
    },
  }
}

/** The loss over all rows and half the penalty; weights by score, then a bias for each. */
const crossEntropy = (
  { rows, features, values }: Samples,
  labels: Int32Array,
  scores: number,
  l2: number,
): Objective => {
  const errors = new Float64Array(scores)
  const biases = scores * features
  return (point, gradient) => {
    let loss = 0
    for (let at = 0; at < biases; at++) {
      loss += 0.5 * l2 * point[at]! ** 2
      gradient[at] = l2 * point[at]!
    }
    gradient.fill(0, biases)
    for (let i = 0; i < rows; i++) {
      const row = i * features
      for (let k = 0; k < scores; k++) {
        let sum = point[biases + k]!
        for (let j = 0; j < features; j++) sum += point[k * features + j]! * values[row + j]!
        errors[k] = sum
      }
      const label = labels[i]!
      if (scores === 1) {
        loss += softplus(label === 1 ? -errors[0]! : errors[0]!)
        errors[0] = sigmoid(errors[0]!) - label
      } else {
        const own = errors[label]!
        loss += softmax(errors, 0, scores) - own
        errors[label]! -= 1
      }
      for (let k = 0; k < scores; k++) {
        const error = errors[k]!
        gradient[biases + k]! += error
        for (let j = 0; j < features; j++) gradient[k * features + j]! += error * values[row + j]!
      }
    }
    return loss
  }
}
