/** A source of numbers in [0, 1), the same on every machine for the same seed. */
export type Random = () => number

/** The generator mulberry32 (Tommy Ettinger, public domain): 32 bits of state, enough for samples and orders. */
export const seeded = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A whole number from 0 to n - 1. */
export const below = (n: number, random: Random): number => Math.floor(random() * n)

/** Puts the first `count` places of the items in a random order, drawn from all of them (Fisher and Yates). */
export const shuffle = (items: Int32Array, random: Random, count: number = items.length): void => {
  for (let i = 0; i < count; i++) {
    const j = i + below(items.length - i, random)
    const item = items[i]!
    items[i] = items[j]!
    items[j] = item
  }
}

/** The numbers 0 to n - 1. */
export const indices = (n: number): Int32Array => {
  const all = new Int32Array(n)
  for (let i = 0; i < n; i++) all[i] = i
  return all
}
