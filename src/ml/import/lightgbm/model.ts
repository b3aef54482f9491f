import type { Parameters, UnaryName } from "../../../data/index.ts"
import { fail } from "../../fail.ts"
import { type FloatGraph, type FloatNode, type FloatOutput, GraphBuilder } from "../../graph/graph.ts"
import { scalar } from "../../graph/tensor.ts"
import { joinTrees, type Tree } from "../tree-list.ts"

/** What both dump formats of LightGBM say. */
export interface LightGbm {
  readonly features: number
  readonly treesPerIteration: number
  /** As "binary sigmoid:1"; empty when training used a function of the user's own. */
  readonly objective: string
  /** Whether the result is the mean over iterations (boosting=rf) and not the sum. */
  readonly averages: boolean
  readonly trees: readonly Tree[]
  /** The categories of each categorical column of a pandas table that it was trained on, in the order of their numbers. */
  readonly tableCategories: readonly (readonly unknown[])[]
}

interface Link {
  readonly scores: FloatOutput["scores"]
  readonly apply: (builder: GraphBuilder, x: FloatNode) => FloatNode
}

const activate =
  (name: UnaryName, parameters: Parameters = {}) =>
  (builder: GraphBuilder, x: FloatNode): FloatNode =>
    builder.add("activation", [x], { function: name, parameters })

const identity: Link = { scores: "values", apply: (_, x) => x }
const exponential: Link = { scores: "values", apply: activate("exp") }

// x |x|, of models that were trained on square roots
const signedSquare: Link = {
  scores: "values",
  apply: (builder, x) => builder.add("combine", [x, activate("abs")(builder, x)], { function: "mul" }),
}

/** From raw scores to what LightGBM predicts, by objective. */
const linkOf = (objective: string): Link => {
  const [name = "", ...rest] = objective.split(/\s+/)
  const parameters = new Map(rest.map((part) => part.split(":") as [string, string]))
  const slope = Number(parameters.get("sigmoid") ?? 1)
  const sigmoid: Link = {
    scores: "probabilities",
    apply: (builder, x) => {
      const scaled = slope === 1 ? x : builder.add("affine", [x], { scale: scalar(slope), shift: scalar(0) })
      return activate("sigmoid")(builder, scaled)
    },
  }
  switch (name) {
    case "binary":
    case "multiclassova":
      return sigmoid
    case "cross_entropy":
    case "xentropy":
      return { scores: "probabilities", apply: activate("sigmoid") }
    case "multiclass":
      return {
        scores: "probabilities",
        apply: (builder, x) => builder.add("softmax", [x], { axis: 0, log: false }),
      }
    case "poisson":
    case "gamma":
    case "tweedie":
      return exponential
    case "cross_entropy_lambda":
    case "xentlambda":
      return { scores: "values", apply: activate("softplus") }
    case "regression":
    case "regression_l1":
    case "huber":
    case "fair":
    case "quantile":
    case "mape":
      return rest.includes("sqrt") ? signedSquare : identity
    case "lambdarank":
    case "rank_xendcg":
    case "custom":
    case "":
      return identity
    default:
      return fail("unsupported-model", `LightGBM's objective "${name}" is not imported`)
  }
}

/** The graph of a LightGBM model: one ensemble, then the objective's link. */
export const lightGbmGraph = (model: LightGbm): FloatGraph => {
  const { features, treesPerIteration, trees, averages, objective } = model
  if (trees.length === 0 || trees.length % treesPerIteration !== 0) {
    fail(
      "damaged-model",
      `the LightGBM model has ${trees.length} trees, ${treesPerIteration} in each iteration`,
    )
  }
  const iterations = averages ? trees.length / treesPerIteration : 1
  const joined = joinTrees(trees, features, treesPerIteration, new Float64Array(treesPerIteration))
  const builder = new GraphBuilder()
  const input = builder.input("x", [features])
  const raw = builder.add("trees", [input], {
    trees: { ...joined, leaves: joined.leaves.map((v) => v / iterations) },
  })
  const link = linkOf(objective)
  const node = link.apply(builder, raw)
  const count = treesPerIteration === 1 ? 2 : treesPerIteration
  const classifies = link.scores === "probabilities" && !objective.includes("entropy")
  const output: FloatOutput = { name: "scores", node, scores: link.scores }
  const classes = Array.from({ length: count }, (_, i) => i)
  return builder.build([input], [classifies ? { ...output, classes } : output], "float64", [
    ...categoriesAsNumbers(model.tableCategories),
  ])
}

/** What rows hold where the model was trained on categories of a table: their numbers. */
const categoriesAsNumbers = (tables: LightGbm["tableCategories"]): string[] =>
  tables.length === 0
    ? []
    : [
        `the model was trained on ${tables.length === 1 ? "a column" : `${tables.length} columns`} of categories: a row gives ` +
          "the number of each, from 0 in the order of training\nnumbers are df[column].cat.codes in pandas",
      ]

export type Missing = "None" | "Zero" | "NaN"

/** Where LightGBM sends missing values: without a kind of missing values, NaN counts as 0. */
export const missingOf = (
  kind: Missing,
  defaultLeft: boolean,
): { missing: "true" | "false" | "zero"; zeroIsMissing: boolean } => ({
  missing: kind === "None" ? "zero" : defaultLeft ? "true" : "false",
  zeroIsMissing: kind === "Zero",
})

/** The lists of categories that a file gives of a pandas table; null stands for none. */
export const categoriesIn = (value: unknown): readonly (readonly unknown[])[] =>
  Array.isArray(value) && value.every((list) => Array.isArray(list)) ? value : []
