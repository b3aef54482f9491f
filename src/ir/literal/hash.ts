/** FNV-1a over 32-bit words: a table index for interning, never an identity (equal hashes are compared in full). */
export const hashNumbers = (values: Int32Array | Float64Array | BigInt64Array): number => {
  const words =
    values instanceof Int32Array
      ? values
      : new Int32Array(values.buffer, values.byteOffset, values.byteLength / Int32Array.BYTES_PER_ELEMENT)
  let hash = 0x811c9dc5 ^ values.length
  for (let i = 0; i < words.length; i++) hash = mix(hash, words[i]!)
  return hash | 0
}

export const mix = (hash: number, word: number): number => Math.imul(hash ^ word, 0x01000193)
