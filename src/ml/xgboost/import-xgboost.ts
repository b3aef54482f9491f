import { fail } from "../fail.ts"
import {
  checkShape,
  type FloatGraph,
  type FloatNode,
  type FloatOutput,
  GraphBuilder,
} from "../graph/graph.ts"
import { tensor } from "../graph/tensor.ts"
import type { Split, Test } from "../graph/trees.ts"
import type { UnaryName } from "../graph/unary.ts"
import type { Json } from "../json.ts"
import { joinTrees, type Tree } from "../tree-list.ts"

/** What an objective makes of raw scores, and the raw score that a base score stands for. */
interface Objective {
  readonly scores: FloatOutput["scores"]
  readonly link?: UnaryName | "softmax"
  readonly margin?: (base: number) => number
  readonly classifies?: true
}
const regression: Objective = { scores: "values" }
const counts: Objective = { scores: "values", link: "exp", margin: Math.log }
const logistic: Objective = { scores: "probabilities", link: "sigmoid", margin: (p) => Math.log(p / (1 - p)) }
const classes: Objective = { scores: "probabilities", link: "softmax", classifies: true }

const objectives: Readonly<Record<string, Objective>> = {
  "binary:logistic": { ...logistic, classifies: true },
  "binary:logitraw": { scores: "logits", margin: logistic.margin!, classifies: true },
  "multi:softmax": classes,
  "multi:softprob": classes,
  "count:poisson": counts,
  "reg:gamma": counts,
  "reg:tweedie": counts,
  "reg:logistic": logistic,
  "reg:absoluteerror": regression,
  "reg:linear": regression,
  "reg:pseudohubererror": regression,
  "reg:quantileerror": regression,
  "reg:squarederror": regression,
  "reg:squaredlogerror": regression,
  "rank:map": regression,
  "rank:ndcg": regression,
  "rank:pairwise": regression,
}

/** Reads what `booster.save_model("model.json")` writes. Throws ProgramError where it is damaged or not supported. */
export const importXgboost = (json: Json): FloatGraph => {
  const learner = json.get("learner")
  const parameters = learner.get("learner_model_param")
  const features = parameters.get("num_feature").integer(1)
  const classCount = parameters.get("num_class").integer(0)
  const targetCount = parameters.has("num_target") ? parameters.get("num_target").integer(1) : 1
  const targets = Math.max(classCount, targetCount, 1)
  checkShape([features, targets])
  const name = learner.get("objective").get("name").text()
  const objective = Object.hasOwn(objectives, name)
    ? objectives[name]!
    : fail(
        `XGBoost's objective "${name}" is not imported\nimported are ${Object.keys(objectives).join(", ")}`,
      )
  const base = baseScores(parameters.get("base_score"), targets).map(objective.margin ?? ((b) => b))

  const builder = new GraphBuilder()
  const input = builder.input("x", [features])
  const raw = readBooster(builder, input, learner.get("gradient_booster"), features, targets, base)
  const node =
    objective.link === undefined
      ? raw
      : objective.link === "softmax"
        ? builder.add("softmax", [raw], { axis: 0, log: false })
        : builder.add("activation", [raw], { function: objective.link, parameters: {} })
  const output: FloatOutput = { name: "scores", node, scores: objective.scores }
  const count = Math.max(classCount, 2)
  const labels = objective.classifies ? { classes: Array.from({ length: count }, (_, i) => i) } : {}
  return builder.build([input], [{ ...output, ...labels }], "float32")
}

/** One number or, since XGBoost 3.1, a list, as text: "5E-1" or "[5E-1,1E0]". */
const baseScores = (json: Json, targets: number): number[] => {
  const parts = (typeof json.value === "number" ? String(json.value) : json.text())
    .replace(/^\[|\]$/g, "")
    .split(",")
  const values = parts.map(Number)
  if (values.some(Number.isNaN) || (values.length !== 1 && values.length !== targets))
    fail(`"${json.path}" is "${json.value}"`)
  return Array.from({ length: targets }, (_, i) => values[i] ?? values[0]!)
}

