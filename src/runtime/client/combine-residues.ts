/**
 * The integers in `lo..` below `lo` plus the product of the moduli that leave these residues: for each element one
 * representative for each modulus, by the Chinese remainder theorem (Garner's form). The moduli are distinct primes.
 */
export const combineResidues = (
  residues: readonly (readonly bigint[])[],
  moduli: readonly bigint[],
  lo: bigint,
): bigint[] => {
  const steps = moduli.map((t, i) => {
    const below = moduli.slice(0, i).reduce((product, other) => product * other, 1n)
    return { t, below, inverse: inverseMod(below % t, t) }
  })
  return residues[0]!.map((_, at) => {
    let value = 0n
    for (const [i, { t, below, inverse }] of steps.entries()) {
      const missing = ((residues[i]![at]! - lo - value) * inverse) % t
      value += below * (missing < 0n ? missing + t : missing)
    }
    return lo + value
  })
}

/** The inverse modulo a prime, by the extended Euclidean algorithm. */
const inverseMod = (value: bigint, t: bigint): bigint => {
  let [a, b, x, y] = [value, t, 1n, 0n]
  while (a > 1n) {
    const quotient = b / a
    ;[a, b] = [b % a, a]
    ;[x, y] = [y - quotient * x, x]
  }
  return ((x % t) + t) % t
}
