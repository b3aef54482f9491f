import { cholesky, ridged, type Square, solveCholesky } from "../../../math/linear-solve.ts"
import { correlations, dot } from "../../../math/statistics.ts"
import type { Budget } from "../../budget.ts"
import type { Batch } from "../lower/linear-rows.ts"

/** So many features are refitted at most: more take too long, and more rows than a calibration has. */
export const MOST_FEATURES = 640

/** How strongly refitted weights are held back, in units of a feature's variance; Infinity is no refit. */
export const RIDGES: readonly number[] = [1e-4, 1e-3, 1e-2, 1e-1, 1, Infinity]

/** Targets and how strongly weights are held back, to weights of each target. */
export type Regression = (targets: Batch, ridge: number) => Promise<Float64Array[]>

/**
 * For each target, the combination of standardised features that explains it best when its weights are held back by
 * `ridge`: ridge regression, (FᵀF / N + ridge) w = FᵀT / N. Of fewer samples than features the system of samples is solved,
 * w = Fᵀ (F Fᵀ / N + ridge)⁻¹ T / N, which is the same. `gram` is FᵀF / N.
 */
export const regression = (features: Batch, gram: () => Square, budget: Budget): Regression => {
  const count = Math.max(features[0]?.length ?? 0, 1)
  const isDual = count < features.length
  let system: Square | undefined
  return async (targets, ridge) => {
    if (ridge === Infinity || features.length === 0)
      return targets.map(() => new Float64Array(features.length))
    system ??= isDual ? sampleProducts(features, count) : gram()
    const lower = cholesky(ridged(system, ridge))
    const along = (target: Float64Array): Float64Array =>
      Float64Array.from(features, (feature) => dot(feature, target) / count)
    const solutions: Float64Array[] = []
    for (const target of targets) {
      await budget.turn()
      solutions.push(isDual ? along(solveCholesky(lower, target)) : solveCholesky(lower, along(target)))
    }
    return solutions
  }
}

/** F Fᵀ / N: products of any two of the N samples. */
const sampleProducts = (features: Batch, count: number): Square => {
  const values = new Float64Array(count * count)
  for (const feature of features)
    for (let i = 0; i < count; i++) {
      const x = feature[i]! / count
      if (x === 0) continue
      for (let j = 0; j < count; j++) values[i * count + j]! += x * feature[j]!
    }
  return { size: count, values }
}

/** The sum of squares that each ridge leaves on the samples of every fourth index when fitted on all others. */
export const heldOutErrors = async (features: Batch, targets: Batch, budget: Budget): Promise<number[]> => {
  const part = (batch: Batch, isHeld: boolean): Batch =>
    batch.map((values) => values.filter((_, i) => (i % 4 === 3) === isHeld))
  const [fitted, held] = [part(features, false), part(features, true)]
  const [fittedTargets, heldTargets] = [part(targets, false), part(targets, true)]
  const regress = regression(fitted, () => correlations(fitted), budget)
  const errors: number[] = []
  for (const ridge of RIDGES) {
    const weights = await regress(fittedTargets, ridge)
    let total = 0
    for (const [t, target] of heldTargets.entries()) {
      await budget.turn()
      const rest = target.slice()
      weights[t]!.forEach((weight, k) => {
        const feature = held[k]!
        for (let i = 0; i < rest.length; i++) rest[i]! -= weight * feature[i]!
      })
      total += dot(rest, rest)
    }
    errors.push(total)
  }
  return errors
}
