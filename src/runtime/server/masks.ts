import { type Circuit, isNarrowField } from "../../backend/index.ts"
import { sizeOf, type Values } from "../../data/index.ts"
import { uniformResidues } from "../seal/random.ts"
import type { ClearResults } from "./run-clear-part.ts"

/** Numbers uniform mod t by the name of the value that they mask: for each sample one for each element. */
export type Masks = ReadonlyMap<string, readonly Values[]>

/** Fresh masks for so many samples of all that a circuit gives to be refreshed. */
export const drawMasks = ({ outputs, given, t }: Circuit, samples: number): Masks => {
  const sent = given.flatMap(({ mask }) => (mask?.does === "adds" ? [mask.value] : []))
  return new Map(
    sent.map((name) => {
      const length = sizeOf(outputs.find((output) => output.name === name)!.shape)
      return [name, Array.from({ length: samples }, () => draw(length, t))]
    }),
  )
}

const draw = (length: number, t: bigint): Values => {
  const residues = uniformResidues(length, t)
  return isNarrowField(t) ? Float64Array.from(residues, Number) : Array.from(residues)
}

/** The plain operands that a circuit is given for masks: `drawn` ones to add, those `removed` to take away. */
export const maskOperands = ({ given }: Circuit, drawn: Masks, removed: Masks): ClearResults =>
  Object.fromEntries(
    given.flatMap(({ name, mask }) => {
      if (mask === undefined) return []
      if (mask.does === "adds") return [[name, drawn.get(mask.value)!]]
      return [[name, removed.get(mask.value)!.map(negated)]]
    }),
  )

const negated = (values: Values): Values =>
  values instanceof Float64Array ? values.map((value) => -value) : values.map((value) => -value)

/** The masks that a circuit computes with in the clear, by the names of its inputs, for each sample. */
export const maskInputs = ({ inputs }: Circuit, drawn: Masks, samples: number): Record<string, Values>[] =>
  Array.from({ length: samples }, (_, sample) =>
    Object.fromEntries(
      inputs.flatMap(({ name, masks }) => (masks === undefined ? [] : [[name, drawn.get(masks)![sample]!]])),
    ),
  )

/** About the bytes that masks take in memory. */
export const maskBytes = (masks: Masks): number =>
  [...masks.values()].reduce(
    (sum, samples) => sum + samples.reduce((own, values) => own + BYTES * values.length, 0),
    0,
  )
const BYTES = 8
