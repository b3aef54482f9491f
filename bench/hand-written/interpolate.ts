/** Coefficients of the polynomial of least degree over Z_t with p(i) = entries[i]: Newton's divided differences. */
export const interpolate = (entries: readonly number[], t: bigint): bigint[] => {
  const residue = (a: bigint): bigint => ((a % t) + t) % t
  const differences = entries.map((entry) => residue(BigInt(entry)))
  for (let step = 1; step < entries.length; step++) {
    const inverse = power(BigInt(step), t - 2n, t)
    for (let i = entries.length - 1; i >= step; i--) {
      differences[i] = residue((differences[i]! - differences[i - 1]!) * inverse)
    }
  }
  // Horner's rule in the basis 1, x, x(x - 1), ...
  const coefficients = entries.map(() => 0n)
  for (let i = entries.length - 1; i >= 0; i--) {
    for (let j = entries.length - 1; j > 0; j--) {
      coefficients[j] = residue(coefficients[j - 1]! - coefficients[j]! * BigInt(i))
    }
    coefficients[0] = residue(differences[i]! - coefficients[0]! * BigInt(i))
  }
  return coefficients
}

const power = (base: bigint, exponent: bigint, t: bigint): bigint => {
  let result = 1n
  for (let e = exponent, square = base % t; e > 0n; e >>= 1n, square = (square * square) % t) {
    if (e & 1n) result = (result * square) % t
  }
  return result
}
