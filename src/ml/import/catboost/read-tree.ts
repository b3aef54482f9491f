import { fail } from "../../fail.ts"
import type { Split } from "../../graph/trees.ts"
import type { Json } from "../json.ts"
import type { Tree } from "../tree-list.ts"

/** What trees of a model have in common. */
export interface Features {
  /** The column of a row that each feature is. */
  readonly columns: readonly number[]
  /** Where its missing values go. */
  readonly missing: readonly ("true" | "false")[]
  /** What leaves are multiplied by. */
  readonly scale: number
}

/** Deeper trees without a shape of their own have more leaves than are imported. */
const MOST_LEVELS = 20

// x > border leads to the right
const questionOf = (split: Json, { columns, missing }: Features): Omit<Split, "whenTrue" | "whenFalse"> => {
  const type = split.get("split_type").text()
  if (type !== "FloatFeature")
    return fail("unsupported-model", `a split of CatBoost's kind ${type} is not imported`)
  const at = split.get("float_feature_index").integer(0)
  if (at >= columns.length)
    return fail("damaged-model", `"${split.path}" asks for feature ${at} of ${columns.length}`)
  const threshold = Math.fround(split.get("border").number())
  return {
    feature: columns[at]!,
    test: { is: ">", threshold },
    missing: missing[at]!,
    zeroIsMissing: false,
  }
}

/** A tree that asks the same on each level: answer i is bit i of the leaf's number. */
export const readObliviousTree = (json: Json, targets: number, features: Features): Tree => {
  const questions = (json.get("splits").value === null ? [] : json.get("splits").list())
    .map((split) => questionOf(split, features))
    .reverse()
  const levels = questions.length
  if (levels > MOST_LEVELS)
    fail("too-large", `a tree of CatBoost has ${levels} levels, and at most ${MOST_LEVELS} are imported`)
  const leaves = json.get("leaf_values").numbers(2 ** levels * targets)
  // Split 2^l - 1 + i asks question l after the answers i; the first question is the last bit that counts most.
  const reference = (level: number, answers: number): number =>
    level === levels ? ~answers : 2 ** level - 1 + answers
  const splits = questions.flatMap((question, level) =>
    Array.from(
      { length: 2 ** level },
      (_, answers): Split => ({
        ...question,
        whenTrue: reference(level + 1, 2 * answers + 1),
        whenFalse: reference(level + 1, 2 * answers),
      }),
    ),
  )
  return {
    root: reference(0, 0),
    splits,
    leaves: leaves.map((value) => value * features.scale),
    target: "all",
  }
}

/** A tree whose nodes contain their children, as other ways of growing trees leave it. */
export const readTree = (json: Json, targets: number, features: Features): Tree => {
  const splits: Split[] = []
  const leaves: number[] = []
  let [splitCount, leafCount] = [0, 0]
  const pending: { readonly node: Json; readonly at: number }[] = []
  const number = (node: Json): number => {
    if (node.has("split")) {
      pending.push({ node, at: splitCount })
      return splitCount++
    }
    const value = node.get("value")
    const results = Array.isArray(value.value) ? value.numbers(targets) : [value.number()]
    if (results.length !== targets)
      fail("damaged-model", `"${value.path}" has ${results.length} numbers, not ${targets}`)
    for (const result of results) leaves.push(result * features.scale)
    return ~leafCount++
  }
  const root = number(json)
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, at } = next
    splits[at] = {
      ...questionOf(node.get("split"), features),
      whenFalse: number(node.get("left")),
      whenTrue: number(node.get("right")),
    }
  }
  return { root, splits, leaves, target: "all" }
}
