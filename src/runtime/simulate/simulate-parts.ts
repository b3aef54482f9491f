import type { Circuit } from "../../backend/index.ts"
import { unflatten, type Values } from "../../data/index.ts"
import { combineResidues } from "../client/combine-residues.ts"
import { drawMasks, type Masks, maskOperands } from "../server/masks.ts"
import { simulate } from "./simulate.ts"

/**
 * `simulate` for the circuits of one round after the other: values that a client would refresh are masked, handed on, and
 * freed of their masks again.
 */
export const simulateRounds = (
  circuits: readonly Circuit[],
  samples: readonly unknown[],
  onRound: (round: number, outputs: readonly Record<string, Values>[]) => void = () => {},
): Record<string, Values>[] => {
  let inputs: readonly unknown[] = samples
  let outputs: Record<string, Values>[] = []
  let removed: Masks = new Map()
  for (const [round, circuit] of circuits.entries()) {
    const drawn = drawMasks(circuit, samples.length)
    outputs = simulate(circuit, inputs, {}, maskOperands(circuit, drawn, removed))
    onRound(round, outputs)
    removed = drawn
    const next = circuits[round + 1]
    if (next !== undefined)
      inputs = samples.map((sample, i) =>
        nextInputs(next, sample, outputs[i]!, (name) => removed.get(name)![i]!),
      )
  }
  return outputs
}

/** What a round takes: clear inputs of the run, and what the last round gave. */
const nextInputs = (
  { inputs }: Circuit,
  sample: unknown,
  outputs: Record<string, Values>,
  maskOf: (value: string) => Values,
): Record<string, unknown> =>
  Object.fromEntries(
    inputs.map(({ name, secret, shape, masks }) => {
      const flat = masks !== undefined ? maskOf(masks) : secret ? outputs[name]! : undefined
      return [
        name,
        flat === undefined
          ? (sample as Readonly<Record<string, unknown>>)[name]
          : unflatten<number | bigint>(flat, shape),
      ]
    }),
  )

/** `simulate` for the circuits of several plaintext moduli, and their results put together. */
export const simulateResidues = (
  circuits: readonly Circuit[],
  samples: readonly unknown[],
): Record<string, Values>[] => {
  const results = circuits.map((circuit) => simulate(circuit, samples))
  const moduli = circuits.map(({ t }) => t)
  return samples.map((_, i) =>
    Object.fromEntries(
      circuits[0]!.outputs.map(({ name, secret, lo }) => {
        const residues = results.map((result) => Array.from(result[i]![name]!, BigInt))
        return [name, secret ? combineResidues(residues, moduli, lo) : results[0]![i]![name]!]
      }),
    ),
  )
}
