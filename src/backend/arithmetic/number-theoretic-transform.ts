import { powerMod } from "./field.ts"

/**
 * Falling primes c * 2^18 + 1 between 2^25 and 2^26, so that products of residues are exact in numbers and transforms may
 * have up to 2^18 elements.
 */
export const TRANSFORM_PRIMES: readonly number[] = [
  64749569, 63700993, 52166657, 42729473, 41680897, 40370177, 38535169, 37224449,
]

/** The number-theoretic transform mod one prime of `TRANSFORM_PRIMES` up to a length: cyclic convolution by pointwise products. */
export class NumberTheoreticTransform {
  readonly prime: number
  readonly #inverse: number
  /** At h + j the power j of a root of order 2h, for every power of two h; and of its inverse. */
  readonly #roots: Float64Array
  readonly #inverseRoots: Float64Array

  constructor(prime: number, length: number) {
    this.prime = prime
    this.#inverse = 1 / prime
    const p = BigInt(prime)
    let generator = 2n
    while (powerMod(generator, (p - 1n) / 2n, p) === 1n) generator++
    const table = (base: bigint): Float64Array => {
      const roots = new Float64Array(Math.max(2, length))
      for (let h = 1; h < length; h *= 2) {
        const root = Number(powerMod(base, (p - 1n) / BigInt(2 * h), p))
        roots[h] = 1
        for (let j = 1; j < h; j++) roots[h + j] = this.multiply(roots[h + j - 1]!, root)
      }
      return roots
    }
    this.#roots = table(generator)
    this.#inverseRoots = table(powerMod(generator, p - 2n, p))
  }

  /** The residue of a product of two integers below 2^26 in size, of either sign. */
  multiply(a: number, b: number): number {
    const product = a * b
    const rest = product - Math.floor(product * this.#inverse) * this.prime
    return rest < 0 ? rest + this.prime : rest >= this.prime ? rest - this.prime : rest
  }

  /** Multiplies `x` by `y`, point by point. */
  multiplyInto(x: Float64Array, y: Float64Array): void {
    for (let i = 0; i < x.length; i++) x[i] = this.multiply(x[i]!, y[i]!)
  }

  /** In place, the results in bit-reversed order. */
  forward(x: Float64Array): void {
    const { prime: p } = this
    const inverse = this.#inverse
    const roots = this.#roots
    for (let h = x.length / 2; h >= 1; h /= 2) {
      for (let start = 0; start < x.length; start += 2 * h) {
        for (let j = 0; j < h; j++) {
          const a = x[start + j]!
          const b = x[start + j + h]!
          const sum = a + b
          x[start + j] = sum >= p ? sum - p : sum
          const product = (a - b + p) * roots[h + j]!
          const rest = product - Math.floor(product * inverse) * p
          x[start + j + h] = rest < 0 ? rest + p : rest >= p ? rest - p : rest
        }
      }
    }
  }

  /** Undoes `forward`. */
  backward(x: Float64Array): void {
    const { prime: p } = this
    const inverse = this.#inverse
    const roots = this.#inverseRoots
    for (let h = 1; h < x.length; h *= 2) {
      for (let start = 0; start < x.length; start += 2 * h) {
        for (let j = 0; j < h; j++) {
          const a = x[start + j]!
          const product = x[start + j + h]! * roots[h + j]!
          const rest = product - Math.floor(product * inverse) * p
          const b = rest < 0 ? rest + p : rest >= p ? rest - p : rest
          const sum = a + b
          x[start + j] = sum >= p ? sum - p : sum
          x[start + j + h] = a < b ? a - b + p : a - b
        }
      }
    }
    const scale = Number(powerMod(BigInt(x.length), BigInt(p - 2), BigInt(p)))
    for (let i = 0; i < x.length; i++) x[i] = this.multiply(x[i]!, scale)
  }
}
