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

type Chain = Pick<Parameters, "n" | "primes">

/** Bytes of a seed, which stands for a uniform polynomial. */
const SEED_BYTES = 64

/** Bytes of a polynomial on its way: each coefficient has as many bits as its prime. */
const polynomialBytes = (n: number, primes: readonly number[]): number =>
  primes.reduce((sum, bits) => sum + (n * bits) / 8, 0)

/** Bytes of one key-switching key on its way: k primes, k - 1 parts of two polynomials, one of them a seed. */
export const keyBytes = ({ n, primes }: Chain): number =>
  (primes.length - 1) * (polynomialBytes(n, primes) + SEED_BYTES)

/** Bytes of the rotation keys and the relinearization key on their way. */
export const keySetBytes = (keys: KeySet, parameters: Chain): number =>
  (keys.rotations.length + (keys.relinearization ? 1 : 0)) * keyBytes(parameters)

/** Bytes of one fresh ciphertext on its way: a polynomial and a seed. */
export const freshBytes = ({ n, primes }: Chain): number =>
  polynomialBytes(n, primes.slice(0, -1)) + SEED_BYTES

/** Bytes of one ciphertext in a reply: two polynomials with so many data primes, and in BGV a correction factor. */
export const replyBytes = ({ scheme, n, primes }: Parameters, level: number): number =>
  2 * polynomialBytes(n, primes.slice(0, level)) + (scheme === "bgv" ? 8 : 0)

/** Bytes of one ciphertext of two polynomials in memory. */
export const ciphertextBytes = (n: number, level: number): number => 16 * n * level

/** Bytes of the keys in memory, their uniform polynomials written out. */
export const expandedKeyBytes = (keys: KeySet, { n, primes }: Chain): number =>
  (keys.rotations.length + (keys.relinearization ? 1 : 0)) *
  ciphertextBytes(n, primes.length) *
  (primes.length - 1)

/** What any of several circuits needs. */
export const joinKeys = (sets: readonly KeySet[]): KeySet => ({
  relinearization: sets.some(({ relinearization }) => relinearization),
  rotations: [...new Set(sets.flatMap(({ rotations }) => rotations))].sort((a, b) => a - b),
})
