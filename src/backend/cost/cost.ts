import type { Circuit } from "../circuit/circuit.ts"
import type { Parameters } from "../circuit/parameters.ts"
import type { Plain } from "../circuit/plain.ts"
import { replay } from "../circuit/replay.ts"
import type { SlotOpName, SlotOps } from "../circuit/slot-ops.ts"

/**
 * Milliseconds of SEAL's operations on one WASM thread, per slot and data prime. Key switching grows with the square of
 * the primes, `keySwitch * n * level * (level + 3)`; all others are linear in `n * level`.
 */
export interface CostModel {
  /** Reading a fresh ciphertext, whose second part is made from its seed. */
  readonly input: number
  readonly multiply: number
  readonly square: number
  /** Relinearization and rotation. */
  readonly keySwitch: number
  readonly scalarProduct: number
  /** A product with an encoded vector, in NTT form. */
  readonly vectorProduct: number
  /** Into NTT form or out of it. */
  readonly transform: number
  readonly add: number
  readonly addScalar: number
  readonly addVector: number
  readonly dropLevel: number
}

export type Costs = Readonly<Record<Parameters["scheme"], CostModel>>

/** Measured with node-seal 7 on a 2-core EPYC at n = 8192 with 3 and 4 primes and n = 16384 with 7. */
export const COST_MODELS: Costs = {
  bfv: {
    input: 6e-5,
    multiply: 1.5e-3,
    square: 1.07e-3,
    keySwitch: 5e-5,
    scalarProduct: 1e-5,
    vectorProduct: 3e-5,
    transform: 7.2e-5,
    add: 2.5e-6,
    addScalar: 6e-7,
    addVector: 3e-5,
    dropLevel: 2e-5,
  },
  // BGV is in NTT form throughout, and scalars are encoded and kept as vectors are.
  bgv: {
    input: 6e-5,
    multiply: 7e-5,
    square: 5.5e-5,
    keySwitch: 5.7e-5,
    scalarProduct: 3e-5,
    vectorProduct: 3e-5,
    transform: 0,
    add: 2.5e-6,
    addScalar: 3.5e-5,
    addVector: 4e-5,
    dropLevel: 1.1e-4,
  },
}

/** Whether a value, from a file or a caller, has all constants: above 0 wherever the shipped ones are. */
export const isCosts = (value: unknown): value is Costs => {
  const isRecord = (one: unknown): one is Record<string, unknown> => typeof one === "object" && one !== null
  return Object.entries(COST_MODELS).every(([scheme, shipped]) => {
    const model = isRecord(value) ? value[scheme] : undefined
    return Object.entries(shipped).every(([name, cost]) => {
      const given = isRecord(model) ? model[name] : undefined
      return typeof given === "number" && Number.isFinite(given) && given >= 0 && (given > 0 || cost === 0)
    })
  })
}

/** Milliseconds that an operation takes at least with so many data primes left: to give up hopeless circuits early. */
export const leastTime = (op: SlotOpName, n: number, model: CostModel, level = 1): number => {
  switch (op) {
    case "input":
      return model.input * n * level
    case "multiply":
      return model.square * n * level
    case "relinearize":
    case "rotate":
      return model.keySwitch * level * (level + 3) * n
    case "multiplyPlain":
      return Math.min(model.scalarProduct, model.vectorProduct) * n * level
    case "add":
    case "sub":
      return model.add * n * level
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
export interface Priced {
  readonly level: number
  transformed: boolean
  coefficients: boolean
}

export interface CircuitCost {
  readonly counts: CircuitCounts
  /** Estimated milliseconds of one run on one thread. */
  readonly time: number
}

/**
 * Prices a circuit at given parameters by running it on a machine that only counts; with the shipped cost model of the
 * scheme (BFV unless told) when no other is given.
 */
export const priceCircuit = (
  circuit: Circuit,
  {
    scheme = "bfv",
    n,
    primes,
  }: Pick<Parameters, "n" | "primes"> & { readonly scheme?: Parameters["scheme"] },
  model: CostModel = COST_MODELS[scheme],
): CircuitCost => {
  const { ops, cost } = pricing({ n, primes }, model)
  replay(circuit, ops)
  return cost()
}

/** The machine that counts and prices what it is told, and what that has cost so far. */
export const pricing = (
  { n, primes }: Pick<Parameters, "n" | "primes">,
  model: CostModel,
): { readonly ops: SlotOps<Priced>; cost(): CircuitCost } => {
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
    if (!a.coefficients) pay(model.transform, a.level)
    a.coefficients = true
    return a
  }
  const plainly = (level: number): Priced => ({ level, transformed: false, coefficients: true })
  const sum = (a: Priced, b: Priced): Priced => {
    counts.additions++
    pay(model.add, a.level)
    if (a.transformed && b.transformed && !(a.coefficients && b.coefficients)) {
      return { level: a.level, transformed: true, coefficients: false }
    }
    coefficients(a)
    coefficients(b)
    return plainly(a.level)
  }
  const ops: SlotOps<Priced> = {
    input: () => {
      pay(model.input, primes.length - 1)
      return plainly(primes.length - 1)
    },
    add: sum,
    sub: sum,
    negate: (a) => {
      pay(model.add, a.level)
      return { ...a }
    },
    multiply: (a, b) => {
      counts.products++
      pay(a === b ? model.square : model.multiply, coefficients(a).level)
      coefficients(b)
      return plainly(a.level)
    },
    relinearize: (a) => {
      counts.relinearizations++
      pay(model.keySwitch * (a.level + 3), coefficients(a).level)
      return plainly(a.level)
    },
    rotate: (a) => {
      counts.rotations++
      pay(model.keySwitch * (a.level + 3), coefficients(a).level)
      return plainly(a.level)
    },
    addPlain: (a, plain) => {
      pay(plain.kind === "scalar" ? model.addScalar : model.addVector, coefficients(a).level)
      return plainly(a.level)
    },
    multiplyPlain: (a, plain: Plain) => {
      if (plain.kind === "scalar") {
        counts.scalarProducts++
        pay(model.scalarProduct, coefficients(a).level)
        return plainly(a.level)
      }
      counts.plainProducts++
      if (!a.transformed) pay(model.transform, a.level)
      a.transformed = true
      pay(model.vectorProduct, a.level)
      return { level: a.level, transformed: true, coefficients: false }
    },
    dropLevel: (a) => {
      counts.levelDrops++
      pay(model.dropLevel, coefficients(a).level)
      return plainly(a.level - 1)
    },
    blind: (a) => {
      pay(model.addVector, coefficients(a).level)
      return plainly(a.level)
    },
  }
  return { ops, cost: () => ({ counts: { ...counts }, time }) }
}
