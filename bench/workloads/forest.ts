import { compile, enc, uint } from "lutra"
import { seeded } from "../random.ts"
import type { Workload } from "../workload.ts"

const FEATURES = 16
const THRESHOLDS = 15
const TREES = 64
const DEPTH = 4
const LEAVES = 2 ** DEPTH
const CLASSES = 8

/** A node asks whether feature `feature` is at least `threshold`; its children follow at 2i + 1 (no) and 2i + 2 (yes). */
interface Question {
  readonly feature: number
  readonly threshold: number
}

const random = seeded(64)
const trees = Array.from({ length: TREES }, () =>
  Array.from(
    { length: LEAVES - 1 },
    (): Question => ({ feature: random.integer(0, FEATURES - 1), threshold: random.integer(1, THRESHOLDS) }),
  ),
)
export const classOfLeaf = random.integers(TREES * LEAVES, 0, CLASSES - 1)
const features = random.integers(FEATURES, 0, THRESHOLDS)

/** Bit `feature * 15 + threshold - 1` says whether the feature is at least the threshold. */
const thermometer = (values: readonly number[]): number[] =>
  values.flatMap((value) => Array.from({ length: THRESHOLDS }, (_, i) => (value > i ? 1 : 0)))

/** For each leaf, how many answers on the way to it are wrong: a row of weights on the thermometer bits, and a constant. */
export const missesOfLeaves = (): { weights: number[][]; constants: number[] } => {
  const weights = Array.from({ length: FEATURES * THRESHOLDS }, () =>
    new Array<number>(TREES * LEAVES).fill(0),
  )
  const constants = new Array<number>(TREES * LEAVES).fill(0)
  for (const [i, tree] of trees.entries()) {
    for (let leaf = 0; leaf < LEAVES; leaf++) {
      const column = i * LEAVES + leaf
      for (let depth = DEPTH - 1, node = 0; depth >= 0; depth--) {
        const isYes = ((leaf >> depth) & 1) === 1
        const { feature, threshold } = tree[node]!
        const row = weights[feature * THRESHOLDS + threshold - 1]!
        row[column] = row[column]! + (isYes ? -1 : 1)
        if (isYes) constants[column]!++
        node = 2 * node + (isYes ? 2 : 1)
      }
    }
  }
  return { weights, constants }
}

const votesOf = (bits: readonly number[]): number[] => {
  const votes = new Array<number>(CLASSES).fill(0)
  for (const [i, tree] of trees.entries()) {
    let node = 0
    while (node < LEAVES - 1) {
      const { feature, threshold } = tree[node]!
      node = 2 * node + (bits[feature * THRESHOLDS + threshold - 1] === 1 ? 2 : 1)
    }
    votes[classOfLeaf[i * LEAVES + node - (LEAVES - 1)]!]!++
  }
  return votes
}

export const forest: Workload = {
  name: "forest",
  title: "forest of 64 trees, depth 4",
  unit: "sample",
  isQuick: true,
  batch: 1,
  fillsLanes: false,
  bar: { time: { ms: 690, n: 8192 } },
  compile: () => {
    const { weights, constants } = missesOfLeaves()
    const votes = classOfLeaf.map((chosen) =>
      Array.from({ length: CLASSES }, (_, c) => (c === chosen ? 1 : 0)),
    )
    return compile(
      { bits: enc(uint(1), [FEATURES * THRESHOLDS]) },
      ({ bits }) =>
        bits
          .matmul(weights)
          .add(constants)
          .lookup([1, ...new Array(DEPTH).fill(0)])
          .matmul(votes),
      { name: "forest" },
    )
  },
  sample: () => ({ bits: thermometer(features) }),
  expected: ({ bits }) => votesOf(bits as number[]),
}
