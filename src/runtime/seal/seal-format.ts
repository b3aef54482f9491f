import { RuntimeError } from "../../data/index.ts"
import {
  bitsOf,
  type Coefficients,
  coefficientBytes,
  packCoefficients,
  unpackCoefficients,
} from "./pack-coefficients.ts"

/**
 * How SEAL 4.1 lays out a saved object, uncompressed, and how it travels. Every byte of one is known from the parameters
 * except coefficients, seeds and (in BGV) a correction factor. Only those travel, coefficients at the length of their
 * prime, and what SEAL reads is made of them and of the format: its loaders trust sizes and may be told to inflate a few
 * bytes to gigabytes, so that nothing that they interpret may come from outside.
 */
export interface SealFormat {
  /** Bytes of the object as SEAL saves it. */
  readonly bytes: number
  /** Bytes of it as it travels. */
  readonly packedBytes: number
  /**
   * Writes the free content of `saved`, called `what` in messages, to the beginning of `packed`. Throws RuntimeError when a
   * known byte differs or a coefficient is not below its prime.
   */
  pack(saved: Uint8Array, packed: Uint8Array, what: string): void
  /** What `pack` was given. Throws RuntimeError when a coefficient or a correction factor is out of its range. */
  unpack(packed: Uint8Array, what: string): Uint8Array
}

/** SEAL's identifier of one level of the modulus chain: 32 bytes. */
export type LevelId = Uint8Array

export interface CiphertextForm {
  readonly n: number
  /** Those of its level. */
  readonly primes: readonly bigint[]
  readonly level: LevelId
  readonly ntt: boolean
  /** A seeded ciphertext holds its first part only, and the seed of the second. */
  readonly seeded: boolean
  /** The largest correction factor that it may have: 1 for all that is fresh, else t - 1 in BGV. */
  readonly mostCorrection: bigint
}

/** `113 + 16 n k` bytes with k primes; `194 + 8 n k` when seeded. */
export const ciphertextFormat = (form: CiphertextForm): SealFormat => {
  const format = new FormatBuilder()
  ciphertext(format, form)
  return format.build()
}

/** `88 + 8 n k` bytes with k primes, the special one included. */
export const secretKeyFormat = (n: number, primes: readonly bigint[], level: LevelId): SealFormat => {
  const words = n * primes.length
  const format = new FormatBuilder()
  format.object(() => {
    format.fixed(level).words(words).real(1)
    format.object(() => format.words(words).polynomial(n, primes))
  })
  return format.build()
}

/** Keys of `keys.length` switchings, seeded, at the given indices of a sparse list with `slots` entries. */
const switchingKeys = (
  n: number,
  primes: readonly bigint[],
  level: LevelId,
  slots: number,
  indices: readonly number[],
) => {
  const format = new FormatBuilder()
  const parts = primes.length - 1
  const part = { n, primes, level, ntt: true, seeded: true, mostCorrection: 1n }
  format.object(() => {
    format.fixed(level).words(slots)
    let next = 0
    for (const index of [...indices].sort((a, b) => a - b)) {
      format.words(...new Array<number>(index - next).fill(0), parts)
      for (let i = 0; i < parts; i++) ciphertext(format, part)
      next = index + 1
    }
    format.words(...new Array<number>(slots - next).fill(0))
  })
  return format.build()
}

/** `64 + (k - 1)(194 + 8 n k)` bytes with k primes, the special one included. */
export const relinearizationKeyFormat = (n: number, primes: readonly bigint[], level: LevelId): SealFormat =>
  switchingKeys(n, primes, level, 1, [0])

/** `56 + 8 n + r (k - 1)(194 + 8 n k)` bytes with k primes and r steps: an entry for each of n Galois elements. */
export const rotationKeysFormat = (
  n: number,
  primes: readonly bigint[],
  level: LevelId,
  steps: readonly number[],
): SealFormat => {
  const indices = steps.map((step) => galoisIndex(n, step))
  return switchingKeys(n, primes, level, n, indices)
}

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
  { n, primes, level, ntt, seeded, mostCorrection }: CiphertextForm,
): void => {
  const polynomials = seeded ? 1 : 2
  format.object(() => {
    format
      .fixed(level)
      .byte(ntt ? 1 : 0)
      .words(2, n, primes.length)
      .real(1)
      .upTo(mostCorrection)
    format.object(() => {
      format.words(n * primes.length * polynomials)
      for (let i = 0; i < polynomials; i++) format.polynomial(n, primes)
    })
    if (seeded) format.object(() => format.byte(BLAKE2XB).free(SEED_BYTES))
  })
}

const BLAKE2XB = 1
const SEED_BYTES = 64
const HEADER_BYTES = 16
/** Magic number, header size, version 4.1, no compression, reserved. */
const HEADER_START = Uint8Array.of(0x5e, 0xa1, HEADER_BYTES, 4, 1, 0, 0, 0)

/** Where the content of both forms of an object lies. */
interface Place {
  readonly at: number
  readonly packedAt: number
}

