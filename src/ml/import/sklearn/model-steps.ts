import { fail } from "../../fail.ts"
import type { Split, Trees } from "../../graph/trees.ts"
import type { Json } from "../json.ts"
import { limited } from "../limits.ts"
import { matrixOf, type Step } from "./step.ts"

/** Splits and leaves as parallel lists; a child below 0 is the leaf ~child. */
const trees: Step = (builder, x, json) => {
  const features = json.get("feature").numbers()
  const count = features.length
  limited("treeNodes", count)
  const thresholds = json.get("threshold").numbers(count)
  const [lefts, rights] = [json.get("left").numbers(count), json.get("right").numbers(count)]
  const missing = json.get("missing_left").numbers(count)
  const sets = json.has("categories") ? categorySets(json.get("categories"), count) : []
  const leaves = matrixOf(json.get("leaves"))
  const aggregate = json.get("aggregate").text()
  if (aggregate !== "sum" && aggregate !== "mean")
    return fail("damaged-model", `"${json.path}.aggregate" is "${aggregate}"`)
  const splits = features.map((feature, i): Split => {
    const categories = sets[i]
    return {
      feature,
      test:
        categories === undefined
          ? { is: "<=", threshold: thresholds[i]! }
          : { is: "in", categories, truncated: false },
      whenTrue: lefts[i]!,
      whenFalse: rights[i]!,
      missing: missing[i] ? "true" : "false",
      zeroIsMissing: false,
    }
  })
  const ensemble: Trees = {
    features: x.shape[0] ?? 0,
    targets: leaves.shape[1]!,
    roots: json.get("roots").numbers(),
    splits,
    leaves: leaves.values,
    aggregate,
    base: Float64Array.from(json.get("base").numbers()),
  }
  return builder.add("trees", [x], { trees: ensemble })
}

/** For each split the categories that go left, nothing for a split at a threshold. */
const categorySets = (json: Json, count: number): (ReadonlySet<number> | undefined)[] => {
  const lists = json.list()
  if (lists.length !== count)
    fail("damaged-model", `"${json.path}" has ${lists.length} entries, not ${count}`)
  return lists.map((list) => (list.value === null ? undefined : new Set(list.numbers())))
}

const neighbours: Step = (builder, x, json) => {
  const weights = json.get("weights").text()
  if (weights !== "uniform" && weights !== "distance")
    return fail("damaged-model", `"${json.path}.weights" is "${weights}"`)
  return builder.add("neighbours", [x], {
    points: matrixOf(json.get("points")),
    targets: matrixOf(json.get("targets")),
    k: json.get("k").integer(1),
    p: json.get("p").number(),
    weights,
  })
}

/** Steps that look rows up in what was learned. */
export const modelSteps = { neighbours, trees } as const satisfies Readonly<Record<string, Step>>
