import { inverseMod } from "../arithmetic/field.ts"
import type { Parameters } from "../circuit/parameters.ts"
import { balance } from "./bgv-correction-factors.ts"
import { chainPrimes } from "./chain-primes.ts"
import { type Estimate, logScalar, logSum, modulusBits, type NoiseModel, sumNoise } from "./noise-model.ts"

/** Bits of noise beyond which it does not matter how much there is. */
const SPOILT = 1e6

/**
 * BGV: noises multiply, so that a product is cheap at the floor, which dropping a prime leads back to.
 *
 * SEAL divides by a prime with a remainder in 0..t that is not centred. Its mean makes noise coherent (strong in the
 * lowest frequencies), so a product of two such noises is bounded by n times both and not by sqrt(n) times both, as when
 * one is flat. Largest values measured above `log2 t + log2(n)/2`, n = 4096..16384, t of 17, 20 and 30 bits, in bits:
 * floor 1.7 (two polynomials), key switching of six primes 5.0; fresh noise is bounded by six standard deviations.
 */
export const bgvNoise = ({ n, t, primes }: Pick<Parameters, "n" | "t" | "primes">): NoiseModel => {
  const logT = Math.log2(Number(t))
  const logN = Math.log2(n)
  const logQ = modulusBits(primes)
  // Without primes of such sizes there is no chain: whoever searches has asked before.
  let inverses: bigint[] | undefined
  const inverseOf = (level: number): bigint => {
    inverses ??= chainPrimes(n, primes)!.map((prime) => inverseMod(prime, t))
    return inverses[level - 1]!
  }
  const inverseFactors = new Map<bigint, bigint>()
  const balances = new Map<bigint, readonly [bigint, bigint]>()
  /** What SEAL multiplies the operands of a sum by, to make their correction factors equal. */
  const balanceOf = (a: bigint, b: bigint): readonly [bigint, bigint] => {
    const inverse = inverseFactors.get(a) ?? inverseMod(a, t)
    inverseFactors.set(a, inverse)
    const ratio = (inverse * b) % t
    const known = balances.get(ratio) ?? balance(ratio, t)
    balances.set(ratio, known)
    return known
  }
  // Exponents of unknown factors, each in 32 bits of a number of its own: there are fewer than 32 products in a row.
  const unknowns = new Map<string, bigint>()
  const unknownFactor = (name: string): bigint => {
    const unknown = unknowns.get(name) ?? 1n << BigInt(32 * unknowns.size)
    unknowns.set(name, unknown)
    return unknown
  }
  const floor = (size: number): number => logT + (logN / 2) * (size - 1) + 2
  const vectorProduct = logT + logN / 2 + 0.5
  const top = primes.length - 1
  const fresh: Estimate = {
    noise: logT + 5 - logQ[top]!,
    level: top,
    size: 2,
    factor: 1n,
    unknown: 0n,
    isFlat: true,
    mixed: null,
  }
  return {
    fresh,
    leastProduct: logT + 5 + logN / 2 - 0.5,
    leastVectorProduct: vectorProduct,
    unknownFactor,
    dropLevel: (a) => ({
      noise: logSum(a.noise, floor(a.size) - logQ[a.level - 1]!),
      level: a.level - 1,
      size: a.size,
      factor: (a.factor * inverseOf(a.level)) % t,
      unknown: a.unknown,
      isFlat: false,
      mixed: a.mixed,
    }),
    keySwitch: (a) => ({
      ...a,
      noise: logSum(a.noise, logT + logN / 2 + logSum(0.5 * Math.log2(a.level) + 3.5, 2) - logQ[a.level]!),
      size: 2,
      isFlat: false,
    }),
    add: (a, b) => {
      const size = Math.max(a.size, b.size)
      const isFlat = a.isFlat && b.isFlat
      if (a.unknown !== b.unknown) {
        // Both are multiplied by residues mod t that cannot be foreseen.
        const name = `${a.factor} ${a.unknown} + ${b.factor} ${b.unknown}`
        const noise = logSum(a.noise, b.noise) + logT
        return { noise, level: a.level, size, factor: 1n, unknown: unknownFactor(name), isFlat, mixed: null }
      }
      if (a.factor === b.factor) return { ...a, ...sumNoise(a, b), size, isFlat }
      const [first, second] = balanceOf(a.factor, b.factor)
      return {
        noise: logSum(a.noise + logScalar(first), b.noise + logScalar(second)),
        level: a.level,
        size,
        factor: (a.factor * first) % t,
        unknown: a.unknown,
        isFlat,
        mixed: null,
      }
    },
    multiply: (a, b) => ({
      // Noise beyond the modulus would double in bits with every product.
      noise: Math.min(
        SPOILT,
        a.noise + b.noise + logQ[a.level]! + (a.isFlat || b.isFlat ? logN / 2 - 0.5 : logN),
      ),
      level: a.level,
      size: a.size + b.size - 1,
      factor: (a.factor * b.factor) % t,
      unknown: a.unknown + b.unknown,
      isFlat: false,
      mixed: null,
    }),
    addPlain: (a) => ({ ...a, noise: logSum(a.noise, logT - 1 - logQ[a.level]!) }),
    multiplyPlain: (a, plain) =>
      plain.kind === "scalar"
        ? { ...a, noise: a.noise + logScalar(plain.value) }
        : { ...a, noise: a.noise + vectorProduct, mixed: {} },
  }
}
