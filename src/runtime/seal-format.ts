import { RuntimeError } from "../data/index.ts"

/**
 * How SEAL 4.1 lays out a saved object, uncompressed. Every byte of one is known from the parameters except the
 * coefficients, the seeds and (in BGV) a correction factor, so that anything else is refused before SEAL reads it:
 * its loaders trust sizes and may be told to inflate a few bytes to gigabytes.
 */
export interface SealFormat {
  readonly bytes: number
  /** Throws RuntimeError when a known byte of `blob`, which is called `what` in the message, differs. */
  check(blob: Uint8Array, what: string): void
}

/** SEAL's identifier of one level of the modulus chain: 32 bytes. */
export type LevelId = Uint8Array

export interface CiphertextForm {
  readonly n: number
  /** Primes of its level. */
  readonly primes: number
  readonly level: LevelId
  readonly ntt: boolean
  /** A seeded ciphertext holds its first part only, and the seed of the second. */
  readonly seeded: boolean
  /** Whether the correction factor is 1, as in everything fresh. */
  readonly fresh: boolean
}

/** `113 + 16 n k` bytes with k primes; `194 + 8 n k` when seeded. */
export const ciphertextFormat = (form: CiphertextForm): SealFormat => {
  const format = new FormatBuilder()
  ciphertext(format, form)
  return format.build()
}

/** `88 + 8 n k` bytes with k primes, the special one included. */
export const secretKeyFormat = (n: number, primes: number, level: LevelId): SealFormat => {
  const format = new FormatBuilder()
  format.object(() => {
    format
      .fixed(level)
      .word(n * primes)
      .real(1)
    format.object(() => format.word(n * primes).free(8 * n * primes))
  })
  return format.build()
}

/** Keys of `keys.length` switchings, seeded, at the given indices of a sparse list with `slots` entries. */
const switchingKeys = (
  n: number,
  primes: number,
  level: LevelId,
  slots: number,
  indices: readonly number[],
) => {
  const format = new FormatBuilder()
  const held = new Set(indices)
  const part = { n, primes, level, ntt: true, seeded: true, fresh: true }
  format.object(() => {
    format.fixed(level).word(slots)
    for (let index = 0; index < slots; index++) {
      format.word(held.has(index) ? primes - 1 : 0)
      if (held.has(index)) for (let i = 0; i < primes - 1; i++) ciphertext(format, part)
    }
  })
  return format.build()
}

/** `64 + (k - 1)(194 + 8 n k)` bytes with k primes, the special one included. */
export const relinearizationKeyFormat = (n: number, primes: number, level: LevelId): SealFormat =>
  switchingKeys(n, primes, level, 1, [0])

/** `56 + 8 n + r (k - 1)(194 + 8 n k)` bytes with k primes and r steps: an entry for each of n Galois elements. */
export const rotationKeysFormat = (
  n: number,
  primes: number,
  level: LevelId,
  steps: readonly number[],
): SealFormat =>
  switchingKeys(
    n,
    primes,
    level,
    n,
    steps.map((step) => galoisIndex(n, step)),
  )

/**
 * Rotating rows left by s slots is the automorphism of 3^s mod 2n, at index (3^s - 1) / 2 of SEAL's list; exchanging them,
 * which is the rotation by n/2 here, is that of 2n - 1.
 */
const galoisIndex = (n: number, step: number): number => {
  if (step === n / 2) return n - 1
  let element = 1
  for (let i = 0; i < step; i++) element = (element * 3) % (2 * n)
  return (element - 1) / 2
}

const ciphertext = (
  format: FormatBuilder,
  { n, primes, level, ntt, seeded, fresh }: CiphertextForm,
): void => {
  const words = n * primes * (seeded ? 1 : 2)
  format.object(() => {
    format
      .fixed(level)
      .byte(ntt ? 1 : 0)
      .word(2)
      .word(n)
      .word(primes)
      .real(1)
    if (fresh) format.word(1)
    else format.free(8)
    format.object(() => format.word(words).free(8 * words))
    if (seeded) format.object(() => format.byte(BLAKE2XB).free(64))
  })
}

const BLAKE2XB = 1
const HEADER_BYTES = 16
/** Magic number, header size, version 4.1, no compression, reserved. */
const HEADER_START = Uint8Array.of(0x5e, 0xa1, HEADER_BYTES, 4, 1, 0, 0, 0)

class FormatBuilder {
  #at = 0
  readonly #known: { readonly at: number; readonly bytes: Uint8Array }[] = []

  fixed(bytes: Uint8Array): this {
    this.#known.push({ at: this.#at, bytes })
    return this.free(bytes.length)
  }

  byte(value: number): this {
    return this.fixed(Uint8Array.of(value))
  }

  word(value: number): this {
    return this.fixed(eightBytes((view) => view.setBigUint64(0, BigInt(value), true)))
  }

  real(value: number): this {
    return this.fixed(eightBytes((view) => view.setFloat64(0, value, true)))
  }

  /** Bytes that may be anything. */
  free(count: number): this {
    this.#at += count
    return this
  }

  /** A saved object: SEAL's header with the total size, and its content. */
  object(content: () => void): this {
    const start = this.#at
    this.fixed(HEADER_START)
    const sizeAt = this.#at
    this.free(8)
    content()
    const size = this.#at - start
    this.#known.push({ at: sizeAt, bytes: eightBytes((view) => view.setBigUint64(0, BigInt(size), true)) })
    return this
  }

  build(): SealFormat {
    const known = this.#known
    const bytes = this.#at
    const check = (blob: Uint8Array, what: string): void => {
      for (const { at, bytes: expected } of known) {
        for (let i = 0; i < expected.length; i++) {
          if (blob[at + i] === expected[i]) continue
          throw new RuntimeError(
            `the ${what} is not what SEAL 4.1 saves uncompressed for these parameters: ` +
              `byte ${at + i} is ${blob[at + i]} where ${expected[i]} was expected`,
          )
        }
      }
    }
    return { bytes, check }
  }
}

const eightBytes = (write: (view: DataView) => void): Uint8Array => {
  const bytes = new Uint8Array(8)
  write(new DataView(bytes.buffer))
  return bytes
}
