import {
  fitsNumber,
  type Integer,
  type NestedResult,
  type ProgramResult,
  RuntimeError,
  type Specification,
  unflatten,
} from "../../data/index.ts"
import type { ProgramSpec } from "../spec/program-spec.ts"

export type { ProgramResult } from "../../data/index.ts"

/** Flat values of an output as nested arrays: numbers where all of its range is exact, bigint elsewhere. */
export const toNested = (values: ArrayLike<Integer>, { lo, hi, shape }: Specification): NestedResult => {
  const leaves = Array.from<Integer, Integer>(values, fitsNumber(lo, hi) ? Number : BigInt)
  return unflatten<Integer>(leaves, shape) as NestedResult
}

/** The outputs, in declared order, in the form in which the traced function returned them. */
export const shapeResult = (
  spec: Pick<ProgramSpec, "outputs" | "returns">,
  outputs: readonly NestedResult[],
): ProgramResult => {
  switch (spec.returns) {
    case "single":
      return outputs[0]!
    case "array":
      return [...outputs]
    case "record":
      return Object.fromEntries(spec.outputs.map(({ name }, i) => [name, outputs[i]!]))
  }
}

/** Throws RuntimeError when a decrypted value is outside what the program can return. */
export const checkResult = (name: string, values: readonly bigint[], { lo, hi }: Specification): void => {
  const wrong = values.findIndex((value) => value < lo || value > hi)
  if (wrong >= 0) {
    throw new RuntimeError(
      `output "${name}" decrypts to ${values[wrong]} at flat index ${wrong}, outside its range ${lo}..${hi}\n` +
        "the reply was not computed by this program on inputs of this client's key, or noise has spoilt it",
      { code: "undecryptable" },
    )
  }
}
