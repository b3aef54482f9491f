import { type Circuit, type Slots, toSlots } from "../backend/index.ts"
import { flatten, RuntimeError, unflatten, type Values } from "../data/index.ts"
import { evaluate } from "../ir/index.ts"

/** What the clear part of a circuit gives for some samples. */
export interface ClearResults {
  /** The flat value of a clear output, for each sample. */
  output(name: string): readonly Values[]
  /** Piece `piece` of a plain operand, one sample a lane. */
  plain(name: string, piece: number): Slots
}

/** Computes the clear part of a circuit; `samples` hold the flat values of the clear inputs by name. */
export const runClearPart = (circuit: Circuit, samples: readonly Record<string, Values>[]): ClearResults => {
  const { clear, given, layout, t } = circuit
  const results = samples.map((sample) => {
    if (clear === null) return {}
    const inputs = clear.inputs.map(({ attrs, type }) => [
      attrs.name,
      unflatten<number | bigint>(sample[attrs.name]!, type.shape),
    ])
    return evaluate(clear, Object.fromEntries(inputs))
  })
  const output = (name: string): Values[] =>
    results.map((result) => {
      const value = result[name]
      if (value === undefined) throw new RuntimeError(`the clear part has no output "${name}"`)
      const leaves = flatten(value) as (number | bigint)[]
      return leaves.every((leaf) => typeof leaf === "number") ? Float64Array.from(leaves) : leaves.map(BigInt)
    })
  return {
    output,
    plain: (name, piece) => {
      const operand = given.find((each) => each.name === name)
      if (operand === undefined) throw new RuntimeError(`the circuit is given no plain operand "${name}"`)
      return toSlots(layout, operand.placement, piece, output(name), t)
    },
  }
}
