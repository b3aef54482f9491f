/** The most bytes `crypto.getRandomValues` gives in one call. */
const CHUNK = 65_536

/** `count` independent uniform values in 0..t-1 from the platform's generator, exact by rejection. `t` has at most 63 bits. */
export const uniformResidues = (count: number, t: bigint): BigUint64Array => {
  const mask = 2n ** BigInt((t - 1n).toString(2).length) - 1n
  const values = new BigUint64Array(count)
  const chunk = new BigUint64Array(CHUNK / BigUint64Array.BYTES_PER_ELEMENT)
  for (let at = 0; at < count; ) {
    crypto.getRandomValues(chunk)
    for (let i = 0; i < chunk.length && at < count; i++) {
      const value = chunk[i]! & mask
      if (value < t) values[at++] = value
    }
  }
  return values
}
