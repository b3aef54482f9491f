import { sizeOf } from "../../../../data/index.ts"
import { fail } from "../../../fail.ts"
import { checkShape } from "../../../graph/graph.ts"
import type { Comparison, Split, Test, Trees } from "../../../graph/trees.ts"
import type { Op } from "../onnx-op.ts"

const comparisons: Readonly<Record<string, Comparison>> = {
  BRANCH_LEQ: "<=",
  BRANCH_LT: "<",
  BRANCH_GTE: ">=",
  BRANCH_GT: ">",
  BRANCH_EQ: "==",
  BRANCH_NEQ: "!=",
}
const aggregates: Readonly<Record<string, Trees["aggregate"]>> = {
  SUM: "sum",
  AVERAGE: "mean",
  MIN: "min",
  MAX: "max",
}

/** A list of the attributes of a tree ensemble, checked for length. */
const column = <T>(name: string, list: readonly T[] | undefined, length?: number): readonly T[] => {
  if (list === undefined || (length !== undefined && list.length !== length)) {
    return fail(
      "damaged-model",
      `${name} has ${list?.length ?? 0} entries${length === undefined ? "" : `, not ${length}`}`,
    )
  }
  return list
}

/** The trees of TreeEnsembleClassifier and TreeEnsembleRegressor: nodes and leaves as parallel lists. */
export const readTrees = (op: Op, features: number, targets: number, prefix: "class" | "target"): Trees => {
  const treeIds = column("nodes_treeids", op.ints("nodes_treeids"))
  const count = treeIds.length
  const nodeIds = column("nodes_nodeids", op.ints("nodes_nodeids"), count)
  const featureIds = column("nodes_featureids", op.ints("nodes_featureids"), count)
  const modes = column("nodes_modes", op.texts("nodes_modes"), count)
  const thresholds = column("nodes_values", op.floats("nodes_values"), count)
  const trueIds = column("nodes_truenodeids", op.ints("nodes_truenodeids"), count)
  const falseIds = column("nodes_falsenodeids", op.ints("nodes_falsenodeids"), count)
  const missing = op.ints("nodes_missing_value_tracks_true") ?? []
  const key = (tree: number, node: number): string => `${tree}/${node}`

  // Leaves and splits get numbers in the order of the lists; a leaf is referred to as ~number.
  const references = new Map<string, number>()
  let leafCount = 0
  let splitCount = 0
  const roots = new Map<number, number>()
  for (let i = 0; i < count; i++) {
    const reference = modes[i] === "LEAF" ? ~leafCount++ : splitCount++
    if (references.has(key(treeIds[i]!, nodeIds[i]!)))
      fail("damaged-model", `node ${nodeIds[i]} of tree ${treeIds[i]} appears twice`)
    references.set(key(treeIds[i]!, nodeIds[i]!), reference)
    if (!roots.has(treeIds[i]!)) roots.set(treeIds[i]!, reference)
  }
  const refer = (tree: number, node: number): number =>
    references.get(key(tree, node)) ??
    fail("damaged-model", `tree ${tree} refers to node ${node}, which does not exist`)

  const splits: Split[] = []
  for (let i = 0; i < count; i++) {
    if (modes[i] === "LEAF") continue
    const is = comparisons[modes[i]!] ?? fail("damaged-model", `a split has mode ${modes[i]}`)
    splits.push({
      feature: featureIds[i]!,
      test: { is, threshold: thresholds[i]! },
      whenTrue: refer(treeIds[i]!, trueIds[i]!),
      whenFalse: refer(treeIds[i]!, falseIds[i]!),
      // A comparison with NaN is false, except that it differs from everything.
      missing: (missing[i] ?? 0) !== 0 || is === "!=" ? "true" : "false",
      zeroIsMissing: false,
    })
  }
  checkShape([leafCount, targets])
  const leaves = new Float64Array(leafCount * targets)
  const leafTrees = column(`${prefix}_treeids`, op.ints(`${prefix}_treeids`))
  const leafNodes = column(`${prefix}_nodeids`, op.ints(`${prefix}_nodeids`), leafTrees.length)
  const leafTargets = column(`${prefix}_ids`, op.ints(`${prefix}_ids`), leafTrees.length)
  const weights = column(`${prefix}_weights`, op.floats(`${prefix}_weights`), leafTrees.length)
  leafTrees.forEach((tree, i) => {
    const leaf = ~refer(tree, leafNodes[i]!)
    const target = leafTargets[i]!
    if (leaf < 0 || !(target >= 0 && target < targets))
      fail("damaged-model", `a weight belongs to node ${leafNodes[i]} and result ${target}`)
    leaves[leaf * targets + target]! += weights[i]!
  })
  const base = op.floats("base_values") ?? []
  const aggregate =
    aggregates[op.text("aggregate_function", "SUM")] ??
    fail("damaged-model", "the aggregate_function is unknown")
  checkNamed(
    aggregate,
    new Set(leafTrees.map((tree, i) => `${tree}/${leafNodes[i]}/${leafTargets[i]}`)).size,
    leaves,
  )
  return {
    features,
    targets,
    roots: [...roots.values()],
    splits,
    leaves,
    aggregate,
    base: base.length === targets ? Float64Array.from(base) : new Float64Array(targets).fill(base[0] ?? 0),
  }
}

