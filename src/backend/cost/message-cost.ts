import type { Circuit } from "../circuit/circuit.ts"
import { freshBytes, replyBytes } from "../circuit/keys.ts"
import type { Parameters } from "../circuit/parameters.ts"

/** Milliseconds for a client to make a fresh ciphertext, per slot and data prime: measured as `COST_MODELS` were. */
const ENCRYPTION: Readonly<Record<Parameters["scheme"], number>> = { bfv: 3.7e-4, bgv: 5e-4 }

/** Milliseconds for it to read one. */
const DECRYPTION = 1.2e-4

/** Bytes that go up or down in a millisecond: a nominal line of 100 Mbit/s. */
const NETWORK = 12_500

/**
 * Milliseconds in which a client encrypts and sends the inputs of one run, half of each ciphertext being a seed, and gets
 * and decrypts the outputs. A layout that spares the server a little work and makes fifty ciphertexts of a reply is no
 * good one.
 */
export const messageTime = (
  { instructions }: Circuit,
  parameters: Parameters,
  outputLevels: readonly number[],
): number => {
  const { scheme, n, primes } = parameters
  const fresh = n * (primes.length - 1)
  const sent = instructions.reduce((count, { op }) => count + Number(op === "input"), 0)
  const request = sent * (ENCRYPTION[scheme] * fresh + freshBytes(parameters) / NETWORK)
  return outputLevels.reduce(
    (time, level) => time + DECRYPTION * n * level + replyBytes(parameters, level) / NETWORK,
    request,
  )
}
