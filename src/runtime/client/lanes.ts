import type { Slots } from "../../backend/arithmetic/slots.ts"
import { encodeInput } from "../../backend/circuit/encode-input.ts"
import { fromSlots, type Layout, piecesOf, toSlots } from "../../backend/circuit/layout.ts"
import { checkNames, checkValues, type NestedResult, type Values } from "../../data/index.ts"
import type { SealSecret } from "../seal/seal-secret.ts"
import type { ProgramSpec } from "../spec/program-spec.ts"
import { combineResidues } from "./combine-residues.ts"
import { checkResult, type ProgramResult, shapeResult, toNested } from "./results.ts"

/** The flat values of one sample by name. */
export type Sample = ReadonlyMap<string, Values>

/** What is said of a value that a client encrypts. */
export type SentValue = Pick<ProgramSpec["inputs"][number], "name" | "lo" | "hi" | "placement" | "encoding">

/** The ciphertexts of one group of samples: the pieces of the encrypted values among these, in order. */
export const encryptGroup = (
  secret: SealSecret,
  { layout, parameters }: Pick<ProgramSpec, "layout" | "parameters">,
  inputs: readonly SentValue[],
  samples: readonly Sample[],
): Uint8Array[] =>
  inputs.flatMap((input) => {
    const { name, placement } = input
    if (placement === null) return []
    const values = samples.map((sample) => encodeInput(input, sample.get(name)!))
    return Array.from({ length: piecesOf(layout, placement.length) }, (_, piece) => {
      const slots = toSlots(layout, placement, piece, values, parameters.t)
      return secret.encrypt(BigUint64Array.from(slots as ArrayLike<number | bigint>, BigInt))
    })
  })

/**
 * The flat values of all outputs in one lane. `slots` are the decrypted pieces of the group for each plaintext modulus,
 * `clear` the clear outputs of the sample.
 */
export const laneValues = (
  layout: Layout,
  outputs: ProgramSpec["outputs"],
  moduli: readonly bigint[],
  lane: number,
  slots: readonly (readonly Slots[])[],
  clear: readonly Values[] = [],
): Values[] => {
  let piece = 0
  let clearIndex = 0
  return outputs.map(({ placement, pieces, lo }): Values => {
    if (placement === null) return clear[clearIndex++]!
    const from = piece
    piece += pieces.length
    const residues = moduli.map((t, i) =>
      fromSlots(layout, placement, slots[i]!.slice(from, piece), lane, lo, t),
    )
    return residues.length === 1 ? residues[0]! : combineResidues(residues, moduli, lo)
  })
}

/** Outputs in the form in which the function returned them. Throws RuntimeError for a decrypted value out of its range. */
export const shapeOutputs = (
  { outputs, returns }: Pick<ProgramSpec, "outputs" | "returns">,
  values: readonly Values[],
): ProgramResult => {
  checkOutputs(outputs, values)
  const nested = outputs.map((output, i): NestedResult => toNested(values[i]!, output))
  return shapeResult({ outputs, returns }, nested)
}

/** Throws RuntimeError for a decrypted value out of its range. */
export const checkOutputs = (outputs: ProgramSpec["outputs"], values: readonly Values[]): void => {
  for (const [i, output] of outputs.entries()) {
    if (output.placement !== null) checkResult(output.name, values[i] as readonly bigint[], output)
  }
}

/** A sample as its user gives it. Throws RuntimeError for inputs that are missing, unknown or outside their declarations. */
export const checkSample = (sample: unknown, inputs: ProgramSpec["inputs"]): Sample => {
  const names = inputs.map(({ name }) => name)
  const given = checkNames(sample, names)
  return new Map(inputs.map((input) => [input.name, checkValues(input.name, given[input.name], input)]))
}
