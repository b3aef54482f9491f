import { lt, type Tensor } from "../../../frontend/index.ts"
import { fail } from "../../fail.ts"
import type { Tensor as Reals } from "../../graph/tensor.ts"
import type { Distances } from "./distances.ts"

/** Pairs of more points than this are not compared under encryption. */
const MOST_POINTS = 64
/** Parts of a target that is no integer. */
const PARTS = 1024

/** What the k nearest points stand for, summed, in `scale` parts, found on the server by comparing all pairs of points. */
export const votesOf = (
  { differences, points }: Distances,
  targets: Reals,
  k: number,
): { readonly run: (row: Tensor) => Tensor; readonly scale: number } => {
  if (points > MOST_POINTS) {
    fail(
      "too-large",
      `the server would compare ${(points * (points - 1)) / 2} pairs of ${points} points under encryption\n` +
        `let the client find the nearest (topK: "client"), or keep at most ${MOST_POINTS} points`,
    )
  }
  const results = targets.shape[1]!
  const scale = targets.values.every(Number.isInteger) ? 1 : PARTS
  const worth = Array.from({ length: points }, (_, i) =>
    Array.from(targets.values.subarray(i * results, (i + 1) * results), (x) => Math.round(x * scale)),
  )
  const pairs = Array.from({ length: points }, (_, i) => i).flatMap((i) =>
    Array.from({ length: i }, (_, j) => [i, j] as const),
  )
  // A point counts one more before it for every nearer one, and for every equally near one that stands earlier.
  const places = Array.from({ length: points }, (_, i) =>
    pairs.map(([a, b]) => (a === i ? -1 : b === i ? 1 : 0)),
  )
  const before = Array.from({ length: points }, (_, i) => i)
  return {
    scale,
    run: (row) => {
      if (points === 1) return row.sum().mul(0).add(worth[0]!)
      const isNearer = lt(differences(row, pairs), 0)
      const rank = isNearer.matmul(pairs.map((_, pair) => places.map((line) => line[pair]!))).add(before)
      return rank.lt(k).matmul(worth)
    },
  }
}
