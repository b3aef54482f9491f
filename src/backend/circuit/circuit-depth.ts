import type { Circuit } from "./circuit.ts"
import { replay } from "./replay.ts"
import type { SlotOps } from "./slot-ops.ts"

/** The most products of ciphertexts one after the other on any way from an input to an output. */
export const depthOfCircuit = (circuit: Circuit): number => {
  let deepest = 0
  const same = (a: number): number => a
  const both = (a: number, b: number): number => Math.max(a, b)
  const ops: SlotOps<number> = {
    input: () => 0,
    add: both,
    sub: both,
    negate: same,
    relinearize: same,
    rotate: same,
    addPlain: same,
    multiplyPlain: same,
    dropLevel: same,
    blind: same,
    multiply: (a, b) => {
      const depth = both(a, b) + 1
      deepest = Math.max(deepest, depth)
      return depth
    },
  }
  replay(circuit, ops)
  return deepest
}
