import { forms } from "../../data/index.ts"
import { GraphBuilder } from "../graph/graph.ts"
import { tensor, vector } from "../graph/tensor.ts"
import { solvePositive } from "../math/cholesky.ts"
import { checkTrainer, real } from "../options.ts"
import { readSamples, readTargets } from "./data-set.ts"
import { momentsOf, scaled, standardScaling } from "./standardise.ts"
import { modelOf, type Trainer } from "./trainer.ts"

export interface LinearRegressionOptions {
  /** The penalty on the sum of squared weights of the standardised features; 0 by default. */
  readonly l2?: number
}

/**
 * Least squares, with an l2 penalty ridge regression: what scikit-learn's `StandardScaler` and `Ridge(alpha=l2)` give.
 * Solved in closed form; of columns that depend on each other, the later ones get the weight 0 when `l2` is 0.
 */
export const linearRegression = (options: LinearRegressionOptions = {}, ...surplus: []): Trainer<number> => {
  checkTrainer("linearRegression", [options, ...surplus], { l2: forms.anything })
  const { l2 = 0 } = options
  real("l2", l2, 0)
  return {
    fit(x, y) {
      const samples = readSamples(x, "complete")
      const targets = readTargets("regression", y, samples.rows) as {
        values: Float64Array
        task: "regression"
      }
      const scaling = standardScaling(momentsOf(samples))
      const { rows, features, values } = scaled(samples, scaling)
      const mean = targets.values.reduce((sum, value) => sum + value, 0) / rows
      // (XᵀX + l2 I) w = Xᵀ(y - mean); the columns of X have mean 0
      const gram = new Float64Array(features * features)
      const moments = new Float64Array(features)
      for (let i = 0; i < rows; i++) {
        const row = i * features
        const rest = targets.values[i]! - mean
        for (let j = 0; j < features; j++) {
          const value = values[row + j]!
          moments[j]! += value * rest
          for (let k = 0; k <= j; k++) gram[j * features + k]! += value * values[row + k]!
        }
      }
      for (let j = 0; j < features; j++) gram[j * features + j]! += l2
      const weights = solvePositive(gram, moments)
      const builder = new GraphBuilder()
      const input = builder.input("x", [features])
      const standard = builder.add("affine", [input], {
        scale: vector(scaling.scale),
        shift: vector(scaling.shift),
      })
      const node = builder.add("dense", [standard], {
        weights: tensor([1, features], weights),
        bias: vector([mean]),
      })
      return modelOf(builder, input, node, targets)
    },
  }
}
