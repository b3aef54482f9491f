import fc from "fast-check"
import { describe, expect, test } from "vitest"
import {
  type CiphertextForm,
  ciphertextFormat,
  rotationKeysFormat,
  type SealFormat,
  secretKeyFormat,
} from "../../src/runtime/seal/seal-format.ts"

const LEVEL = Uint8Array.from({ length: 32 }, (_, i) => i + 1)
/** The largest and the smallest of lengths on both sides of the halves of a word, and the longest that SEAL takes. */
const PRIMES = [13n, 1032193n, 4294967291n, 8589934583n, 2n ** 54n - 33n, 2n ** 60n - 93n]
const FORM: CiphertextForm = {
  n: 32,
  primes: PRIMES,
  level: LEVEL,
  ntt: false,
  seeded: true,
  mostCorrection: 1n,
}

/** What travels, with coefficients as `coefficient` says: an implementation of the format by big integers. */
const packedWith = (
  coefficient: (prime: bigint, i: number) => bigint,
  rest: readonly number[],
): Uint8Array => {
  const bytes = PRIMES.flatMap((prime) => {
    const bits = BigInt(prime.toString(2).length)
    let all = 0n
    for (let i = 31; i >= 0; i--) all = (all << bits) | coefficient(prime, i)
    return Array.from({ length: 4 * Number(bits) }, (_, i) => Number((all >> BigInt(8 * i)) & 255n))
  })
  return Uint8Array.of(...bytes, ...rest)
}
const seed = Array.from({ length: 64 }, (_, i) => 3 * i)

const packed = (format: SealFormat, saved: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(format.packedBytes)
  format.pack(saved, bytes, "blob")
  return bytes
}

describe("a packed ciphertext", () => {
  const format = ciphertextFormat(FORM)
  const valid = packedWith((prime, i) => (prime - 1n) >> BigInt(i % 5), seed)

  test("has as many bits for a coefficient as its prime, and a seed", () => {
    expect(format.packedBytes).toBe((32 * (4 + 20 + 32 + 33 + 54 + 60)) / 8 + 64)
    expect(format.bytes).toBe(194 + 8 * 32 * 6)
  })

  test("becomes what SEAL saves, and is made of it again", () => {
    const coefficients = fc.array(fc.bigInt(0n, 2n ** 64n), { minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(coefficients, (drawn) => {
        const bytes = packedWith((prime, i) => drawn[i]! % prime, seed)
        const saved = format.unpack(bytes, "blob")
        const words = new BigUint64Array(saved.slice(113, 113 + 8 * 32 * 6).buffer)
        expect([...words]).toEqual(PRIMES.flatMap((prime) => drawn.map((value) => value % prime)))
        expect(saved.subarray(-64)).toEqual(Uint8Array.from(seed))
        expect(packed(format, saved)).toEqual(bytes)
      }),
    )
  })

  test("is read and written at any place in memory", () => {
    const moved = new Uint8Array(valid.length + 3)
    moved.set(valid, 3)
    const saved = format.unpack(moved.subarray(3), "blob")
    expect(saved).toEqual(format.unpack(valid, "blob"))
    const place = new Uint8Array(valid.length + 1)
    format.pack(saved, place.subarray(1), "blob")
    expect(place.subarray(1)).toEqual(valid)
  })

  test("whose coefficient is its prime is refused, at every prime, first and last", () => {
    for (const [p, wrong] of PRIMES.entries()) {
      for (const at of [0, 31]) {
        const forged = packedWith((prime, i) => (prime === wrong && i === at ? prime : 0n), seed)
        const message = `the blob is not valid: coefficient ${at} of prime ${wrong} is not below it`
        expect(() => format.unpack(forged, "blob")).toThrow(message)
        const saved = format.unpack(valid, "blob")
        new DataView(saved.buffer).setBigUint64(113 + 8 * (32 * p + at), wrong, true)
        expect(() => packed(format, saved)).toThrow(message)
      }
    }
  })

  test("of another size is refused", () => {
    expect(() => format.unpack(valid.subarray(1), "blob")).toThrow(
      `the blob has ${valid.length - 1} bytes where exactly ${valid.length} are needed`,
    )
  })

  test("has no place for any other byte that SEAL reads", () => {
    const saved = format.unpack(valid, "blob")
    const free = (at: number) => (at >= 113 && at < 113 + 8 * 32 * 6) || at >= saved.length - 64
    for (let at = 0; at < saved.length; at++) {
      if (free(at)) continue
      const other = saved.slice()
      other[at] = other[at]! ^ 2
      expect(() => packed(format, other), `byte ${at}`).toThrow(
        `byte ${at} is ${other[at]} where ${saved[at]}`,
      )
    }
  })
})

test("a correction factor is from 1 to the most that it may be", () => {
  const format = ciphertextFormat({ ...FORM, primes: [13n], seeded: false, mostCorrection: 65536n })
  expect(format.packedBytes).toBe(2 * 16 + 8)
  const withFactor = (factor: bigint) => {
    const bytes = new Uint8Array(format.packedBytes)
    new DataView(bytes.buffer).setBigUint64(0, factor, true)
    return bytes
  }
  for (const factor of [1n, 65536n]) {
    const saved = format.unpack(withFactor(factor), "blob")
    expect(new DataView(saved.buffer).getBigUint64(81, true)).toBe(factor)
    expect(packed(format, saved)).toEqual(withFactor(factor))
  }
  for (const factor of [0n, 65537n, 2n ** 64n - 1n]) {
    expect(() => format.unpack(withFactor(factor), "blob")).toThrow(`its correction factor is ${factor}`)
  }
})

test("keys are coefficients and seeds, whichever steps they are for", () => {
  const primes = [4294967291n, 2n ** 54n - 33n]
  expect(secretKeyFormat(4096, primes, LEVEL).packedBytes).toBe((4096 * (32 + 54)) / 8)
  const formats = [[1], [2048], [3, 1]].map((steps) => rotationKeysFormat(4096, primes, LEVEL, steps))
  const key = (4096 * (32 + 54)) / 8 + 64
  expect(formats.map(({ packedBytes }) => packedBytes)).toEqual([key, key, 2 * key])
  expect(formats[2]!.bytes).toBe(56 + 8 * 4096 + 2 * (194 + 16 * 4096))
  const zeros = new Uint8Array(key)
  expect(formats[0]!.unpack(zeros, "key")).not.toEqual(formats[1]!.unpack(zeros, "key"))
})
