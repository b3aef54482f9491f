import { field } from "../arithmetic/field.ts"
import type { Slots } from "../arithmetic/slots.ts"
import { type Layout, lanesOf, ringIndices, slotOf } from "./layout.ts"
import type { Plain } from "./plain.ts"
import type { SlotOps } from "./slot-ops.ts"

/** The values that a circuit is given: pieces of its encrypted inputs and of its plain operands, as slots mod t. */
export interface GivenSlots {
  input(name: string, piece: number): Slots
  plain(name: string, piece: number): Slots
}

/**
 * The machine on cleartext: each operation on vectors of n residues mod t, exact. `relinearize` and `dropLevel` change
 * nothing, and `blind` clears what it would hide.
 */
export const vectorOps = (layout: Layout, t: bigint, given: GivenSlots): SlotOps<Slots> => {
  const { add, sub, mul, zeros } = field(t)
  const half = layout.n / 2
  const expanded = new Map<Plain, Slots>()
  const slots = (plain: Plain): Slots => {
    if (plain.kind === "given") return given.plain(plain.name, plain.piece)
    const known = expanded.get(plain)
    if (known !== undefined) return known
    const made = expandPlain(layout, t, plain)
    expanded.set(plain, made)
    return made
  }
  return {
    input: given.input,
    add,
    sub,
    negate: (a) => sub(zeros(layout.n), a),
    multiply: mul,
    relinearize: (a) => a,
    dropLevel: (a) => a,
    rotate: (a, steps) => {
      const result = a.slice()
      if (steps === half) {
        result.set(a.subarray(half) as never, 0)
        result.set(a.subarray(0, half) as never, half)
        return result
      }
      for (let row = 0; row < layout.n; row += half) {
        result.set(a.subarray(row + steps, row + half) as never, row)
        result.set(a.subarray(row, row + steps) as never, row + half - steps)
      }
      return result
    },
    addPlain: (a, plain) => add(a, slots(plain)),
    multiplyPlain: (a, plain) => mul(a, slots(plain)),
    blind: (a, period, used) => {
      const indices = ringIndices(layout, { length: used, period }, 0)
      const result = a.slice()
      for (let lane = 0; lane < lanesOf(layout); lane++) {
        for (let e = 0; e < layout.ring; e++)
          if (indices[e]! < 0) result[slotOf(layout, e, lane)] = zeros(1)[0]!
      }
      return result
    },
  }
}

/** A constant plain operand in all n slots. */
export const expandPlain = (layout: Layout, t: bigint, plain: Exclude<Plain, { kind: "given" }>): Slots => {
  const { residue, zeros } = field(t)
  const result = zeros(layout.n)
  for (let lane = 0; lane < lanesOf(layout); lane++) {
    for (let e = 0; e < layout.ring; e++) {
      result[slotOf(layout, e, lane)] = residue(
        plain.kind === "scalar" ? plain.value : plain.values.values[e]!,
      )
    }
  }
  return result
}
