import type { CircuitInput, CircuitOutput, KeySet, Layout, Parameters } from "../../backend/index.ts"
import { form, type RowCodec } from "../../data/index.ts"

/** What a client needs to know of a compiled program: plain data, no constants of the program among it. */
export interface ProgramSpec {
  readonly name: string
  /**
   * SHA-256 of all that the rest of it says, 64 hex digits: what binds keys, requests and replies to it. Whoever knows it need not
   * trust the one who sends a specification.
   */
  readonly hash: string
  /** SHA-256 of the circuit's text with all constants, and the parameters, 64 hex digits. A client cannot check it. */
  readonly circuit: string
  readonly parameters: Parameters
  readonly keys: KeySet
  readonly layout: Layout
  readonly inputs: readonly CircuitInput[]
  readonly outputs: readonly CircuitOutput[]
  /** Data primes left in each output ciphertext, the pieces of all outputs in order; see `replyLevels`. */
  readonly replyLevels: readonly number[]
  /** Whether the traced function returned one tensor, an array or a record of tensors. */
  readonly returns: "single" | "array" | "record"
  /**
   * What each of several rounds takes and gives. `layout` and `inputs` are then those of the first round, `outputs` those
   * of the last.
   */
  readonly rounds?: readonly RoundSpec[]
  /** What differs for each of several plaintext moduli; the first stands in the specification itself too. */
  readonly residues?: readonly ResidueSpec[]
  /** How real numbers become its inputs and its outputs real numbers, of a program made of a model. */
  readonly rows?: RowCodec
}

/** A program's specification, for whoever checks what they are given. */
export const specForm = form<ProgramSpec>(
  "a program's spec, as readSpec gives it",
  (value) => typeof value === "object" && value !== null && "circuit" in value && "parameters" in value,
)

/** One round of a program. Its outputs but for the last are the inputs of the next, masked: uniform mod t. */
export interface RoundSpec
  extends Pick<ProgramSpec, "hash" | "layout" | "inputs" | "outputs" | "replyLevels"> {}

/** One of several plaintext moduli of a program, whose product tells all values apart. */
export interface ResidueSpec extends Pick<ProgramSpec, "parameters" | "keys" | "replyLevels"> {}

/** Told how far a long step is: `done` of `total`, and what was done last. */
export type OnProgress = (done: number, total: number, doing: string) => void
