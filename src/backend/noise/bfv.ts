import type { Parameters } from "../circuit/parameters.ts"
import { type Estimate, logScalar, logSum, modulusBits, type NoiseModel, sumNoise } from "./noise-model.ts"

/** BFV: a product adds a constant number of bits, and everything else little. */
export const bfvNoise = ({ n, t, primes }: Pick<Parameters, "n" | "t" | "primes">): NoiseModel => {
  const logT = Math.log2(Number(t))
  const logN = Math.log2(n)
  const logQ = modulusBits(primes)
  const scale = (level: number): number => logT - logQ[level]!
  const product = logT + logN - 1
  const vectorProduct = logT + logN / 2 - 0.5
  const plus = (a: Estimate, noise: number): Estimate => ({ ...a, noise: logSum(a.noise, noise) })
  return {
    fresh: {
      noise: scale(primes.length - 1) + 5.5,
      level: primes.length - 1,
      size: 2,
      factor: 1n,
      unknown: 0n,
      isFlat: true,
      mixed: null,
    },
    leastProduct: product,
    leastVectorProduct: vectorProduct,
    unknownFactor: () => 0n,
    dropLevel: (a) => ({ ...plus(a, scale(a.level - 1) + 8), level: a.level - 1 }),
    keySwitch: (a) => plus(a, scale(a.level) + 0.5 * Math.log2(a.level * n) + 5.5),
    add: (a, b) => ({ ...a, ...sumNoise(a, b) }),
    multiply: (a, b) => ({ ...a, noise: logSum(a.noise, b.noise) + product, mixed: null }),
    addPlain: (a) => plus(a, scale(a.level) + 1),
    multiplyPlain: (a, plain) =>
      plain.kind === "scalar"
        ? { ...a, noise: a.noise + logScalar(plain.value) }
        : { ...a, noise: a.noise + vectorProduct, mixed: {} },
  }
}
