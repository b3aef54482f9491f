import {
  fitsNumber,
  type Integer,
  type Nested,
  type Specification,
  sizeOf,
  unflatten,
} from "../../data/index.ts"

/** A declared input with its name. */
export interface NamedInput extends Specification {
  readonly name: string
}

/** Values for all inputs inside their declared ranges, often at the ends; the same for the same seed. */
export const randomInputs = (inputs: readonly NamedInput[], seed: number): Record<string, Nested> => {
  const random = randomFrom(seed)
  return Object.fromEntries(
    inputs.map(({ name, lo, hi, shape }) => {
      const value = (): Integer => {
        const kind = random()
        const drawn = kind < 0.15 ? lo : kind < 0.3 ? hi : lo + spread(random, hi - lo + 1n)
        return fitsNumber(lo, hi) ? Number(drawn) : drawn
      }
      return [name, unflatten(Array.from({ length: sizeOf(shape) }, value), shape) as Nested]
    }),
  )
}

/** A number in 0..count - 1. */
const spread = (random: () => number, count: bigint): bigint =>
  (BigInt(Math.floor(random() * 2 ** 32)) * 2n ** 32n + BigInt(Math.floor(random() * 2 ** 32))) % count

/** Numbers in 0..1 (mulberry32). */
const randomFrom = (seed: number) => {
  let state = (seed * 0x9e3779b9) | 0
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