const MEMBER = 6
const modeOrder: readonly Comparison[] = ["<=", "<", ">=", ">", "==", "!="]

/** The trees of TreeEnsemble (ai.onnx.ml 5): references instead of ids, and membership in sets. */
export const readTreesV5 = (op: Op, features: number): Trees => {
  const targets = op.int("n_targets", 1)
  const featureIds = column("nodes_featureids", op.ints("nodes_featureids"))
  const count = featureIds.length
  const modes = op.tensor("nodes_modes")?.values ?? fail("damaged-model", "nodes_modes is missing")
  const thresholds = op.tensor("nodes_splits")?.values ?? fail("damaged-model", "nodes_splits is missing")
  const missing = op.ints("nodes_missing_value_tracks_true") ?? []
  const trueIds = column("nodes_truenodeids", op.ints("nodes_truenodeids"), count)
  const falseIds = column("nodes_falsenodeids", op.ints("nodes_falsenodeids"), count)
  const trueLeafs = column("nodes_trueleafs", op.ints("nodes_trueleafs"), count)
  const falseLeafs = column("nodes_falseleafs", op.ints("nodes_falseleafs"), count)
  const leafTargets = column("leaf_targetids", op.ints("leaf_targetids"))
  const weights = op.tensor("leaf_weights")?.values ?? fail("damaged-model", "leaf_weights is missing")
  const sets = membershipSets(op.tensor("membership_values")?.values ?? new Float64Array(0))
  if (modes.length !== count || thresholds.length !== count || weights.length !== leafTargets.length) {
    fail("damaged-model", `${count} splits have ${modes.length} modes and ${thresholds.length} thresholds`)
  }
  let nextSet = 0
  const test = (i: number): Test => {
    if (modes[i] === MEMBER) {
      return {
        is: "in",
        categories: sets[nextSet++] ?? fail("damaged-model", "membership_values has too few sets"),
        truncated: false,
      }
    }
    return {
      is: modeOrder[modes[i]!] ?? fail("damaged-model", `a split has mode ${modes[i]}`),
      threshold: thresholds[i]!,
    }
  }
  const splits = Array.from({ length: count }, (_, i): Split => {
    const asked = test(i)
    return {
      feature: featureIds[i]!,
      test: asked,
      whenTrue: trueLeafs[i] ? ~trueIds[i]! : trueIds[i]!,
      whenFalse: falseLeafs[i] ? ~falseIds[i]! : falseIds[i]!,
      missing: (missing[i] ?? 0) !== 0 || asked.is === "!=" ? "true" : "false",
      zeroIsMissing: false,
    }
  })
  checkShape([weights.length, targets])
  const leaves = new Float64Array(sizeOf([weights.length, targets]))
  weights.forEach((weight, leaf) => {
    const target = leafTargets[leaf]!
    if (!(target >= 0 && target < targets))
      fail("damaged-model", `a leaf belongs to result ${target} of ${targets}`)
    leaves[leaf * targets + target] = weight
  })
  const aggregate =
    (["mean", "sum", "min", "max"] as const)[op.int("aggregate_function", 1)] ??
    fail("damaged-model", "the aggregate_function is unknown")
  checkNamed(aggregate, weights.length, leaves)
  return {
    features,
    targets,
    // A root whose two branches are the same leaf is a tree without splits.
    roots: [...column("tree_roots", op.ints("tree_roots"))],
    splits,
    leaves,
    aggregate,
    base: new Float64Array(targets),
  }
}

/** Refuses the extreme of leaves that have no weight for some result, and so do not count for it. */
const checkNamed = (aggregate: Trees["aggregate"], named: number, leaves: Float64Array): void => {
  if ((aggregate === "min" || aggregate === "max") && named < leaves.length)
    fail(
      "unsupported-model",
      `it takes the ${aggregate} of leaves, of which some have no weight for some results\nwrite a weight for each of them`,
    )
}

/** Sets in turn, each ended by NaN. */
const membershipSets = (values: Float64Array): Set<number>[] => {
  const sets: Set<number>[] = [new Set()]
  for (const x of values) {
    if (Number.isNaN(x)) sets.push(new Set())
    else sets.at(-1)!.add(x)
  }
  return sets
}
