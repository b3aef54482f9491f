import { fail } from "../../fail.ts"
import type { FloatGraph } from "../../graph/graph.ts"
import type { Split, Test } from "../../graph/trees.ts"
import { parseJson } from "../json.ts"
import type { Tree } from "../tree-list.ts"
import { categoriesIn, lightGbmGraph, type Missing, missingOf } from "./model.ts"

type Section = ReadonlyMap<string, string>

/** The lines key=value of a section; a line without a value is a key that is set. */
const readSection = (lines: readonly string[]): Section =>
  new Map(
    lines.map((line) => {
      const at = line.indexOf("=")
      return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)]
    }),
  )

const numbers = (section: Section, key: string, length?: number): number[] => {
  const text = section.get(key)
  if (text === undefined) return fail("damaged-model", `a section of the LightGBM model has no "${key}"`)
  const list = text.split(" ").filter(Boolean).map(Number)
  if ((length !== undefined && list.length !== length) || list.some(Number.isNaN)) {
    return fail(
      "damaged-model",
      `"${key}" of the LightGBM model is "${text.slice(0, 100)}"${length === undefined ? "" : `\n${length} numbers are needed`}`,
    )
  }
  return list
}

const integer = (section: Section, key: string, least: number): number => {
  const [n] = numbers(section, key, 1)
  return Number.isSafeInteger(n) && n! >= least
    ? n!
    : fail("damaged-model", `"${key}" of the LightGBM model is ${n}`)
}

/** Reads what `booster.save_model()` writes. Throws ProgramError where it is damaged or not supported. */
export const importLightGbmText = (text: string): FloatGraph => {
  const lines = text.split(/\r?\n/)
  const end = lines.indexOf("end of trees")
  if (end < 0)
    fail("damaged-model", `the LightGBM model has no line "end of trees"\nthe file is cut off or damaged`)
  const starts = lines.flatMap((line, i) => (i < end && line.startsWith("Tree=") ? [i] : []))
  const header = readSection(lines.slice(0, starts[0] ?? end))
  const treesPerIteration = integer(header, "num_tree_per_iteration", 1)
  return lightGbmGraph({
    features: integer(header, "max_feature_idx", 0) + 1,
    treesPerIteration,
    objective: header.get("objective") ?? "",
    tableCategories: readCategories(lines.slice(end)),
    averages: header.has("average_output"),
    trees: starts.map((start, i) =>
      readTree(readSection(lines.slice(start, starts[i + 1] ?? end)), i % treesPerIteration),
    ),
  })
}

const readCategories = (lines: readonly string[]): readonly (readonly unknown[])[] => {
  const key = "pandas_categorical:"
  const line = lines.find((one) => one.startsWith(key))
  return line === undefined ? [] : categoriesIn(parseJson(line.slice(key.length)).value)
}

// Bits of decision_type.
const CATEGORICAL = 1
const DEFAULT_LEFT = 2
const missingKinds: readonly Missing[] = ["None", "Zero", "NaN"]

const readTree = (section: Section, target: number): Tree => {
  if ((section.get("is_linear") ?? "0") !== "0")
    fail("unsupported-model", "LightGBM's linear trees are not imported\ntrain with linear_tree=false")
  const leafCount = integer(section, "num_leaves", 1)
  const leaves = numbers(section, "leaf_value", leafCount)
  const count = leafCount - 1
  if (count === 0) return { root: ~0, splits: [], leaves, target }
  const list = (key: string): number[] => numbers(section, key, count)
  const [features, thresholds, types] = [list("split_feature"), list("threshold"), list("decision_type")]
  const [lefts, rights] = [list("left_child"), list("right_child")]
  const sets = readSets(section)
  const splits = features.map((feature, i): Split => {
    const type = types[i]!
    const common = { feature, whenTrue: lefts[i]!, whenFalse: rights[i]! }
    if ((type & CATEGORICAL) !== 0) {
      const categories =
        sets[thresholds[i]!] ??
        fail("damaged-model", `a split refers to set ${thresholds[i]} of ${sets.length}`)
      const test: Test = { is: "in", categories, truncated: true }
      return { ...common, test, missing: "false", zeroIsMissing: false }
    }
    const missing =
      missingKinds[(type >> 2) & 3] ?? fail("unsupported-model", `a split has decision_type ${type}`)
    return {
      ...common,
      test: { is: "<=", threshold: thresholds[i]! },
      ...missingOf(missing, (type & DEFAULT_LEFT) !== 0),
    }
  })
  return { root: 0, splits, leaves, target }
}

/** Sets of categories, as bits of 32-bit words between boundaries. */
const readSets = (section: Section): Set<number>[] => {
  if ((section.get("num_cat") ?? "0") === "0") return []
  const boundaries = numbers(section, "cat_boundaries")
  const words = numbers(section, "cat_threshold")
  return boundaries.slice(1).map((end, i) => {
    const set = new Set<number>()
    const part = words.slice(boundaries[i], end)
    part.forEach((word, w) => {
      for (let bit = 0; bit < 32; bit++) if ((word >>> bit) & 1) set.add(32 * w + bit)
    })
    return set
  })
}
