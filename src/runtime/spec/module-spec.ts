import type { KeySet, Layout, Parameters } from "../../backend/index.ts"
import { form, nearest, printGiven, RuntimeError } from "../../data/index.ts"
import type { ProgramSpec } from "./program-spec.ts"

/** Values of an output of one function may be given to an input of another, or of the same, still encrypted. */
export interface Wire {
  readonly from: { readonly function: string; readonly output: string }
  readonly to: { readonly function: string; readonly input: string }
}

/** One function of a module, as a client needs to know it. */
export interface FunctionSpec extends Pick<ProgramSpec, "inputs" | "outputs" | "returns"> {
  readonly name: string
  /** Entry a is what is left of each output piece, in data primes, when the oldest operand has been through a functions. */
  readonly replyLevels: readonly (readonly number[])[]
}

/** What a client needs to know of a module: plain data, no constants of its functions among it. */
export interface ModuleSpec {
  readonly name: string
  /**
   * SHA-256 of all that the rest of it says, 64 hex digits: what binds keys, requests and replies to the module. Whoever knows it
   * need not trust the one who sends a specification.
   */
  readonly hash: string
  /** SHA-256 of the circuits' text with all constants, and the parameters, 64 hex digits. A client cannot check it. */
  readonly circuits: string
  readonly parameters: Parameters
  /** What any function needs. */
  readonly keys: KeySet
  readonly layout: Layout
  /** Functions that a value may go through, one after the other, before it is decrypted. */
  readonly steps: number
  readonly functions: readonly FunctionSpec[]
  readonly wires: readonly Wire[]
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
    `module "${module}" has no function ${printGiven(name)}${nearest(String(name), names)}`,
    { code: "unknown-name" },
  )
}

/** The outputs of a function that other functions may be given: those that wires lead from. */
export const refreshedOutputs = (
  { wires }: ModuleSpec,
  { name, outputs }: FunctionSpec,
): FunctionSpec["outputs"] =>
  outputs.filter((output) => wires.some(({ from }) => from.function === name && from.output === output.name))
