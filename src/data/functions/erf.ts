/** The error function, to 1.2e-7 (Press et al., Numerical Recipes, section 6.2: a Chebyshev fit of erfc). */
export const erf = (x: number): number => {
  const z = Math.abs(x)
  const t = 1 / (1 + z / 2)
  let sum = 0
  for (const coefficient of COEFFICIENTS) sum = sum * t + coefficient
  const erfc = t * Math.exp(-z * z + sum)
  return x >= 0 ? 1 - erfc : erfc - 1
}

const COEFFICIENTS = [
  0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196,
  1.00002368, -1.26551223,
]
