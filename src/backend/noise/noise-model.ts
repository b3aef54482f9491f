import type { Plain } from "../circuit/plain.ts"

/** What is known of a ciphertext before it exists. */
export interface Estimate {
  /**
   * Base-2 logarithm of the invariant noise: the ciphertext decrypts while it is below -1, and its budget in bits is
   * `-noise - 1`. In BGV it is the noise t*e + m as a part of the modulus.
   */
  readonly noise: number
  /** Data primes left. */
  readonly level: number
  /** Polynomials: 2, and 3 for a product before relinearization. BGV only. */
  readonly size: number
  /** SEAL's correction factor: the residue mod t by which the plaintext is multiplied. 1 in BFV. */
  readonly factor: bigint
  /**
   * Stands for what multiplies `factor` and is not known, as the factor of a ciphertext that came from another function:
   * factors with the same unknown part are to each other as their known parts. 0 when all is known. BGV only.
   */
  readonly unknown: bigint
  /** Whether the noise is random in every frequency, as that of fresh ciphertexts. BGV only. */
  readonly isFlat: boolean
  /**
   * Stands for the product with a vector in the clear that the noise comes from, or the sum of such; null when it comes
   * from elsewhere. The polynomial of a vector has coefficients all over the residues mod t, so that the noises of different
   * products are as independent as random ones.
   */
  readonly mixed: object | null
}

/**
 * How noise grows in one scheme at one choice of parameters. Constants are fitted to SEAL and lean to the safe side. A sum
 * is bounded by the sum of the noises, because those of one circuit are correlated, unless they come from different
 * products with vectors in the clear: then their squares add up. A value and a rotation of it have the same origin, and
 * their noises do add up: summed over all rotations of a ring, noise that is the same in all of them is all that is left.
 */
export interface NoiseModel {
  readonly fresh: Estimate
  /** Bits of budget that a product of ciphertexts takes at least. */
  readonly leastProduct: number
  /** Bits of budget that a product with a plain vector takes at least. */
  readonly leastVectorProduct: number
  /** What `unknown` of an estimate is for the factor of a ciphertext that is called so; 0 where factors are always 1. */
  unknownFactor(name: string): bigint
  /** One prime fewer. */
  dropLevel(a: Estimate): Estimate
  /** Relinearization, or a rotation. */
  keySwitch(a: Estimate): Estimate
  /** A sum or difference, at equal levels. */
  add(a: Estimate, b: Estimate): Estimate
  /** A product, at equal levels. */
  multiply(a: Estimate, b: Estimate): Estimate
  addPlain(a: Estimate): Estimate
  multiplyPlain(a: Estimate, plain: Plain): Estimate
}

/** The noise of a sum, and where it comes from. */
export const sumNoise = (a: Estimate, b: Estimate): Pick<Estimate, "noise" | "mixed"> => {
  if (a.mixed === null || b.mixed === null) return { noise: logSum(a.noise, b.noise), mixed: null }
  return a.mixed === b.mixed
    ? { noise: logSum(a.noise, b.noise), mixed: a.mixed }
    : { noise: logSum(2 * a.noise, 2 * b.noise) / 2, mixed: {} }
}

/** log2(2^a + 2^b). */
export const logSum = (a: number, b: number): number => {
  const most = Math.max(a, b)
  return most + Math.log2(1 + 2 ** (Math.min(a, b) - most))
}

/** log2 |w| of a scalar; a product with 0 leaves the noise of one with 1, to be safe. */
export const logScalar = (value: bigint): number => Math.log2(Math.abs(Number(value)) || 1)

/** Entry k is the bits of the first k data primes together. */
export const modulusBits = (primes: readonly number[]): number[] => {
  const bits = [0]
  for (const prime of primes.slice(0, -1)) bits.push(bits.at(-1)! + prime)
  return bits
}
