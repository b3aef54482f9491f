/** Coefficients of one prime of a polynomial, and where they begin: 8 bytes each in SEAL, as many bits as the prime packed. */
export interface Coefficients {
  /** A multiple of 32, as ring degrees are: the packed coefficients are whole words of 32 bits. */
  readonly count: number
  readonly prime: bigint
  /** Where they begin as SEAL saves them. */
  readonly at: number
  /** Where they begin packed. */
  readonly packedAt: number
}

export const bitsOf = (prime: bigint): number => prime.toString(2).length

/** Bytes of `count` packed coefficients below a prime of so many bits. */
export const coefficientBytes = (count: number, bits: number): number => (count * bits) / 8

/**
 * Writes words of 8 bytes as numbers of `bitsOf(prime)` bits one after the other, the lowest bits first. Returns how many
 * it wrote: fewer than `count` where the next is not below the prime.
 */
export const packCoefficients = (
  saved: DataView,
  packed: DataView,
  { count, prime, at, packedAt }: Coefficients,
): number => {
  const { lowBits, highBits, primeLow, primeHigh } = halvesOf(prime)
  let to = packedAt
  let held = 0
  let heldBits = 0
  for (let i = 0; i < count; i++) {
    const low = saved.getInt32(at + 8 * i, true)
    const high = saved.getInt32(at + 8 * i + 4, true)
    if (high >>> 0 > primeHigh || (high === primeHigh && low >>> 0 >= primeLow)) return i
    held |= low << heldBits
    heldBits += lowBits
    if (heldBits >= 32) {
      packed.setInt32(to, held, true)
      to += 4
      heldBits -= 32
      held = heldBits === 0 ? 0 : low >>> (lowBits - heldBits)
    }
    if (highBits === 0) continue
    held |= high << heldBits
    heldBits += highBits
    if (heldBits >= 32) {
      packed.setInt32(to, held, true)
      to += 4
      heldBits -= 32
      held = heldBits === 0 ? 0 : high >>> (highBits - heldBits)
    }
  }
  return count
}

/**
 * Writes numbers that `packCoefficients` wrote as words of 8 bytes. Returns how many it wrote: fewer than `count` where
 * the next is not below the prime.
 */
export const unpackCoefficients = (
  packed: DataView,
  saved: DataView,
  { count, prime, at, packedAt }: Coefficients,
): number => {
  const { lowBits, highBits, primeLow, primeHigh } = halvesOf(prime)
  const lowMask = lowBits === 32 ? -1 : (1 << lowBits) - 1
  const highMask = (1 << highBits) - 1
  let from = packedAt
  let held = 0
  let heldBits = 0
  for (let i = 0; i < count; i++) {
    let low: number
    if (heldBits >= lowBits) {
      low = held & lowMask
      held >>>= lowBits
      heldBits -= lowBits
    } else {
      const next = packed.getInt32(from, true)
      from += 4
      low = (held | (next << heldBits)) & lowMask
      const used = lowBits - heldBits
      held = used === 32 ? 0 : next >>> used
      heldBits = 32 - used
    }
    let high = 0
    if (heldBits >= highBits) {
      high = held & highMask
      held >>>= highBits
      heldBits -= highBits
    } else {
      const next = packed.getInt32(from, true)
      from += 4
      high = (held | (next << heldBits)) & highMask
      const used = highBits - heldBits
      held = next >>> used
      heldBits = 32 - used
    }
    if (high > primeHigh || (high === primeHigh && low >>> 0 >= primeLow)) return i
    saved.setInt32(at + 8 * i, low, true)
    saved.setInt32(at + 8 * i + 4, high, true)
  }
  return count
}

/** A prime and its coefficients in halves of 32 bits. */
const halvesOf = (prime: bigint) => {
  const bits = bitsOf(prime)
  return {
    lowBits: Math.min(bits, 32),
    highBits: Math.max(bits - 32, 0),
    primeLow: Number(prime & 0xffff_ffffn),
    primeHigh: Number(prime >> 32n),
  }
}
