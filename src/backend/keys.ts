import type { Circuit } from "./circuit.ts"
import type { KeySet, Parameters } from "./parameters.ts"

/** The keys a circuit uses, and no others. */
export const keysOf = (circuit: Circuit): KeySet => {
  const rotations = new Set<number>()
  let relinearization = false
  for (const instruction of circuit.instructions) {
    if (instruction.op === "relinearize") relinearization = true
    if (instruction.op === "rotate") rotations.add(instruction.steps)
  }
  return { relinearization, rotations: [...rotations].sort((a, b) => a - b) }
}

/** Bytes of one key-switching key as uploaded: k primes, k - 1 parts of two polynomials, one of them a seed. */
export const keyBytes = ({ n, primes }: Pick<Parameters, "n" | "primes">): number =>
  8 * n * primes.length * (primes.length - 1)

export const keySetBytes = (keys: KeySet, parameters: Pick<Parameters, "n" | "primes">): number =>
  (keys.rotations.length + (keys.relinearization ? 1 : 0)) * keyBytes(parameters)

/** Bytes of one ciphertext of two polynomials at a level; a fresh one is sent as one polynomial and a seed. */
export const ciphertextBytes = (n: number, level: number): number => 16 * n * level
