import { form, nearest, printGiven, RuntimeError } from "../../data/index.ts"
import { type Round, roundsOf } from "../messages/rounds-and-residues.ts"
import type { ProgramSpec, ResidueSpec, RoundSpec } from "./program-spec.ts"

/** Values of an output of one function may be given to an input of another, or of the same, still encrypted. */
export interface Wire {
  readonly from: { readonly function: string; readonly output: string }
  readonly to: { readonly function: string; readonly input: string }
}

/**
 * One function of a module, as a client needs to know it: a program whose reply levels depend on the age of what it is given.
 * Entry a of each is what is left of the output pieces, in data primes, when the oldest operand has been through a functions.
 */
export interface FunctionSpec extends Pick<ProgramSpec, "name" | "inputs" | "outputs" | "returns"> {
  readonly replyLevels: LevelsByAge
  /** What each of several rounds takes and gives, as for a program. */
  readonly rounds?: readonly (Pick<RoundSpec, "inputs" | "outputs"> & { readonly replyLevels: LevelsByAge })[]
  /** For each of several plaintext moduli of the module; the first stands in the function itself too. */
  readonly residues?: readonly { readonly replyLevels: LevelsByAge }[]
}

type LevelsByAge = readonly ProgramSpec["replyLevels"][]

/** What a client needs to know of a module: plain data, no constants of its functions among it. */
export interface ModuleSpec extends Pick<ProgramSpec, "name" | "hash" | "parameters" | "keys" | "layout"> {
  /** SHA-256 of the circuits' text with all constants, and the parameters, 64 hex digits. A client cannot check it. */
  readonly circuits: string
  /** Functions that a value may go through, one after the other, before it is decrypted. */
  readonly steps: number
  readonly functions: readonly FunctionSpec[]
  readonly wires: readonly Wire[]
  /** What differs for each of several plaintext moduli; the first stands in the specification itself too. */
  readonly residues?: readonly Pick<ResidueSpec, "parameters" | "keys">[]
}

/** A module's specification, for whoever checks what they are given. */
export const moduleSpecForm = form<ModuleSpec>(
  "a module's spec",
  (value) => typeof value === "object" && value !== null && "functions" in value && "parameters" in value,
)

/** The function of that name. Throws RuntimeError when there is none. */
export const functionOf = ({ name: module, functions }: ModuleSpec, name: string): FunctionSpec => {
  const found = functions.find((each) => each.name === name)
  if (found !== undefined) return found
  const names = functions.map((each) => each.name)
  throw new RuntimeError(
    `module "${module}" has no function ${printGiven(name)}${typeof name === "string" ? nearest(name, names) : `; there are ${names.join(", ")}`}`,
    { code: "unknown-name" },
  )
}

/** The outputs of a function that other functions may be given: those that wires lead from. */
export const refreshedOutputs = (
  { wires }: ModuleSpec,
  { name, outputs }: FunctionSpec,
): FunctionSpec["outputs"] =>
  outputs.filter((output) => wires.some(({ from }) => from.function === name && from.output === output.name))

/** A function whose oldest operand has been through `age` functions, as the program that it is for such values. */
export const programAt = (spec: ModuleSpec, one: FunctionSpec, age: number): ProgramSpec => {
  const { circuits: circuit, hash, parameters, keys, layout } = spec
  const { name, inputs, outputs, returns, replyLevels, rounds, residues } = one
  return {
    ...{ name, hash, circuit, parameters, keys, layout, inputs, outputs, returns },
    replyLevels: replyLevels[age]!,
    ...(rounds && {
      // What a client has refreshed has been through no function.
      rounds: rounds.map((own, round) => ({
        ...{ ...own, hash, layout },
        replyLevels: own.replyLevels[round === 0 ? age : 0]!,
      })),
    }),
    ...(residues && {
      residues: residues.map((own, i) => ({ ...spec.residues![i]!, replyLevels: own.replyLevels[age]! })),
    }),
  }
}

/** One of its rounds. */
export const roundAt = (spec: ModuleSpec, one: FunctionSpec, round: number, age: number): Round =>
  roundsOf(programAt(spec, one, age))[round]!

/** How many rounds a function takes. */
export const roundCount = ({ rounds }: FunctionSpec): number => rounds?.length ?? 1
