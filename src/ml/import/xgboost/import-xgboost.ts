import { fail } from "../../fail.ts"
import {
  checkShape,
  type FloatGraph,
  type FloatNode,
  type FloatOutput,
  GraphBuilder,
} from "../../graph/graph.ts"
import { tensor } from "../../graph/tensor.ts"
import type { Json } from "../json.ts"
import { joinTrees } from "../tree-list.ts"
import { type Objective, objectiveOf } from "./objectives.ts"
import { readTree } from "./read-tree.ts"

/** Reads what `save_model("model.json")` writes. Throws ProgramError where it is damaged or not supported. */
export const importXgboost = (json: Json): FloatGraph => {
  const learner = json.get("learner")
  if (!learner.has("gradient_booster") || !learner.get("gradient_booster").has("name"))
    fail(
      "damaged-model",
      'this is XGBoost\'s configuration, without the trees\nsave the model with save_model("model.json")',
    )
  const parameters = learner.get("learner_model_param")
  const features = parameters.get("num_feature").integer(1)
  const classCount = parameters.get("num_class").integer(0)
  const targetCount = parameters.has("num_target") ? parameters.get("num_target").integer(1) : 1
  const targets = Math.max(classCount, targetCount, 1)
  checkShape([features, targets])
  const objective = objectiveOf(learner.get("objective").get("name").text())
  const base = baseScores(parameters.get("base_score"), targets).map(objective.margin ?? ((b) => b))

  const builder = new GraphBuilder()
  const input = builder.input("x", [features])
  const api = apiOf(learner)
  const booster = learner.get("gradient_booster")
  const { raw, left } = readBooster(builder, input, booster, { features, targets, base, ...api })
  const node = objective.link?.(builder, raw) ?? raw
  const output = outputOf(node, objective, Math.max(classCount, 2), targetCount, api.isSklearn)
  const warnings = [...categoriesOf(learner), ...left]
  return builder.build([input], [output], "float32", warnings)
}

const outputOf = (
  node: FloatNode,
  { scores, classifies }: Objective,
  classCount: number,
  targetCount: number,
  isSklearn: boolean,
): FloatOutput => {
  const output: FloatOutput = { name: "scores", node, scores }
  if (targetCount > 1) return { ...output, separate: true }
  if (!classifies) return output
  const classes = Array.from({ length: classCount }, (_, i) => i)
  // XGBClassifier compares whatever one score there is with a half, raw ones too.
  const threshold = scores === "logits" && isSklearn ? { threshold: 0.5 } : {}
  return { ...output, classes, ...threshold }
}

/** Whether XGBClassifier and the like saved the model, and how many rounds early stopping found best. */
const apiOf = (learner: Json): { readonly isSklearn: boolean; readonly best: number | undefined } => {
  const attributes = learner.has("attributes") ? learner.get("attributes") : undefined
  const best = attributes?.has("best_iteration") ? attributes.get("best_iteration").integer(0) + 1 : undefined
  return { isSklearn: attributes?.has("scikit_learn") ?? false, best }
}

/** One number or, since XGBoost 3.1, a list, as text: "5E-1" or "[5E-1,1E0]". */
const baseScores = (json: Json, targets: number): number[] => {
  const parts = (typeof json.value === "number" ? String(json.value) : json.text())
    .replace(/^\[|\]$/g, "")
    .split(",")
  const values = parts.map(Number)
  if (values.some(Number.isNaN) || (values.length !== 1 && values.length !== targets))
    fail("damaged-model", `"${json.path}" is "${json.value}"`)
  return Array.from({ length: targets }, (_, i) => values[i] ?? values[0]!)
}

interface Model {
  readonly features: number
  readonly targets: number
  readonly base: readonly number[]
  readonly isSklearn: boolean
  readonly best: number | undefined
}

const readBooster = (
  builder: GraphBuilder,
  input: FloatNode,
  booster: Json,
  model: Model,
): { readonly raw: FloatNode; readonly left: readonly string[] } => {
  const name = booster.get("name").text()
  if (name === "gblinear") return { raw: linear(builder, input, booster.get("model"), model), left: [] }
  if (name !== "gbtree" && name !== "dart")
    fail("unsupported-model", `XGBoost's booster "${name}" is not imported`)
  const { features, targets, base } = model
  const trees = (name === "dart" ? booster.get("gbtree") : booster).get("model")
  const list = trees.get("trees").list()
  if (list.length === 0)
    fail("damaged-model", "the XGBoost model has no trees\ntrain it for a round at least")
  const info = trees.get("tree_info").numbers()
  const drop = name === "dart" ? booster.get("weight_drop").numbers(list.length) : undefined
  const { count, left } = countedTrees(trees, list.length, model)
  const read = list.slice(0, count).map((tree, i) => readTree(tree, info[i] ?? 0, targets, drop?.[i] ?? 1))
  const raw = builder.add("trees", [input], { trees: joinTrees(read, features, targets, base) })
  return { raw, left }
}

/**
 * How many trees count: those up to the best round in the scikit-learn interface, which stores that round to predict with
 * it, and all in the native one.
 */
const countedTrees = (
  trees: Json,
  all: number,
  { best, isSklearn, targets }: Model,
): { readonly count: number; readonly left: readonly string[] } => {
  const firsts = trees.has("iteration_indptr") ? trees.get("iteration_indptr").numbers() : undefined
  const parameters = trees.get("gbtree_model_param")
  const parallel = parameters.has("num_parallel_tree") ? parameters.get("num_parallel_tree").integer(1) : 1
  const rounds = firsts === undefined ? Math.floor(all / (targets * parallel)) : firsts.length - 1
  if (best === undefined || best >= rounds) return { count: all, left: [] }
  const count = firsts?.[best] ?? best * targets * parallel
  if (isSklearn) return { count: Math.min(count, all), left: [] }
  return {
    count: all,
    left: [
      `early stopping found ${best} of ${rounds} rounds best, and all ${rounds} count, as in Booster.predict\n` +
        `save model[:${best}] for the best ones alone`,
    ],
  }
}

/** A row for each feature and one for the intercept. XGBoost adds the first base score to all results of this booster. */
const linear = (
  builder: GraphBuilder,
  input: FloatNode,
  json: Json,
  { features, targets, base }: Model,
): FloatNode => {
  const all = json.get("weights").numbers((features + 1) * targets)
  const weights = Float64Array.from(
    { length: features * targets },
    (_, i) => all[(i % features) * targets + Math.floor(i / features)]!,
  )
  const bias = base.map((_, target) => base[0]! + all[features * targets + target]!)
  return builder.add("dense", [input], {
    weights: tensor([targets, features], weights),
    bias: tensor([targets], bias),
  })
}

/** What rows hold where the model was trained on categories of a table: their numbers. */
const categoriesOf = (learner: Json): string[] => {
  const types = learner.has("feature_types") ? learner.get("feature_types").list() : []
  const names = learner.has("feature_names") ? learner.get("feature_names").list() : []
  const columns = types.flatMap(({ value }, i) => (value === "c" ? [names[i]?.value ?? i] : []))
  return columns.length === 0 || !hasNames(learner)
    ? []
    : [
        `column ${columns.join(", ")} holds categories: a row gives the number of each, from 0 in the order of training\n` +
          "numbers are df[column].cat.codes in pandas",
      ]
}

/** Whether the model knows the names of its categories, which it gives numbers to. */
const hasNames = (learner: Json): boolean => {
  const booster = learner.get("gradient_booster")
  const model = (booster.has("gbtree") ? booster.get("gbtree") : booster).get("model")
  return model.has("cats") && model.get("cats").get("enc").list().length > 0
}
