import type { Circuit } from "./circuit.ts"
import type { Parameters } from "./parameters.ts"
import type { Plain } from "./plain.ts"
import { replay } from "./replay.ts"
import type { SlotOpName, SlotOps } from "./slot-ops.ts"

/**
 * Milliseconds of one SEAL operation per slot and data prime, one WASM thread, BFV. Key switching grows with the square
 * of the primes, `keySwitch * n * level * (level + 3)`; all others are linear in `n * level`.
 */
const COST = {
  multiply: 1.6e-3,
  keySwitch: 4.8e-5,
  scalarProduct: 1e-5,
  vectorProduct: 3e-5,
  transform: 7.4e-5,
  add: 2.5e-6,
  addPlain: 1.2e-5,
  dropLevel: 2e-5,
} as const

/** Milliseconds that an operation takes at least, with a single prime left: to give up hopeless circuits early. */
export const leastTime = (op: SlotOpName, n: number): number => {
  switch (op) {
    case "multiply":
      return COST.multiply * 0.6 * n
    case "relinearize":
    case "rotate":
      return COST.keySwitch * 4 * n
    case "multiplyPlain":
      return COST.scalarProduct * n
    case "add":
    case "sub":
      return COST.add * n
    default:
      return 0
  }
}

/** What a circuit does, by counting it. */
export interface CircuitCounts {
  readonly products: number
  readonly relinearizations: number
  readonly rotations: number
  readonly plainProducts: number
  readonly scalarProducts: number
  readonly additions: number
  readonly levelDrops: number
}

/** A ciphertext while it is priced: its level, and whether it is at hand in transformed (NTT) or coefficient form. */
interface Priced {
  readonly level: number
  transformed: boolean
  coefficients: boolean
}

export interface CircuitCost {
  readonly counts: CircuitCounts
  /** Estimated milliseconds of one run on one thread. */
  readonly time: number
}

/** Prices a circuit at given parameters by running it on a machine that only counts. */
export const priceCircuit = (
  circuit: Circuit,
  { n, primes }: Pick<Parameters, "n" | "primes">,
): CircuitCost => {
  const counts = {
    products: 0,
    relinearizations: 0,
    rotations: 0,
    plainProducts: 0,
    scalarProducts: 0,
    additions: 0,
    levelDrops: 0,
  }
  let time = 0
  const pay = (rate: number, level: number): void => {
    time += rate * n * level
  }
  const coefficients = (a: Priced): Priced => {
    if (!a.coefficients) pay(COST.transform, a.level)
    a.coefficients = true
    return a
  }
  const plainly = (level: number): Priced => ({ level, transformed: false, coefficients: true })
  const sum = (a: Priced, b: Priced): Priced => {
    counts.additions++
    pay(COST.add, a.level)
    if (a.transformed && b.transformed && !(a.coefficients && b.coefficients)) {
      return { level: a.level, transformed: true, coefficients: false }
    }
    coefficients(a)
    coefficients(b)
    return plainly(a.level)
  }
  const ops: SlotOps<Priced> = {
    input: () => plainly(primes.length - 1),
    add: sum,
    sub: sum,
    negate: (a) => {
      pay(COST.add, a.level)
      return { ...a }
    },
    multiply: (a, b) => {
      counts.products++
      pay(COST.multiply * (a === b ? 0.6 : 1), coefficients(a).level)
      coefficients(b)
      return plainly(a.level)
    },
    relinearize: (a) => {
      counts.relinearizations++
      pay(COST.keySwitch * (a.level + 3), coefficients(a).level)
      return plainly(a.level)
    },
    rotate: (a) => {
      counts.rotations++
      pay(COST.keySwitch * (a.level + 3), coefficients(a).level)
      return plainly(a.level)
    },
    addPlain: (a) => {
      pay(COST.addPlain, coefficients(a).level)
      return plainly(a.level)
    },
    multiplyPlain: (a, plain: Plain) => {
      if (plain.kind === "scalar") {
        counts.scalarProducts++
        pay(COST.scalarProduct, coefficients(a).level)
        return plainly(a.level)
      }
      counts.plainProducts++
      if (!a.transformed) pay(COST.transform, a.level)
      a.transformed = true
      pay(COST.vectorProduct, a.level)
      return { level: a.level, transformed: true, coefficients: false }
    },
    dropLevel: (a) => {
      counts.levelDrops++
      pay(COST.dropLevel, coefficients(a).level)
      return plainly(a.level - 1)
    },
    blind: (a) => {
      pay(COST.addPlain, coefficients(a).level)
      return plainly(a.level)
    },
  }
  replay(circuit, ops)
  return { counts, time }
}
