import { fail } from "../fail.ts"

export type Comparison = "<=" | "<" | ">=" | ">" | "==" | "!="

/** What a split asks of its feature. */
export type Test =
  | { readonly is: Comparison; readonly threshold: number }
  /** Whether the feature, cut to an integer when `truncated`, is one of the categories. */
  | { readonly is: "in"; readonly categories: ReadonlySet<number>; readonly truncated: boolean }

export interface Split {
  readonly feature: number
  readonly test: Test
  /** The number of a split, or `~leaf`, which is negative. */
  readonly whenTrue: number
  readonly whenFalse: number
  /** Where a missing value (NaN) goes; "zero": it counts as 0. */
  readonly missing: "true" | "false" | "zero"
  /** Whether numbers up to 1e-35 count as missing too, as LightGBM's zero_as_missing has it. */
  readonly zeroIsMissing: boolean
}

/** Binary decision trees with their splits in one list. */
export interface Trees {
  readonly features: number
  /** The results for one sample. */
  readonly targets: number
  /** One for each tree: the number of a split, or `~leaf`. */
  readonly roots: readonly number[]
  readonly splits: readonly Split[]
  /** `targets` values for each leaf in turn. */
  readonly leaves: Float64Array
  /** How the trees' leaves become one result, to which `base` is added. */
  readonly aggregate: "sum" | "mean" | "min" | "max"
  readonly base: Float64Array
}

const ZERO = 1e-35

const isTrue = (x: number, test: Test): boolean => {
  switch (test.is) {
    case "<=":
      return x <= test.threshold
    case "<":
      return x < test.threshold
    case ">=":
      return x >= test.threshold
    case ">":
      return x > test.threshold
    case "==":
      return x === test.threshold
    case "!=":
      return x !== test.threshold
    case "in":
      return test.categories.has(test.truncated ? Math.trunc(x) : x)
  }
}

/** Which way a sample goes: true for the branch `whenTrue`. */
export const decide = ({ feature, test, missing, zeroIsMissing }: Split, sample: Float64Array): boolean => {
  const x = sample[feature]!
  if (!Number.isNaN(x) && !(zeroIsMissing && Math.abs(x) <= ZERO)) return isTrue(x, test)
  return missing === "zero" ? isTrue(0, test) : missing === "true"
}

/** The number of the leaf a sample reaches in each tree. */
export const leavesReached = ({ roots, splits }: Trees, sample: Float64Array): Int32Array =>
  Int32Array.from(roots, (root) => {
    let at = root
    while (at >= 0) {
      const split = splits[at]!
      at = decide(split, sample) ? split.whenTrue : split.whenFalse
    }
    return ~at
  })

/** The result for one sample. */
export const evaluateTrees = (trees: Trees, sample: Float64Array): Float64Array => {
  const { targets, leaves, aggregate, base } = trees
  const start = aggregate === "min" ? Infinity : aggregate === "max" ? -Infinity : 0
  const result = new Float64Array(targets).fill(start)
  for (const leaf of leavesReached(trees, sample)) {
    for (let t = 0; t < targets; t++) {
      const value = leaves[leaf * targets + t]!
      if (aggregate === "min") result[t] = Math.min(result[t]!, value)
      else if (aggregate === "max") result[t] = Math.max(result[t]!, value)
      else result[t]! += value
    }
  }
  const count = aggregate === "mean" ? trees.roots.length : 1
  return result.map((value, t) => value / count + base[t]!)
}

/** Throws ProgramError unless every branch leads to a leaf, no split is reached twice, and all numbers are in range. */
export const checkTrees = (trees: Trees): void => {
  const { roots, splits, leaves, targets, features, base } = trees
  const whole = [targets, features].every((n) => Number.isSafeInteger(n) && n >= 1)
  if (!whole || leaves.length % targets !== 0 || base.length !== targets || roots.length === 0) {
    fail(
      "damaged-model",
      `an ensemble of ${roots.length} trees has ${features} features, ${targets} results, ${leaves.length} leaf values and ` +
        `${base.length} base values\nat least one of each is needed, leaves and base values for every result`,
    )
  }
  const leafCount = leaves.length / targets
  const seen = new Uint8Array(splits.length)
  const pending = [...roots].reverse()
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (!Number.isSafeInteger(at) || at >= splits.length || ~at >= leafCount)
      fail("damaged-model", `a tree refers to ${at}, which is no node`)
    if (at < 0) continue
    if (seen[at] === 1)
      fail("damaged-model", `split ${at} is reached on two ways; a tree without circles is needed`)
    seen[at] = 1
    const { feature, whenTrue, whenFalse } = splits[at]!
    if (!Number.isSafeInteger(feature) || feature < 0 || feature >= features) {
      fail("damaged-model", `split ${at} asks for feature ${feature} of ${features}`)
    }
    pending.push(whenFalse, whenTrue)
  }
}
