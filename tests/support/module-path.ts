import {
  fromSlots,
  type Layout,
  lanesOf,
  levelFunction,
  noiseModel,
  replay,
  ringIndices,
  type Slots,
  slotOf,
  toSlots,
  vectorOps,
} from "../../src/backend/index.ts"
import type { Definition, ModuleOptions } from "../../src/compiler/compile-module.ts"
import type { Module } from "../../src/compiler/module.ts"
import { define, enc, range, type Tensor } from "../../src/index.ts"

/** A function of a state of `length` residues mod `modulus`, in tensors and in plain numbers. */
export interface Step {
  readonly name: string
  readonly define: Definition
  readonly apply: (state: readonly number[]) => number[]
}

/** Functions from a state to a state; what they do differs in layout, depth and garbage. */
export const stepsOn = (length: number, modulus: number): Step[] => {
  const inputs = { state: enc(range(0, modulus - 1), [length]) }
  const step = (
    name: string,
    traced: (state: Tensor) => Tensor,
    apply: (state: readonly number[]) => number[],
  ): Step => ({ name, define: define(inputs, ({ state }) => ({ state: traced(state) })), apply })
  const entries = Array.from({ length: modulus }, (_, v) => (v * v + 1) % modulus)
  const weights = Array.from({ length }, (_, i) => Array.from({ length }, (_, j) => ((i + 2 * j) % 3) - 1))
  return [
    step(
      "turn",
      (state) => state.roll(1),
      (state) => state.map((_, i) => state.at(i - 1)!),
    ),
    step(
      "look",
      (state) => state.lookup(entries),
      (state) => state.map((v) => entries[v]!),
    ),
    step(
      "mirror",
      (state) => state.neg().add(modulus - 1),
      (state) => state.map((v) => modulus - 1 - v),
    ),
    step(
      "mix",
      (state) => state.matmul(weights).mod(modulus),
      (state) =>
        state.map((_, j) => {
          const sum = state.reduce((total, v, i) => total + v * weights[i]![j]!, 0)
          return ((sum % modulus) + modulus) % modulus
        }),
    ),
    step(
      "product",
      (state) => state.mul(state.matmul(weights)).mod(modulus),
      (state) =>
        state.map((v, j) => {
          const sum = state.reduce((total, w, i) => total + w * weights[i]![j]!, 0)
          return (((v * sum) % modulus) + modulus) % modulus
        }),
    ),
    step(
      "fold",
      (state) => state.sum({ keepDims: true }).mod(modulus).add(state.mul(0)),
      (state) => state.map(() => state.reduce((a, b) => a + b, 0) % modulus),
    ),
  ]
}

/** The definitions of these steps by name. */
export const definitionsOf = (steps: readonly Step[]): Record<string, Definition> =>
  Object.fromEntries(steps.map(({ name, define }) => [name, define]))

export const PATH: ModuleOptions = { name: "path", margin: 10, encodeInputs: false }

/**
 * Applies functions one after the other to the slots themselves, as a server does to ciphertexts: what lies outside of a
 * vector stays there, and is random where the server blinds it. One state for each lane.
 */
export const walkSlots = (
  module: Module,
  path: readonly string[],
  states: readonly (readonly number[])[],
): number[][] => {
  const { parameters, plan, spec } = module
  const { layout } = spec
  const { t } = parameters
  const model = noiseModel(parameters)
  let slots: readonly Slots[] | undefined
  let last = spec.functions[0]!.outputs[0]!
  path.forEach((name, age) => {
    const one = spec.functions.find((each) => each.name === name)!
    const [state] = one.inputs
    const { circuit } = levelFunction(plan[0]!.functions[name]![0]!, model, plan[0]!.forms, age)
    const ops = vectorOps(layout, t, {
      input: (_, piece) =>
        slots?.[piece] ??
        toSlots(
          layout,
          state!.placement!,
          piece,
          states.map((each) => Float64Array.from(each)),
          t,
        ),
      plain: () => {
        throw new Error("nothing is given")
      },
    })
    const results = replay(circuit, { ...ops, blind: (a, period, used) => spoil(layout, a, period, used, t) })
    last = circuit.outputs[0]!
    slots = last.pieces.map((id) => results[id]!)
  })
  return states.map((_, lane) => fromSlots(layout, last.placement!, slots!, lane, last.lo, t).map(Number))
}

/** Anything in the ring elements from `used` on. */
const spoil = (layout: Layout, slots: Slots, period: number, used: number, t: bigint): Slots => {
  const spoilt = slots.slice()
  const indices = ringIndices(layout, { length: used, period }, 0)
  for (let lane = 0; lane < lanesOf(layout); lane++) {
    for (let e = 0; e < layout.ring; e++) {
      if (indices[e]! >= 0) continue
      const noise = (31 * e + 17 * lane + 5) % Number(t)
      spoilt[slotOf(layout, e, lane)] =
        spoilt instanceof Float64Array ? (noise as never) : (BigInt(noise) as never)
    }
  }
  return spoilt
}
