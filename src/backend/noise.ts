import type { Parameters } from "./parameters.ts"
import type { Plain } from "./plain.ts"

/**
 * How noise grows, as the base-2 logarithm of the invariant noise: a ciphertext decrypts while it is below -1, and its
 * budget in bits is `-noise - 1`. Constants are fitted to SEAL and lean to the safe side; sums are bounded by the sum
 * of the noises and not by its square root, because the noises of one circuit are correlated.
 */
export interface NoiseModel {
  readonly fresh: number
  /** The noise that one prime fewer adds, by the number of data primes that are left. */
  floor(level: number): number
  /** The noise that key switching adds. */
  keySwitch(level: number): number
  add(a: number, b: number): number
  multiply(a: number, b: number): number
  multiplyPlain(a: number, plain: Plain): number
  addPlain(a: number, level: number): number
}

export const noiseModel = ({ n, t, primes }: Pick<Parameters, "n" | "t" | "primes">): NoiseModel => {
  const logT = Math.log2(Number(t))
  const logN = Math.log2(n)
  const logQ = [0]
  for (const bits of primes.slice(0, -1)) logQ.push(logQ.at(-1)! + bits)
  const add = (a: number, b: number): number => {
    const most = Math.max(a, b)
    return most + Math.log2(1 + 2 ** (Math.min(a, b) - most))
  }
  const scale = (level: number): number => logT - logQ[level]!
  return {
    fresh: scale(primes.length - 1) + 5.5,
    floor: (level) => scale(level) + 8,
    keySwitch: (level) => scale(level) + 0.5 * Math.log2(level * n) + 5.5,
    add,
    multiply: (a, b) => add(a, b) + logT + logN - 1,
    multiplyPlain: (a, plain) =>
      plain.kind === "scalar" ? a + Math.log2(Math.abs(Number(plain.value)) || 1) : a + logT + logN / 2 - 1,
    addPlain: (a, level) => add(a, scale(level) + 1),
  }
}

/** Bits of noise budget left at a given noise. */
export const budgetAt = (noise: number): number => -noise - 1