class FormatBuilder {
  #at = 0
  #packedAt = 0
  readonly #known: { readonly at: number; readonly bytes: Uint8Array }[] = []
  readonly #free: (Place & { readonly bytes: number })[] = []
  readonly #limited: (Place & { readonly most: bigint })[] = []
  readonly #coefficients: Coefficients[] = []

  fixed(bytes: Uint8Array): this {
    this.#known.push({ at: this.#at, bytes })
    this.#at += bytes.length
    return this
  }

  byte(value: number): this {
    return this.fixed(Uint8Array.of(value))
  }

  /** Integers of 8 bytes. */
  words(...values: readonly number[]): this {
    return this.fixed(new Uint8Array(BigUint64Array.from(values, BigInt).buffer))
  }

  real(value: number): this {
    return this.fixed(new Uint8Array(Float64Array.of(value).buffer))
  }

  /** Bytes that may be anything. */
  free(bytes: number): this {
    this.#free.push({ at: this.#at, packedAt: this.#packedAt, bytes })
    return this.#skip(bytes, bytes)
  }

  /** An integer of 8 bytes from 1 to `most`; known when that is 1. */
  upTo(most: bigint): this {
    if (most === 1n) return this.words(1)
    this.#limited.push({ at: this.#at, packedAt: this.#packedAt, most })
    return this.#skip(8, 8)
  }

  /** For each prime `n` coefficients below it. */
  polynomial(n: number, primes: readonly bigint[]): this {
    for (const prime of primes) {
      this.#coefficients.push({ count: n, prime, at: this.#at, packedAt: this.#packedAt })
      this.#skip(8 * n, coefficientBytes(n, bitsOf(prime)))
    }
    return this
  }

  /** A saved object: SEAL's header with the total size, and its content. */
  object(content: () => void): this {
    const start = this.#at
    this.fixed(HEADER_START)
    const size = new BigUint64Array(1)
    this.fixed(new Uint8Array(size.buffer))
    content()
    size[0] = BigInt(this.#at - start)
    return this
  }

  build(): SealFormat {
    const [known, free, limited, coefficients] = [this.#known, this.#free, this.#limited, this.#coefficients]
    const bytes = this.#at
    const packedBytes = this.#packedAt
    const pack = (saved: Uint8Array, packed: Uint8Array, what: string): void => {
      checkSize(saved, bytes, what)
      checkKnown(saved, known, what)
      const [from, to] = [viewOf(saved), viewOf(packed)]
      for (const { at, packedAt, bytes } of free) packed.set(saved.subarray(at, at + bytes), packedAt)
      for (const { at, packedAt, most } of limited) {
        to.setBigUint64(packedAt, within(from.getBigUint64(at, true), most, what), true)
      }
      for (const place of coefficients) checkCount(packCoefficients(from, to, place), place, what)
    }
    const unpack = (packed: Uint8Array, what: string): Uint8Array => {
      checkSize(packed, packedBytes, what)
      const saved = new Uint8Array(bytes)
      const [from, to] = [viewOf(packed), viewOf(saved)]
      for (const { at, bytes } of known) saved.set(bytes, at)
      for (const { at, packedAt, bytes } of free) saved.set(packed.subarray(packedAt, packedAt + bytes), at)
      for (const { at, packedAt, most } of limited) {
        to.setBigUint64(at, within(from.getBigUint64(packedAt, true), most, what), true)
      }
      for (const place of coefficients) checkCount(unpackCoefficients(from, to, place), place, what)
      return saved
    }
    return { bytes, packedBytes, pack, unpack }
  }

  #skip(bytes: number, packed: number): this {
    this.#at += bytes
    this.#packedAt += packed
    return this
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength)

const checkSize = ({ length }: Uint8Array, bytes: number, what: string): void => {
  if (length === bytes) return
  throw new RuntimeError(`the ${what} has ${length} bytes where exactly ${bytes} are needed`, {
    code: "damaged",
  })
}

const checkKnown = (
  saved: Uint8Array,
  known: readonly { readonly at: number; readonly bytes: Uint8Array }[],
  what: string,
): void => {
  for (const { at, bytes } of known) {
    for (let i = 0; i < bytes.length; i++) {
      if (saved[at + i] === bytes[i]) continue
      throw new RuntimeError(
        `the ${what} is not what SEAL 4.1 saves uncompressed for these parameters: ` +
          `byte ${at + i} is ${saved[at + i]} where ${bytes[i]} was expected`,
        { code: "damaged" },
      )
    }
  }
}

const checkCount = (done: number, { count, prime }: Coefficients, what: string): void => {
  if (done === count) return
  throw new RuntimeError(`the ${what} is not valid: coefficient ${done} of prime ${prime} is not below it`, {
    code: "damaged",
  })
}

/** A correction factor. */
const within = (value: bigint, most: bigint, what: string): bigint => {
  if (value >= 1n && value <= most) return value
  throw new RuntimeError(`the ${what} is not valid: its correction factor is ${value}, not of 1 to ${most}`, {
    code: "damaged",
  })
}
