import { fail } from "../../fail.ts"
import type { FloatGraph } from "../../graph/graph.ts"
import type { Split, Test } from "../../graph/trees.ts"
import type { Json } from "../json.ts"
import { limited } from "../limits.ts"
import type { Tree } from "../tree-list.ts"
import { categoriesIn, lightGbmGraph, type Missing, missingOf } from "./model.ts"

/** Reads what `booster.dump_model()` gives. Throws ProgramError where it is damaged or not supported. */
export const importLightGbmJson = (json: Json): FloatGraph => {
  const treesPerIteration = json.get("num_tree_per_iteration").integer(1)
  return lightGbmGraph({
    features: json.get("max_feature_idx").integer(0) + 1,
    treesPerIteration,
    objective: json.has("objective") ? json.get("objective").text() : "",
    tableCategories: json.has("pandas_categorical") ? categoriesIn(json.get("pandas_categorical").value) : [],
    averages: json.has("average_output") && json.get("average_output").boolean(),
    trees: json
      .get("tree_info")
      .list()
      .map((tree, i) => readTree(tree.get("tree_structure"), i % treesPerIteration)),
  })
}

/** A tree whose nodes contain their children. */
const readTree = (structure: Json, target: number): Tree => {
  const splits: Split[] = []
  const leaves: number[] = []
  const root = structure.has("split_feature") ? 0 : ~0
  // Splits are numbered when they are met, so that a parent can refer to children that wait.
  const pending: { readonly node: Json; readonly at: number }[] = []
  let count = 0
  const number = (node: Json): number => {
    if (!node.has("split_feature")) {
      if (node.has("leaf_coeff"))
        fail("unsupported-model", "LightGBM's linear trees are not imported\ntrain with linear_tree=false")
      return ~(leaves.push(node.get("leaf_value").number()) - 1)
    }
    pending.push({ node, at: count })
    return count++
  }
  number(structure)
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, at } = next
    limited("treeNodes", count)
    const test = readTest(node)
    const missing = node.has("missing_type") ? (node.get("missing_type").text() as Missing) : "None"
    if (!["None", "Zero", "NaN"].includes(missing))
      fail("unsupported-model", `a split has missing_type "${missing}"`)
    splits[at] = {
      feature: node.get("split_feature").integer(0),
      test,
      whenTrue: number(node.get("left_child")),
      whenFalse: number(node.get("right_child")),
      // A missing category is in no set.
      ...(test.is === "in"
        ? { missing: "false" as const, zeroIsMissing: false }
        : missingOf(missing, node.has("default_left") && node.get("default_left").boolean())),
    }
  }
  return { root, splits, leaves, target }
}

const readTest = (node: Json): Test => {
  const type = node.get("decision_type").text()
  if (type === "<=") return { is: "<=", threshold: node.get("threshold").number() }
  if (type !== "==")
    return fail("unsupported-model", `a split has decision_type "${type}"\n"<=" or "==" is needed`)
  const listed = node.get("threshold")
  const categories = typeof listed.value === "number" ? [listed.value] : listed.text().split("||").map(Number)
  if (!categories.every(Number.isSafeInteger))
    fail("damaged-model", `a split has the categories ${listed.value}`)
  return { is: "in", categories: new Set(categories), truncated: true }
}
