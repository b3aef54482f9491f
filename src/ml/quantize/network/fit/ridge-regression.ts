import { cholesky, ridged, type Square, solveCholesky } from "../../../math/linear-solve.ts"
import { correlations, dot } from "../../../math/statistics.ts"
import type { Batch } from "../lower/linear-rows.ts"

/** So many features are refitted at most: more take too long, and more rows than a calibration has. */
export const MOST_FEATURES = 640

/** How strongly refitted weights are held back, in units of a feature's variance; Infinity is no refit. */
export const RIDGES: readonly number[] = [1e-4, 1e-3, 1e-2, 1e-1, 1, Infinity]

/**
 * For each target, the combination of standardised features that explains it best when its weights are held back by
 * `ridge`: ridge regression, (FᵀF / N + ridge) w = FᵀT / N.
 */
export const regress = (features: Batch, gram: Square, targets: Batch, ridge: number): Float64Array[] => {
  if (ridge === Infinity || features.length === 0) return targets.map(() => new Float64Array(features.length))
  const lower = cholesky(ridged(gram, ridge))
  return targets.map((target) =>
    solveCholesky(
      lower,
      Float64Array.from(features, (feature) => dot(feature, target) / Math.max(target.length, 1)),
    ),
  )
}

/** The sum of squares that each ridge leaves on the samples of every fourth index when fitted on all others. */
export const heldOutErrors = (features: Batch, targets: Batch): number[] => {
  const part = (batch: Batch, isHeld: boolean): Batch =>
    batch.map((values) => values.filter((_, i) => (i % 4 === 3) === isHeld))
  const [fitted, held] = [part(features, false), part(features, true)]
  const [fittedTargets, heldTargets] = [part(targets, false), part(targets, true)]
  const gram = correlations(fitted)
  return RIDGES.map((ridge) => {
    const weights = regress(fitted, gram, fittedTargets, ridge)
    return heldTargets.reduce((total, target, t) => {
      const rest = target.slice()
      weights[t]!.forEach((weight, k) => {
        const feature = held[k]!
        for (let i = 0; i < rest.length; i++) rest[i]! -= weight * feature[i]!
      })
      return total + dot(rest, rest)
    }, 0)
  })
}