const readBooster = (
  builder: GraphBuilder,
  input: FloatNode,
  booster: Json,
  features: number,
  targets: number,
  base: readonly number[],
): FloatNode => {
  const name = booster.get("name").text()
  if (name === "gblinear") {
    // A row for each feature and one for the intercept.
    const all = booster
      .get("model")
      .get("weights")
      .numbers((features + 1) * targets)
    const weights = Float64Array.from(
      { length: features * targets },
      (_, i) => all[(i % features) * targets + Math.floor(i / features)]!,
    )
    const bias = base.map((b, target) => b + all[features * targets + target]!)
    return builder.add("dense", [input], {
      weights: tensor([targets, features], weights),
      bias: tensor([targets], bias),
    })
  }
  if (name !== "gbtree" && name !== "dart") fail(`XGBoost's booster "${name}" is not imported`)
  const model = (name === "dart" ? booster.get("gbtree") : booster).get("model")
  const info = model.get("tree_info").numbers()
  const list = model.get("trees").list()
  const drop = name === "dart" ? booster.get("weight_drop").numbers(list.length) : undefined
  const trees = list.map((tree, i) => readTree(tree, info[i] ?? 0, drop?.[i] ?? 1))
  if (trees.length === 0) fail("the XGBoost model has no trees")
  return builder.add("trees", [input], { trees: joinTrees(trees, features, targets, base) })
}

const CATEGORICAL = 1

const readTree = (json: Json, target: number, factor: number): Tree => {
  const parameters = json.get("tree_param")
  if (parameters.has("size_leaf_vector") && parameters.get("size_leaf_vector").integer() > 1) {
    fail(
      "XGBoost's trees with several results in a leaf are not imported\ntrain with multi_strategy=one_output_per_tree",
    )
  }
  const lefts = json.get("left_children").numbers()
  const count = lefts.length
  const list = (key: string): number[] => json.get(key).numbers(count)
  const [rights, features, conditions] = [
    list("right_children"),
    list("split_indices"),
    list("split_conditions"),
  ]
  const defaults = list("default_left")
  const types = json.has("split_type") ? list("split_type") : []
  const sets = categorySets(json, types)
  // Splits and leaves in turn; -1 marks the lack of children.
  const leaves: number[] = []
  let splitCount = 0
  const reference = lefts.map((left, i) =>
    left === -1 ? ~(leaves.push(conditions[i]! * factor) - 1) : splitCount++,
  )
  const refer = (node: number): number => reference[node] ?? fail(`a tree refers to node ${node} of ${count}`)
  const splits = lefts.flatMap((left, i): Split[] => {
    if (left === -1) return []
    const [toLeft, toRight] = [refer(left), refer(rights[i]!)]
    const categories = sets.get(i)
    const feature = features[i]!
    if (categories !== undefined) {
      // Categories of the set go to the right.
      const test: Test = { is: "in", categories, truncated: true }
      const missing = defaults[i] ? "false" : "true"
      return [{ feature, test, whenTrue: toRight, whenFalse: toLeft, missing, zeroIsMissing: false }]
    }
    const test: Test = { is: "<", threshold: Math.fround(conditions[i]!) }
    const missing = defaults[i] ? "true" : "false"
    return [{ feature, test, whenTrue: toLeft, whenFalse: toRight, missing, zeroIsMissing: false }]
  })
  return { root: refer(0), splits, leaves, target }
}

/** The categories of each categorical split, by node. */
const categorySets = (json: Json, types: readonly number[]): Map<number, Set<number>> => {
  if (!types.includes(CATEGORICAL)) return new Map()
  const nodes = json.get("categories_nodes").numbers()
  const segments = json.get("categories_segments").numbers(nodes.length)
  const sizes = json.get("categories_sizes").numbers(nodes.length)
  const all = json.get("categories").numbers()
  return new Map(nodes.map((node, i) => [node, new Set(all.slice(segments[i], segments[i]! + sizes[i]!))]))
}
