import { forms, type OptionForms } from "../../../data/index.ts"
import { fail } from "../../fail.ts"
import type { FloatModel, Reals } from "../../float-model.ts"
import { GraphBuilder } from "../../graph/graph.ts"
import { below, indices, type Random, seeded, shuffle } from "../../math/random.ts"
import { checkTrainer, oneOf, whole } from "../../options.ts"
import { readSamples, readTargets, type Targets, type Task } from "../data-set.ts"
import { modelOf, type ProgressOptions, scoreCount, type Trainer } from "../trainer.ts"
import { binFeatures } from "./bins.ts"
import { Ensemble } from "./ensemble.ts"
import { growTree } from "./grow-tree.ts"
import { classStatistic, gradientStatistic, type Statistic } from "./statistic.ts"

export interface DecisionTreeOptions {
  /** "classification" by default. */
  readonly task?: Task
  /** Questions on the way from the root to a leaf, at most; 6 by default. */
  readonly depth?: number
  /** Leaves of a tree, at most; no limit but that of the depth by default. */
  readonly leaves?: number
  /** Rows of a leaf, at least; 1 by default. */
  readonly minLeaf?: number
  /** Intervals of a feature, up to 254: the model has fewer different thresholds for each. 64 by default. */
  readonly bins?: number
}

export interface RandomForestOptions extends DecisionTreeOptions, ProgressOptions {
  /** 50 by default. */
  readonly trees?: number
  /** Features that each question chooses from: a number, all, or the square root of all; "sqrt" by default for classes, and "all" for values. */
  readonly features?: number | "sqrt" | "all"
  /** Whether each tree learns from as many rows drawn with replacement; true by default. */
  readonly bootstrap?: boolean
  readonly seed?: number
}

/** A forest of trees on random rows and features, whose mean is the result (Breiman, Random Forests, 2001). Takes NaN as missing. */
export const randomForest = (options: RandomForestOptions = {}, ...surplus: []): Trainer<number | string> => {
  checkTrainer<RandomForestOptions>("randomForest", [options, ...surplus], {
    ...treeForms,
    trees: forms.anything,
    features: forms.anything,
    bootstrap: forms.flag,
    seed: forms.number,
    onProgress: forms.function,
  })
  checkTree(options)
  whole("trees", options.trees ?? 50, 1, 100_000)
  return { fit: (x, y) => fitForest(options, x, y) }
}

/** One tree that chooses each question among all features (Breiman et al., CART, 1984). Takes NaN as missing. */
export const decisionTree = (options: DecisionTreeOptions = {}, ...surplus: []): Trainer<number | string> => {
  checkTrainer("decisionTree", [options, ...surplus], treeForms)
  checkTree(options)
  const forest = { ...options, trees: 1, bootstrap: false, features: "all" } as const
  return { fit: (x, y) => fitForest(forest, x, y) }
}

const treeForms: OptionForms<DecisionTreeOptions> = {
  task: forms.anything,
  depth: forms.anything,
  leaves: forms.anything,
  minLeaf: forms.anything,
  bins: forms.anything,
}

const checkTree = ({
  task = "classification",
  depth = 6,
  leaves = 2,
  minLeaf = 1,
  bins = 64,
}: DecisionTreeOptions) => {
  oneOf("task", task, ["classification", "regression"])
  whole("depth", depth, 1, 64)
  whole("leaves", leaves, 2)
  whole("minLeaf", minLeaf, 1)
  whole("bins", bins, 2, 254)
}

const fitForest = (
  options: RandomForestOptions,
  x: readonly Reals[],
  y: ArrayLike<number | string>,
): FloatModel => {
  const { task = "classification", trees = 50, bootstrap = true, seed = 0, minLeaf = 1, depth = 6 } = options
  const samples = readSamples(x, "missing")
  const targets = readTargets(task, y, samples.rows)
  const { rows, features } = samples
  const binned = binFeatures(samples, options.bins ?? 64)
  const random = seeded(seed)
  const draw = featureSampler(features, options.features ?? (task === "regression" ? "all" : "sqrt"), random)
  const ensemble = new Ensemble(features, scoreCount(targets))
  const limits = { depth, minLeaf, leaves: options.leaves ?? Infinity }
  for (let tree = 0; tree < trees; tree++) {
    const weights = bootstrap ? drawRows(rows, random) : new Float64Array(rows).fill(1)
    const inBag = indices(rows).filter((row) => weights[row]! > 0)
    growTree(ensemble, binned, inBag, statisticOf(targets, weights), limits, draw)
    options.onProgress?.({ step: tree + 1, steps: trees })
  }
  const builder = new GraphBuilder()
  const input = builder.input("x", [features])
  const node = builder.add("trees", [input], {
    trees: ensemble.build("mean", new Float64Array(scoreCount(targets))),
  })
  return modelOf(builder, input, node, targets)
}

const statisticOf = (targets: Targets, weights: Float64Array): Statistic => {
  if (targets.task === "classification")
    return classStatistic(targets.labels, weights, targets.classes.length)
  const gradients = targets.values.map((value, row) => -value * weights[row]!)
  return gradientStatistic({ gradients, curvatures: weights }, 0, 1)
}

/** How often each row is drawn. */
const drawRows = (rows: number, random: Random): Float64Array => {
  const weights = new Float64Array(rows)
  for (let i = 0; i < rows; i++) weights[below(rows, random)]! += 1
  return weights
}

const featureSampler = (
  features: number,
  wanted: number | "sqrt" | "all",
  random: Random,
): (() => Int32Array) => {
  const count = wanted === "all" ? features : wanted === "sqrt" ? Math.round(Math.sqrt(features)) : wanted
  if (!(Number.isSafeInteger(count) && count >= 1 && count <= features))
    fail(
      "wrong-argument",
      `features is ${String(wanted)}\n"sqrt", "all" or a whole number from 1 to ${features} is needed`,
    )
  const all = indices(features)
  if (count === features) return () => all
  return () => {
    shuffle(all, random, count)
    return all.subarray(0, count)
  }
}
