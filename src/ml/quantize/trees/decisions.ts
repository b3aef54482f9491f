import type { RowStep, RowTest } from "../../../data/index.ts"
import { type Tensor, table, zeros } from "../../../frontend/index.ts"
import type { Trees } from "../../graph/trees.ts"
import { compareCuts, isCut, keyOf } from "./cuts.ts"
import { type Path, pathsOf } from "./paths.ts"
import { prune } from "./prune.ts"
import { quantizeLeaves } from "./quantize-leaves.ts"

/** An ensemble as linear maps around one small table. */
export interface Decisions {
  /** What is asked of a row, cuts of one feature in their order. */
  readonly tests: readonly RowTest[]
  /** Leaves that are computed: all but one of each tree. */
  readonly leaves: readonly Leaf[]
  /** Most answers that can be wrong on the way to a leaf. */
  readonly most: number
  /** What all sums of limbs lie within. */
  readonly sums: { readonly lo: number; readonly hi: number; readonly width: number }
  /** From sums of limbs to the results of the ensemble. */
  readonly decoding: readonly RowStep[]
  /** What rounding leaves may change of a result at most. */
  readonly error: number
  readonly trees: number
}

export interface Leaf {
  /** Wrong answers on the way: a constant and bits, by their numbers. */
  readonly constant: number
  readonly terms: ReadonlyMap<number, number>
  /** Most of them that a row can have. */
  readonly wrongs: number
  /** What it adds to each limb. */
  readonly values: readonly number[]
}

/**
 * The decisions of an ensemble, with at most `most` answers on the way to a leaf. Exact, but for leaves, which are rounded
 * to a fine step.
 */
export const decisionsOf = (given: Trees, most: number): Decisions => {
  const trees = prune(given)
  const paths = trees.roots.map((root) => pathsOf(trees, root, most))
  const count = trees.leaves.length / trees.targets
  const origins = Array.from({ length: count }, (_, leaf) => leaf)
  // Of the leaves of a tree exactly one is reached: the one that is hardest to tell is what is left of all.
  const left = paths.map((own) => own.reduce((a, b) => (b.wrongs.length > a.wrongs.length ? b : a)))
  for (const [tree, own] of paths.entries()) for (const { leaf } of own) origins[leaf] = left[tree]!.leaf
  const { values, step, decoding } = quantizeLeaves(trees, origins)
  const counted = paths.flatMap((own, tree) => own.filter((path) => path !== left[tree]))
  const tests = testsOf(counted)
  const numbers = new Map(tests.map((test, i) => [keyOf(test), i]))
  const leaves = counted.map((path) => leafOf(path, numbers, values[path.leaf]!))
  return {
    tests,
    leaves,
    most: leaves.reduce((most, { wrongs }) => Math.max(most, wrongs), 0),
    sums: sumsOf(paths, values),
    decoding: decoding(left.map(({ leaf }) => leaf)),
    error: (trees.roots.length * step) / 2,
    trees: trees.roots.length,
  }
}

/** What every sum of limbs lies within: of each tree one leaf counts, and none counts more than all together can. */
const sumsOf = (
  paths: readonly (readonly Path[])[],
  values: readonly (readonly number[])[],
): Decisions["sums"] => {
  const width = values[0]!.length
  let [lo, hi] = [0, 0]
  const [least, most] = [new Array<number>(width).fill(0), new Array<number>(width).fill(0)]
  for (const own of paths) {
    const all = own.map(({ leaf }) => values[leaf]!)
    lo += Math.min(0, ...all.flat())
    hi += Math.max(0, ...all.flat())
    for (const [i] of least.entries()) {
      for (const list of all) {
        least[i]! += Math.min(0, list[i]!)
        most[i]! += Math.max(0, list[i]!)
      }
    }
  }
  return { lo: Math.max(lo, Math.min(...least)), hi: Math.min(hi, Math.max(...most)), width }
}

/** All tests of paths, each once: cuts of a feature in order, so that neighbours in the trees are neighbours in ciphertexts. */
const testsOf = (paths: readonly Path[]): RowTest[] => {
  const all = new Map(
    paths.flatMap(({ wrongs }) =>
      wrongs.flatMap(({ terms }) => terms.map(({ test }) => [keyOf(test), test])),
    ),
  )
  return [...all.values()].sort((a, b) => {
    if (a.is === "all" || b.is === "all") return Number(a.is === "all") - Number(b.is === "all")
    return (
      a.column - b.column || (isCut(a) && isCut(b) ? compareCuts(a, b) : Number(isCut(a)) - Number(isCut(b)))
    )
  })
}

const leafOf = ({ wrongs }: Path, numbers: ReadonlyMap<string, number>, values: readonly number[]): Leaf => {
  const terms = new Map<number, number>()
  for (const { test, sign } of wrongs.flatMap((wrong) => wrong.terms)) {
    const number = numbers.get(keyOf(test))!
    terms.set(number, (terms.get(number) ?? 0) + sign)
  }
  const constant = wrongs.reduce((sum, wrong) => sum + wrong.constant, 0)
  return { constant, terms, wrongs: wrongs.length, values }
}

/** Sums of limbs from the bits of all tests. Ranges that follow from how clients make those bits are assumed. */
export const runDecisions = ({ leaves, most, sums, tests }: Decisions, bits: Tensor): Tensor => {
  if (leaves.length === 0)
    return bits
      .sum()
      .mul(0)
      .add(zeros([sums.width]))
  const matrix = tests.map(() => new Array<number>(leaves.length).fill(0))
  for (const [i, { terms }] of leaves.entries()) for (const [test, sign] of terms) matrix[test]![i] = sign
  const reached = bits
    .matmul(matrix)
    .add(leaves.map(({ constant }) => constant))
    .assume(0, most)
    .lookup(table([1, ...new Array<number>(most).fill(0)]))
  return reached.matmul(leaves.map(({ values }) => values)).assume(sums.lo, sums.hi)
}
