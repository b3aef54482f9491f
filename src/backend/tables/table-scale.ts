import { centred, inverseMod } from "../arithmetic/field.ts"

/** Multiples that are tried of the inverse of each coefficient: halves, thirds and the like have small denominators. */
const MULTIPLES = 64n
/** A scale is worth it only for that much smaller coefficients. */
const LEAST_GAIN = 16
/** More coefficients than this have no common multiple that makes all of them small. */
const MOST_COEFFICIENTS = 8

/**
 * A number mod t by which all coefficients of a polynomial may be multiplied to make them small: those of a table over a
 * few points are fractions with a common denominator, and a product with the residue of a fraction costs as much noise as
 * one with t. 1 where nothing is gained. The constant does not count: it is added.
 */
export const smallestScale = (coefficients: readonly bigint[], t: bigint): bigint => {
  const factors = coefficients.slice(1).filter((value) => value !== 0n)
  if (factors.length > MOST_COEFFICIENTS) return 1n
  const sizeAt = (scale: bigint): number =>
    factors.reduce((most, value) => Math.max(most, Math.abs(Number(centred(value * scale, t)))), 0)
  let best = { scale: 1n, size: sizeAt(1n) }
  for (const value of factors) {
    const inverse = inverseMod(value, t)
    for (let multiple = 1n; multiple <= MULTIPLES && Number(multiple) < best.size; multiple++) {
      const scale = (inverse * multiple) % t
      const size = sizeAt(scale)
      if (size < best.size) best = { scale, size }
    }
  }
  return best.size * LEAST_GAIN <= sizeAt(1n) ? best.scale : 1n
}
