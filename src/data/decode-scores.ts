import { flatten, type NestedResult } from "./nested.ts"
import type { RowCodec, ScoreStep } from "./row-codec.ts"
import { applySteps } from "./row-steps.ts"

/** The scores of one row from the program's output. */
export const decodeScores = ({ decoding }: RowCodec, output: NestedResult): number[] => {
  let values: Float64Array = Float64Array.from(Array.isArray(output) ? flatten(output) : [output], Number)
  for (const step of decoding)
    values = step.kind === "nearest" ? nearest(step, values) : applySteps([step], values, "float64")
  return Array.from(values)
}

type Nearest = Extract<ScoreStep, { kind: "nearest" }>

const nearest = ({ k, p, weights, results, targets }: Nearest, powers: Float64Array): Float64Array => {
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
