import {
  decodeScores,
  encodeRow,
  mismatch,
  type Reals,
  type RowCodec,
  RuntimeError,
} from "../../data/index.ts"
import type { ProgramSpec } from "../spec/program-spec.ts"
import type { ProgramInputs } from "./client.ts"
import type { ProgramResult } from "./results.ts"

/** The codec of a program made of a model; throws RuntimeError for any other. */
export const codecOf = ({ name, rows }: ProgramSpec): RowCodec => {
  if (rows !== undefined) return rows
  throw new RuntimeError(
    `"${name}" was not made of a model, so that it takes integers and no rows\ngive it its inputs by name`,
    { code: "unsupported" },
  )
}

/** The inputs of the program for each row. Throws RuntimeError, naming row and column, for what the model cannot take. */
export const inputsOfRows = (spec: ProgramSpec, rows: readonly Reals[]): ProgramInputs[] => {
  const codec = codecOf(spec)
  if (!Array.isArray(rows))
    throw new RuntimeError(mismatch("the value for rows", rows, { needed: "an array of rows" }), {
      code: "wrong-argument",
    })
  const input = spec.inputs.find(({ name }) => name === codec.input)!
  return rows.map((row, i) => ({ [codec.input]: encodeRow(codec, input, row, i) }))
}

/** The scores of each row from what the program returned for it. */
export const scoresOfResults = (spec: ProgramSpec, results: readonly ProgramResult[]): number[][] => {
  const codec = codecOf(spec)
  return results.map((result) => decodeScores(codec, outputOf(spec, result, codec.output)))
}

const outputOf = (spec: ProgramSpec, result: ProgramResult, name: string) => {
  switch (spec.returns) {
    case "single":
      return result as Exclude<ProgramResult, Record<string, unknown>>
    case "array":
      return (result as Exclude<ProgramResult, Record<string, unknown>>[])[
        spec.outputs.findIndex((output) => output.name === name)
      ]!
    case "record":
      return (result as Extract<ProgramResult, Record<string, unknown>>)[name]!
  }
}
