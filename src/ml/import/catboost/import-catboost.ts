import { fail } from "../../fail.ts"
import { checkShape, type FloatGraph, type FloatOutput, GraphBuilder } from "../../graph/graph.ts"
import type { Json } from "../json.ts"
import { limited } from "../limits.ts"
import { joinTrees } from "../tree-list.ts"
import { lossOf } from "./losses.ts"
import { readObliviousTree, readTree } from "./read-tree.ts"

/** Reads what `save_model("model.json", format="json")` of CatBoost writes. Throws ProgramError where it is damaged or not supported. */
export const importCatBoost = (json: Json): FloatGraph => {
  const features = json.get("features_info")
  for (const kind of ["categorical_features", "text_features", "embedding_features", "ctrs"]) {
    if (features.has(kind) && features.get(kind).list().length > 0)
      fail(
        "unsupported-model",
        `CatBoost's ${kind.replace("_", " ")} are not imported\ngive categories as numbers, or as columns of 0 and 1, without cat_features`,
      )
  }
  const floats = features.get("float_features").list()
  const missing = floats.map((feature) => whenMissing(feature))
  const columns = floats.map((feature, i) =>
    feature.has("flat_feature_index") ? feature.get("flat_feature_index").integer(0) : i,
  )
  const [scale, base] = scaleAndBias(json.get("scale_and_bias"))
  const targets = base.length
  const width = columns.reduce((most, column) => Math.max(most, column + 1), 1)
  checkShape([width, targets])

  const isOblivious = json.has("oblivious_trees")
  const list = json.get(isOblivious ? "oblivious_trees" : "trees").list()
  if (list.length === 0)
    fail("damaged-model", "the CatBoost model has no trees\ntrain it for an iteration at least")
  let nodes = 0
  const trees = list.map((tree) => {
    const read = (isOblivious ? readObliviousTree : readTree)(tree, targets, { columns, missing, scale })
    nodes += 2 * read.splits.length + 1
    limited("treeNodes", nodes)
    return read
  })
  const info = json.get("model_info")
  const loss = lossOf(info.get("params").get("loss_function").get("type").text(), targets)
  const builder = new GraphBuilder()
  const input = builder.input("x", [width])
  // CatBoost keeps features in single precision, and adds leaves in double precision.
  const single = builder.add("activation", [input], { function: "float32", parameters: {} })
  const raw = builder.add("trees", [single], { trees: joinTrees(trees, width, targets, base) })
  const output: FloatOutput = { name: "scores", node: loss.link?.(builder, raw) ?? raw, scores: loss.scores }
  return builder.build([input], [{ ...output, ...meaningOf(info, loss.classifies, targets) }], "float64")
}

/** Where a feature's missing values go: as numbers below all borders, or above them. */
const whenMissing = (feature: Json): "true" | "false" => {
  const treatment = feature.has("nan_value_treatment") ? feature.get("nan_value_treatment").text() : "AsIs"
  if (treatment === "AsTrue") return "true"
  if (treatment === "AsFalse" || treatment === "AsIs") return "false"
  return fail(
    "unsupported-model",
    `"${feature.path}.nan_value_treatment" is "${treatment}"\nAsIs, AsFalse or AsTrue is needed`,
  )
}

/** [scale, [bias of each result]]; one number stands for a list of one. */
const scaleAndBias = (json: Json): [number, number[]] => {
  const [scale, bias] = json.list()
  if (scale === undefined || bias === undefined)
    return fail("damaged-model", `"${json.path}" has not two entries`)
  return [scale.number(), Array.isArray(bias.value) ? bias.numbers() : [bias.number()]]
}

const meaningOf = (
  info: Json,
  classifies: "one" | "several" | undefined,
  targets: number,
): Partial<FloatOutput> => {
  if (classifies !== "one") return targets > 1 ? { separate: true } : {}
  const count = Math.max(targets, 2)
  const given = info.has("class_params") ? info.get("class_params").get("class_names").list() : []
  const names = given.map(({ value }) => (typeof value === "string" ? value : Number(value)))
  const classes = names.length === count ? names : Array.from({ length: count }, (_, i) => i)
  const key = "binclass_probability_threshold"
  const threshold = info.has(key) ? { threshold: info.get(key).number() } : {}
  return { classes, ...threshold }
}
