import { fail } from "../../fail.ts"
import type { Split, Test } from "../../graph/trees.ts"
import type { Json } from "../json.ts"
import type { Tree } from "../tree-list.ts"

const CATEGORICAL = 1

/** A tree whose leaves, each times `factor`, add to result `target`, or of which each leaf has all `targets` results. */
export const readTree = (json: Json, target: number, targets: number, factor: number): Tree => {
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
  const vectors = leafVectors(json, targets, count, rights)
  // Splits and leaves in turn; -1 marks the lack of children.
  const leaves: number[] = []
  let [splitCount, leafCount] = [0, 0]
  const reference = lefts.map((left, i) => {
    if (left !== -1) return splitCount++
    for (const value of vectors?.(i) ?? [conditions[i]!]) leaves.push(value * factor)
    return ~leafCount++
  })
  const refer = (node: number): number =>
    reference[node] ?? fail("damaged-model", `a tree refers to node ${node} of ${count}`)
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
  return { root: refer(0), splits, leaves, target: vectors === undefined ? target : "all" }
}

/** The results of each leaf of a tree of `multi_output_tree`, by node; undefined for trees of one result. */
const leafVectors = (
  json: Json,
  targets: number,
  count: number,
  rights: readonly number[],
): ((node: number) => number[]) | undefined => {
  const parameters = json.get("tree_param")
  const size = parameters.has("size_leaf_vector") ? parameters.get("size_leaf_vector").integer() : 1
  if (size <= 1) return undefined
  if (size !== targets) fail("damaged-model", `a tree has ${size} results in a leaf and the model ${targets}`)
  // Since XGBoost 3.2 a leaf's right child is its place in a list of leaves; before, every node has its results.
  const isListed = json.has("leaf_weights")
  const values = isListed
    ? json.get("leaf_weights").numbers()
    : json.get("base_weights").numbers(count * size)
  return (node) => {
    const at = isListed ? rights[node]! : node
    const results = values.slice(at * size, (at + 1) * size)
    return at >= 0 && results.length === size
      ? results
      : fail("damaged-model", `node ${node} of a tree has no results`)
  }
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
