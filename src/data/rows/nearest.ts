import type { RowStep } from "./row-step.ts"

type Nearest = Extract<RowStep, { kind: "nearest" }>

/** The mean of what the k nearest points stand for, from distances to the power p. */
export const nearest = ({ k, p, weights, results, targets }: Nearest, powers: Float64Array): Float64Array => {
  const order = Array.from(powers.keys())
    .sort((a, b) => powers[a]! - powers[b]! || a - b)
    .slice(0, k)
  const distance = (point: number): number => Math.max(powers[point]!, 0) ** (1 / p)
  const isExact = distance(order[0]!) === 0
  const weightOf = (point: number): number => {
    if (weights === "uniform") return 1
    return isExact ? Number(distance(point) === 0) : 1 / distance(point)
  }
  const total = order.reduce((sum, point) => sum + weightOf(point), 0)
  return new Float64Array(results).map((_, result) =>
    order.reduce((sum, point) => sum + (weightOf(point) / total) * targets[point * results + result]!, 0),
  )
}
