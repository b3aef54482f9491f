import { isNarrowField, type Slots } from "./slots.ts"

/** Vector arithmetic modulo a prime t on slot vectors, in numbers where products stay below 2^53 and in bigint beyond. */
export interface Field {
  readonly t: bigint
  zeros(length: number): Slots
  add(a: Slots, b: Slots): Slots
  sub(a: Slots, b: Slots): Slots
  mul(a: Slots, b: Slots): Slots
  /** The residue of an integer as a slot value. */
  residue(value: number | bigint): number | bigint
}

export const field = (t: bigint): Field => (isNarrowField(t) ? narrowField(Number(t)) : wideField(t))

const narrowField = (t: number): Field => {
  const zip = (a: Slots, b: Slots, f: (x: number, y: number) => number): Slots => {
    const result = new Float64Array(a.length)
    for (let i = 0; i < a.length; i++) result[i] = f(a[i] as number, b[i] as number)
    return result
  }
  return {
    t: BigInt(t),
    zeros: (length) => new Float64Array(length),
    add: (a, b) => zip(a, b, (x, y) => (x + y) % t),
    sub: (a, b) => zip(a, b, (x, y) => (x - y + t) % t),
    mul: (a, b) => zip(a, b, (x, y) => (x * y) % t),
    residue: (value) => Number(positive(BigInt(value), BigInt(t))),
  }
}

const wideField = (t: bigint): Field => {
  const zip = (a: Slots, b: Slots, f: (x: bigint, y: bigint) => bigint): Slots => {
    const result = new BigInt64Array(a.length)
    for (let i = 0; i < a.length; i++) result[i] = f(a[i] as bigint, b[i] as bigint) % t
    return result
  }
  return {
    t,
    zeros: (length) => new BigInt64Array(length),
    add: (a, b) => zip(a, b, (x, y) => x + y),
    sub: (a, b) => zip(a, b, (x, y) => x - y + t),
    mul: (a, b) => zip(a, b, (x, y) => x * y),
    residue: (value) => positive(BigInt(value), t),
  }
}

/** The representative of `value` in 0..t-1. */
export const positive = (value: bigint, t: bigint): bigint => ((value % t) + t) % t

/** The representative of `value` nearest to zero. */
export const centred = (value: bigint, t: bigint): bigint => {
  const rest = positive(value, t)
  return rest > t / 2n ? rest - t : rest
}

export const powerMod = (base: bigint, exponent: bigint, t: bigint): bigint => {
  let result = 1n
  let square = positive(base, t)
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % t
    square = (square * square) % t
  }
  return result
}

export const inverseMod = (value: bigint, t: bigint): bigint => powerMod(value, t - 2n, t)
