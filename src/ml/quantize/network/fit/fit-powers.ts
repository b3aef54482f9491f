import { cholesky, ridged, solveCholesky } from "../../../math/linear-solve.ts"
import { correlations, dot, isConstant, spreadOf, standardised } from "../../../math/statistics.ts"

/**
 * The combination of powers of x nearest to y over the samples, and its constant: coefficients[k] belongs to x^powers[k].
 */
export const fitPowers = (
  x: Float64Array,
  y: Float64Array,
  powers: readonly number[],
): { readonly coefficients: Float64Array; readonly constant: number } => {
  const ys = spreadOf(y)
  const size = Math.max(...Array.from(x, Math.abs), 0)
  if (!(size > 0) || isConstant(spreadOf(x))) {
    return { coefficients: new Float64Array(powers.length), constant: ys.mean }
  }
  const features = powers.map((power) => x.map((value) => (value / size) ** power))
  const spreads = features.map(spreadOf)
  const normal = features.map((feature, k) => standardised(feature, spreads[k]!))
  const rest = y.map((value) => value - ys.mean)
  const weights = solveCholesky(
    cholesky(ridged(correlations(normal), 1e-6)),
    Float64Array.from(normal, (feature) => dot(feature, rest) / Math.max(rest.length, 1)),
  )
  const perFeature = weights.map((weight, k) =>
    isConstant(spreads[k]!) ? 0 : weight / spreads[k]!.deviation,
  )
  return {
    coefficients: perFeature.map((weight, k) => weight / size ** powers[k]!),
    constant: ys.mean - perFeature.reduce((sum, weight, k) => sum + weight * spreads[k]!.mean, 0),
  }
}
