import {
  type Circuit,
  fromSlots,
  lanesOf,
  type ReplayHooks,
  replay,
  type Slots,
  toSlots,
  vectorOps,
} from "../backend/index.ts"
import { checkNames, checkValues, RuntimeError, type Values } from "../data/index.ts"
import { runClearPart } from "./clear-part.ts"

/**
 * Runs a circuit on cleartext slot vectors mod t, instruction by instruction and exact: what SEAL computes on
 * ciphertexts, without keys or noise. Takes as many samples as there are lanes and returns the flat outputs of each.
 * Throws RuntimeError for inputs outside their declarations.
 */
export const simulate = (
  circuit: Circuit,
  samples: readonly unknown[],
  hooks: ReplayHooks<Slots> = {},
): Record<string, Values>[] => {
  const { layout, t } = circuit
  const lanes = lanesOf(layout)
  if (samples.length === 0 || samples.length > lanes) {
    throw new RuntimeError(`a run takes 1 to ${lanes} samples, not ${samples.length}`)
  }
  const inputs = samples.map((sample) => checkInputs(circuit, sample))
  const clear = runClearPart(circuit, inputs)
  const ops = vectorOps(layout, t, {
    input: (name, piece) => {
      const { placement } = circuit.inputs.find((input) => input.name === name)!
      return toSlots(
        layout,
        placement!,
        piece,
        inputs.map((input) => input[name]!),
        t,
      )
    },
    plain: clear.plain,
  })
  const results = replay(circuit, ops, hooks)
  return samples.map((_, lane) =>
    Object.fromEntries(
      circuit.outputs.map(({ name, placement, pieces, lo }) => {
        if (placement === null) return [name, clear.output(name)[lane]!]
        const slots = pieces.map((id) => results.get(id)!)
        return [name, fromSlots(layout, placement, slots, lane, lo, t)]
      }),
    ),
  )
}

/** The flat values of all inputs of one sample, checked. */
export const checkInputs = (circuit: Pick<Circuit, "inputs">, sample: unknown): Record<string, Values> => {
  const names = circuit.inputs.map(({ name }) => name)
  const given = checkNames(sample, names)
  return Object.fromEntries(
    circuit.inputs.map((input) => [input.name, checkValues(input.name, given[input.name], input)]),
  )
}
