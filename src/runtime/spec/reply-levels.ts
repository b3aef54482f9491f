import { type Circuit, type Parameters, replay, type SlotOps } from "../../backend/index.ts"

/** Data primes left in each output ciphertext of a circuit, the pieces of all outputs in order. */
export const replyLevels = (circuit: Circuit, parameters: Parameters): number[] => {
  const results = replay(circuit, levelOps(parameters.primes.length - 1))
  return circuit.outputs.flatMap(({ name, pieces }) =>
    pieces.map((id) => {
      const level = results[id]
      if (level === undefined)
        throw new Error(`unreachable: output ${name} takes result ${id}, which is not there`)
      return level
    }),
  )
}

const levelOps = (fresh: number): SlotOps<number> => {
  const same = (a: number) => a
  const both = (a: number, b: number) => {
    if (a !== b) throw new Error(`unreachable: operands with ${a} and ${b} primes left`)
    return a
  }
  return {
    input: () => fresh,
    add: both,
    sub: both,
    multiply: both,
    negate: same,
    relinearize: same,
    rotate: same,
    addPlain: same,
    multiplyPlain: same,
    blind: same,
    dropLevel: (a) => {
      if (a === 1) throw new Error("unreachable: the last prime is dropped")
      return a - 1
    },
  }
}
