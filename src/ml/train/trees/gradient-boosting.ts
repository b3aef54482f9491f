import { forms, type OptionForms } from "../../../data/index.ts"
import type { FloatModel, Reals } from "../../float-model.ts"
import { GraphBuilder } from "../../graph/graph.ts"
import { indices, seeded, shuffle } from "../../math/random.ts"
import { checkTrainer, oneOf, real, whole } from "../../options.ts"
import { readSamples, readTargets, type Task } from "../data-set.ts"
import { addLink, modelOf, type ProgressOptions, scoreCount, type Trainer } from "../trainer.ts"
import { binFeatures } from "./bins.ts"
import { Ensemble } from "./ensemble.ts"
import { growTree } from "./grow-tree.ts"
import { lossOf } from "./loss.ts"
import { gradientStatistic, type Statistic } from "./statistic.ts"

export interface GradientBoostingOptions extends ProgressOptions {
  /** "classification" by default. */
  readonly task?: Task
  /** Rounds of boosting: each adds a tree for each score, of which two classes have one. 100 by default. */
  readonly trees?: number
  /** Leaves of a tree, at most; no limit but that of the depth by default. */
  readonly leaves?: number
  /** Questions on the way from the root to a leaf, at most; 3 by default, and no limit where `leaves` is given. */
  readonly depth?: number
  /** The part of its best value that each leaf gets; 0.1 by default. */
  readonly learningRate?: number
  /** Intervals of a feature, up to 254: the model has fewer different thresholds for each. 32 by default. */
  readonly bins?: number
  /** Rows of a leaf, at least; 5 by default. */
  readonly minLeaf?: number
  /** The penalty on squared leaf values; 1 by default. */
  readonly l2?: number
  /** The share of the rows, drawn anew without replacement, that a round learns from; 1 by default. */
  readonly subsample?: number
  readonly seed?: number
}

/**
 * Gradient-boosted trees by second derivatives and histograms (Chen and Guestrin, XGBoost, 2016; Ke et al., LightGBM, 2017).
 * Takes NaN as missing: each question sends it to the side where it fits better.
 */
export const gradientBoosting = (
  options: GradientBoostingOptions = {},
  ...surplus: []
): Trainer<number | string> => {
  checkTrainer("gradientBoosting", [options, ...surplus], optionForms)
  oneOf("task", options.task ?? "classification", ["classification", "regression"])
  whole("trees", options.trees ?? 100, 1, 100_000)
  whole("leaves", options.leaves ?? 2, 2)
  whole("depth", options.depth ?? 3, 1, 64)
  real("learningRate", options.learningRate ?? 0.1, 1e-9, 1)
  whole("bins", options.bins ?? 32, 2, 254)
  whole("minLeaf", options.minLeaf ?? 5, 1)
  real("l2", options.l2 ?? 1, 0)
  real("subsample", options.subsample ?? 1, 1e-9, 1)
  return { fit: (x, y) => fitBoosting(options, x, y) }
}

const optionForms: OptionForms<GradientBoostingOptions> = {
  task: forms.anything,
  trees: forms.anything,
  leaves: forms.anything,
  depth: forms.anything,
  learningRate: forms.anything,
  bins: forms.anything,
  minLeaf: forms.anything,
  l2: forms.anything,
  subsample: forms.anything,
  seed: forms.number,
  onProgress: forms.function,
}

const fitBoosting = (
  options: GradientBoostingOptions,
  x: readonly Reals[],
  y: ArrayLike<number | string>,
): FloatModel => {
  const { task = "classification", trees = 100, learningRate = 0.1, l2 = 1, subsample = 1 } = options
  const samples = readSamples(x, "missing")
  const targets = readTargets(task, y, samples.rows)
  const { rows, features } = samples
  const binned = binFeatures(samples, options.bins ?? 32)
  const random = seeded(options.seed ?? 0)
  const count = scoreCount(targets)
  const loss = lossOf(targets, count)
  const ensemble = new Ensemble(features, count)
  const limits = {
    leaves: options.leaves ?? Infinity,
    depth: options.depth ?? (options.leaves === undefined ? 3 : 64),
    minLeaf: options.minLeaf ?? 5,
  }
  const all = indices(features)
  const order = indices(rows)
  const drawn = Math.max(1, Math.round(subsample * rows))
  for (let step = 0; step < trees; step++) {
    const mean = loss.differentiate()
    if (step > 0) options.onProgress?.({ step, steps: trees, loss: mean })
    if (drawn < rows) shuffle(order, random, drawn)
    for (const [k, scores] of loss.scores.entries()) {
      const statistic = gradientStatistic(loss.gradients[k]!, l2, learningRate)
      // Growing puts rows in the order of leaves.
      const inBag = order.slice(0, drawn)
      const tree = growTree(ensemble, binned, inBag, spread(statistic, k, count), limits, () => all)
      for (let row = 0; row < rows; row++) scores[row]! += tree(row)[k]!
    }
  }
  options.onProgress?.({ step: trees, steps: trees, loss: loss.differentiate() })
  const builder = new GraphBuilder()
  const input = builder.input("x", [features])
  const raw = builder.add("trees", [input], { trees: ensemble.build("sum", loss.base) })
  return modelOf(builder, input, task === "regression" ? raw : addLink(builder, raw), targets)
}

/** A tree's one result as that of score k among several. */
const spread = (statistic: Statistic, k: number, count: number): Statistic =>
  count === 1
    ? statistic
    : {
        ...statistic,
        leaf: (sums) => {
          const values = Array<number>(count).fill(0)
          values[k] = statistic.leaf(sums)[0]!
          return values
        },
      }
