import { fail } from "../../../fail.ts"
import { checkShape, type FloatNode, type Scores } from "../../../graph/graph.ts"
import { tensor, vector } from "../../../graph/tensor.ts"
import { type Entry, type Import, type ImportTable, type Op, value } from "../onnx-op.ts"
import { affine } from "./elementwise.ts"
import { features } from "./features.ts"
import { readTrees, readTreesV5 } from "./trees.ts"

type Classes = readonly (number | string)[]

const classesOf = (op: Op, texts: string, ints: string): Classes | undefined => {
  const names = op.texts(texts)
  return names?.length ? names : op.ints(ints)
}

/** Two columns from one: [a, b] as x * scale + shift. */
const two = (op: Op, x: FloatNode, scale: readonly number[], shift: readonly number[]): FloatNode =>
  affine(op, x, vector(scale), vector(shift))

const softmaxZero = "SOFTMAX_ZERO is not imported\nuse SOFTMAX or LOGISTIC"

const probit = "the transform PROBIT is not imported\nexport with NONE and apply it to the result"

const transform = (op: Op, x: FloatNode, name: string): FloatNode => {
  if (name === "NONE") return x
  if (name === "LOGISTIC") return op.activate(x, "sigmoid")
  if (name === "SOFTMAX") return op.add("softmax", [x], { axis: 0, log: false })
  if (name === "PROBIT") return fail("unsupported-model", probit)
  return fail("unsupported-model", name === "SOFTMAX_ZERO" ? softmaxZero : `the transform ${name} is unknown`)
}

/** Refuses a transform of one result, which ONNX Runtime leaves as it is though ONNX says otherwise. */
const untransformed = (op: Op, x: FloatNode): Entry => {
  const name = op.text("post_transform", "NONE")
  if (name === "NONE") return value(x)
  return fail(
    "unsupported-model",
    `ONNX Runtime leaves out the transform ${name} of one result, against what ONNX says\nuse NONE, and an operator after it`,
  )
}

/** The labels and scores of a classifier. */
const classified = (scores: FloatNode, kind: Scores, classes: Classes | undefined): Entry[] => [
  { is: "labels", scores, kind, ...(classes === undefined ? {} : { classes }) },
  value(scores),
]

/** Scores with a column for each class, transformed as the operator says. */
const classifier = (op: Op, scores: FloatNode, classes: Classes | undefined, kind: Scores): Entry[] => {
  const name = op.text("post_transform", "NONE")
  return classified(transform(op, scores, name), name === "NONE" ? kind : "probabilities", classes)
}

/**
 * Scores for two classes from one number r, as ONNX Runtime makes them: by LOGISTIC [sigmoid(-r), sigmoid(r)], otherwise
 * [1 - r, r] when r is a probability and [-r, r] when it is not.
 */
const binaryClassifier = (
  op: Op,
  r: FloatNode,
  classes: Classes | undefined,
  isProbability: boolean,
): Entry[] => {
  const name = op.text("post_transform", "NONE")
  if (name === "PROBIT") fail("unsupported-model", probit)
  if (name === "LOGISTIC")
    return classified(op.activate(two(op, r, [-1, 1], [0, 0]), "sigmoid"), "probabilities", classes)
  return isProbability
    ? classified(two(op, r, [-1, 1], [1, 0]), "probabilities", classes)
    : classified(two(op, r, [-1, 1], [0, 0]), "logits", classes)
}

const treeClassifier: Import = (op) => {
  const x = features(op)
  const classes = classesOf(op, "classlabels_strings", "classlabels_int64s")
  const ids = op.ints("class_ids") ?? []
  if (op.texts("classlabels_strings")?.length === 0 && !op.ints("classlabels_int64s")?.length)
    fail(
      "unsupported-model",
      "it names no classes, as CatBoost writes a regression of several results\nsave the model as CatBoost's JSON",
    )
  const count = classes?.length ?? ids.reduce((a, b) => Math.max(a, b), 0) + 1
  const trees = readTrees(op, x.shape[0]!, Math.max(count, 1), "class")
  const isPositive = trees.leaves.every((w) => w >= 0)
  // All weights for the first of two classes: they are the score of the second.
  if (count !== 2 || ids.some((id) => id !== 0)) {
    return classifier(op, op.add("trees", [x], { trees }), classes, isPositive ? "probabilities" : "logits")
  }
  const base = op.floats("base_values") ?? []
  if (base.length > 1)
    fail("unsupported-model", `one column of scores has ${base.length} base values\nwrite one base value`)
  const single = {
    ...trees,
    targets: 1,
    leaves: trees.leaves.filter((_, i) => i % 2 === 0),
    base: Float64Array.of(base[0] ?? 0),
  }
  return binaryClassifier(op, op.add("trees", [x], { trees: single }), classes, isPositive)
}

const treeRegressor: Import = (op) => {
  const x = features(op)
  const trees = readTrees(op, x.shape[0]!, op.int("n_targets", 1), "target")
  const result = op.add("trees", [x], { trees })
  return trees.targets === 1
    ? untransformed(op, result)
    : value(transform(op, result, op.text("post_transform", "NONE")))
}

const treeEnsemble: Import = (op) => {
  const x = features(op)
  const transformed = op.int("post_transform", 0)
  if (transformed !== 0) {
    fail(
      "unsupported-model",
      `ONNX and ONNX Runtime do not mean the same by post_transform ${transformed}\nuse 0, and Softmax or Sigmoid after it`,
    )
  }
  return value(op.add("trees", [x], { trees: readTreesV5(op, x.shape[0]!) }))
}

