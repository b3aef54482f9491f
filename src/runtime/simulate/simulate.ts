import {
  type Circuit,
  encodeInput,
  fromSlots,
  type ReplayHooks,
  replay,
  type Slots,
  toSlots,
  vectorOps,
} from "../../backend/index.ts"
import { checkNames, checkValues, RuntimeError, type Values } from "../../data/index.ts"
import { groupsOf, naming } from "../messages/groups.ts"
import {
  type ClearResults,
  clearOutput,
  plainReader,
  runClearPart,
  sliceGiven,
} from "../server/run-clear-part.ts"

/**
 * Runs a circuit on cleartext slot vectors mod t, instruction by instruction and exact: what SEAL computes on
 * ciphertexts, without keys or noise: once for each group of as many samples as there are lanes. Returns the flat outputs
 * of each sample. `masks` are the values of plain operands that no clear part computes. Throws RuntimeError for inputs outside
 * their declarations.
 */
export const simulate = (
  circuit: Circuit,
  samples: readonly unknown[],
  hooks: ReplayHooks<Slots> = {},
  masks: ClearResults = {},
): Record<string, Values>[] => {
  if (samples.length === 0)
    throw new RuntimeError("a run takes one sample or more, not 0", { code: "wrong-argument" })
  const inputs = samples.map((sample, i) =>
    naming(samples.length > 1 ? `sample ${i}` : undefined, () => checkInputs(circuit, sample)),
  )
  return groupsOf(circuit.layout, samples.length).flatMap(({ from, to }) =>
    simulateGroup(circuit, inputs.slice(from, to), hooks, sliceGiven(masks, from, to)),
  )
}

const simulateGroup = (
  circuit: Circuit,
  inputs: readonly Record<string, Values>[],
  hooks: ReplayHooks<Slots>,
  masks: ClearResults,
): Record<string, Values>[] => {
  const { layout, t } = circuit
  const clear = { ...runClearPart(circuit, inputs), ...masks }
  const sent = new Map(
    circuit.inputs.map((input) => {
      const values = inputs.map((sample) => encodeInput(input, sample[input.name]!))
      return [input.name, { placement: input.placement, values }]
    }),
  )
  const ops = vectorOps(layout, t, {
    input: (name, piece) => {
      const { placement, values } = sent.get(name)!
      return toSlots(layout, placement!, piece, values, t)
    },
    plain: plainReader(circuit, clear),
  })
  const results = replay(circuit, ops, hooks)
  return inputs.map((_, lane) =>
    Object.fromEntries(
      circuit.outputs.map(({ name, placement, pieces, lo }) => {
        if (placement === null) return [name, clearOutput(clear, name)[lane]!]
        const slots = pieces.map((id) => results[id]!)
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
