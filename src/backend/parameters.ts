/** The encryption parameters of a compiled program. */
export interface Parameters {
  readonly scheme: "bfv" | "bgv"
  /** Ring degree: slots per ciphertext. */
  readonly n: number
  /** Plaintext modulus, a prime congruent to 1 mod 2n: all values are taken mod t. */
  readonly t: bigint
  /** Bits of each prime of the modulus chain; the last one is the special prime of key switching. */
  readonly primes: readonly number[]
  /** Bits of security that `n` and the primes give at least. */
  readonly security: Security
}
export type Security = 128 | 192 | 256

/** The keys that a circuit needs: `rotations` are the steps of its rotations, in slots. */
export interface KeySet {
  readonly relinearization: boolean
  readonly rotations: readonly number[]
}