/** coefficients [outputs, inputs] and intercepts as a dense layer. */
const linear = (
  op: Op,
  x: FloatNode,
  outputs: number,
  intercepts: readonly number[] | undefined,
): FloatNode => {
  const coefficients = op.floats("coefficients") ?? fail("damaged-model", "the coefficients are missing")
  checkShape([outputs])
  const weights = tensor([outputs, x.shape[0]!], coefficients)
  const bias = tensor([outputs], intercepts?.length ? intercepts : new Float64Array(outputs))
  return op.add("dense", [x], { weights, bias })
}

const linearClassifier: Import = (op) => {
  const x = features(op)
  const classes = classesOf(op, "classlabels_strings", "classlabels_ints")
  const rows = (op.floats("coefficients")?.length ?? 0) / x.shape[0]!
  const scores = linear(op, x, rows, op.floats("intercepts"))
  if (rows !== 1 || (classes !== undefined && classes.length !== 2))
    return classifier(op, scores, classes, "logits")
  if (op.text("post_transform", "NONE") !== "LOGISTIC") {
    fail(
      "unsupported-model",
      "of one row of coefficients for two classes ONNX Runtime gives the scores 1 - s and s, and the second label where s is " +
        "above 0\nuse LOGISTIC, or a row for each class",
    )
  }
  return binaryClassifier(op, scores, classes, true)
}

const linearRegressor: Import = (op) => {
  const x = features(op)
  const targets = op.int("targets", 1)
  const result = linear(op, x, targets, op.floats("intercepts"))
  return targets === 1
    ? untransformed(op, result)
    : value(transform(op, result, op.text("post_transform", "NONE")))
}

/** The weights of a linear kernel: support vectors times their coefficients, or the coefficients themselves. */
const svm = (op: Op, x: FloatNode): { weights: Float64Array; rho: readonly number[] } => {
  const kernel = op.text("kernel_type", "LINEAR")
  if (kernel !== "LINEAR") {
    fail(
      "unsupported-model",
      `its kernel is ${kernel}, and distances to secret support vectors are too deep\ntrain with kernel="linear", or a tree ensemble`,
    )
  }
  const coefficients = op.floats("coefficients") ?? fail("damaged-model", "the coefficients are missing")
  const vectors = op.floats("support_vectors") ?? []
  const rho = op.floats("rho") ?? [0]
  const n = x.shape[0]!
  if (vectors.length === 0) return { weights: Float64Array.from(coefficients), rho }
  if (vectors.length !== coefficients.length * n)
    fail(
      "damaged-model",
      `${coefficients.length} coefficients have ${vectors.length} numbers of support vectors`,
    )
  const weights = new Float64Array(n)
  coefficients.forEach((c, row) => {
    for (let i = 0; i < n; i++) weights[i]! += c * vectors[row * n + i]!
  })
  return { weights, rho }
}

const svmRegressor: Import = (op) => {
  const x = features(op)
  const { weights, rho } = svm(op, x)
  if (op.int("one_class", 0) !== 0) {
    fail(
      "unsupported-model",
      "it tells outliers by a sign\nexport it with one_class=0 and look at the sign after decryption, or use IsolationForest",
    )
  }
  return untransformed(
    op,
    op.add("dense", [x], { weights: tensor([1, x.shape[0]!], weights), bias: vector([rho[0] ?? 0]) }),
  )
}

const svmClassifier: Import = (op) => {
  const x = features(op)
  const classes = classesOf(op, "classlabels_strings", "classlabels_ints")
  if (op.floats("prob_a")?.length)
    fail("unsupported-model", "it estimates probabilities from votes\ntrain with probability=False")
  if (op.floats("support_vectors")?.length && (classes?.length ?? 2) > 2) {
    fail(
      "unsupported-model",
      "it decides between pairs of classes by votes\nuse LinearSVC, which has one score for each class",
    )
  }
  const { weights, rho } = svm(op, x)
  const rows = weights.length / x.shape[0]!
  checkShape([rows])
  const bias = vector(new Float64Array(rows).fill(rho[0] ?? 0))
  const decision = op.add("dense", [x], { weights: tensor([rows, x.shape[0]!], weights), bias })
  if (op.floats("support_vectors")?.length) {
    const name = op.text("post_transform", "NONE")
    if (name !== "NONE" && name !== "LOGISTIC")
      fail("unsupported-model", `the transform ${name} of a vote is not imported\nuse NONE or LOGISTIC`)
    // A positive number is a vote for the first class, and yet the score of the second.
    const entries = binaryClassifier(op, decision, classes, false)
    return entries.map((entry): Entry => (entry.is === "labels" ? { ...entry, leastWins: true } : entry))
  }
  if (classes !== undefined && rows !== classes.length)
    fail("damaged-model", `${classes.length} classes have ${rows} rows of coefficients`)
  return classifier(op, decision, classes, "logits")
}

/** Classifiers and regressors of ai.onnx.ml. */
export const estimatorOperators: ImportTable = {
  "ai.onnx.ml.LinearClassifier": linearClassifier,
  "ai.onnx.ml.LinearRegressor": linearRegressor,
  "ai.onnx.ml.SVMClassifier": svmClassifier,
  "ai.onnx.ml.SVMRegressor": svmRegressor,
  "ai.onnx.ml.TreeEnsemble": treeEnsemble,
  "ai.onnx.ml.TreeEnsembleClassifier": treeClassifier,
  "ai.onnx.ml.TreeEnsembleRegressor": treeRegressor,
}
