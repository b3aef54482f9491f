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

/**
 * The most bits the primes may have together, special prime included, for ring degree `n`; 0 where no secure choice is
 * known. By "Security Guidelines for Implementing Homomorphic Encryption" (ePrint 2024/463) for ternary secrets: its table for 128
 * bits, its calculation for 192 and 256. SEAL's own limits for the latter, of the standard of 2018, are a little higher.
 */
export const maxModulusBits = (n: number, security: Security): number => MAX_MODULUS_BITS[security][n] ?? 0

const MAX_MODULUS_BITS: Readonly<Record<Security, Readonly<Record<number, number>>>> = {
  128: { 4096: 106, 8192: 214, 16384: 430, 32768: 868 },
  192: { 4096: 73, 8192: 148, 16384: 297, 32768: 597 },
  256: { 4096: 56, 8192: 114, 16384: 230, 32768: 463 },
}
