import { printShape, sizeOf } from "../../../data/index.ts"
import { fail } from "../../fail.ts"
import { kind } from "../kind.ts"
import type { Tensor } from "../tensor.ts"

export interface NeighboursAttributes {
  /** The training set: [points, features]. */
  readonly points: Tensor
  /** What each point stands for: [points, results], for classes 1 at its class and 0 elsewhere. */
  readonly targets: Tensor
  readonly k: number
  /** Distances by the p-norm, 1 to Infinity. */
  readonly p: number
  /** Whether the nearest count alike or by the reciprocal of their distance. */
  readonly weights: "uniform" | "distance"
}

const distance = (points: Tensor, row: number, x: Float64Array, p: number): number => {
  let sum = 0
  for (let i = 0; i < x.length; i++) {
    const d = Math.abs(points.values[row * x.length + i]! - x[i]!)
    if (p === Infinity) sum = Math.max(sum, d)
    else sum += p === 2 ? d * d : p === 1 ? d : d ** p
  }
  return p === Infinity || p === 1 ? sum : sum ** (1 / p)
}

export const neighbours = {
  neighbours: kind<NeighboursAttributes>({
    doc: "The mean of what the k nearest points of a training set stand for.",
    arity: 1,
    infer: ([x], { points, targets, k, p }) => {
      const fits =
        points.shape.length === 2 &&
        targets.shape.length === 2 &&
        targets.shape[0] === points.shape[0] &&
        x!.length === 1 &&
        x![0] === points.shape[1]
      if (!fits || !(p >= 1) || !Number.isSafeInteger(k) || k < 1 || k > points.shape[0]!) {
        fail(
          "damaged-model",
          `the ${k} nearest of points of shape ${printShape(points.shape)} by the ${p}-norm, with targets of shape ` +
            `${printShape(targets.shape)}, cannot be found for a value of shape ${printShape(x!)}`,
        )
      }
      return [targets.shape[1]!]
    },
    work: (_, { points }) => sizeOf(points.shape),
    evaluate: ([x], { points, targets, k, p, weights }, result) => {
      const distances = Float64Array.from({ length: points.shape[0]! }, (_, row) =>
        distance(points, row, x!.values, p),
      )
      const nearest = Array.from(distances.keys())
        .sort((a, b) => distances[a]! - distances[b]! || a - b)
        .slice(0, k)
      // A point at distance 0 outweighs all others.
      const exact = distances[nearest[0]!] === 0
      const weightOf = (row: number): number => {
        if (weights === "uniform") return 1
        return exact ? Number(distances[row] === 0) : 1 / distances[row]!
      }
      const total = nearest.reduce((sum, row) => sum + weightOf(row), 0)
      const width = result[0]!
      return new Float64Array(width).map((_, t) =>
        nearest.reduce((sum, row) => sum + (weightOf(row) / total) * targets.values[row * width + t]!, 0),
      )
    },
  }),
}
