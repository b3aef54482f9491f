import type { Specification } from "../../data/index.ts"
import type { Program } from "../../ir/index.ts"
import type { Encoding } from "./encode-input.ts"
import type { Layout, Placement } from "./layout.ts"
import type { Plain } from "./plain.ts"

/** One step of a circuit: operation `op` on the results of earlier steps. Results are numbered in order from 0. */
export type Instruction =
  | { readonly op: "input"; readonly name: string; readonly piece: number }
  | { readonly op: "add" | "sub" | "multiply"; readonly a: number; readonly b: number }
  | { readonly op: "negate" | "relinearize" | "dropLevel"; readonly a: number }
  | { readonly op: "rotate"; readonly a: number; readonly steps: number }
  | { readonly op: "addPlain" | "multiplyPlain"; readonly a: number; readonly plain: Plain }
  | { readonly op: "blind"; readonly a: number; readonly period: number; readonly used: number }
  /** Gives back the memory of result `a`, which is not used again. It has no result of its own. */
  | { readonly op: "free"; readonly a: number }

/** An input, as the caller sees it, and how its flat values lie in ciphertexts. Clear inputs are not placed. */
export interface CircuitInput extends Specification {
  readonly name: string
  readonly placement: Placement | null
  /** How its client writes it before it is encrypted; as it is unless told. What is placed is the written vector. */
  readonly encoding?: Encoding
  /** Of a clear input that no client sends: the refreshed value whose mask it is, which the server has drawn the round before. */
  readonly masks?: string
}

/** An output: encrypted pieces (results of instructions), or a value of the clear part. */
export interface CircuitOutput extends Specification {
  readonly name: string
  readonly placement: Placement | null
  /** The results that hold its pieces; empty for a clear output, which is the clear part's output of the same name. */
  readonly pieces: readonly number[]
}

/**
 * A value in the clear that ciphertexts are combined with, known at run time only: output `name` of the clear program, or
 * a mask.
 */
export interface GivenPlain {
  readonly name: string
  readonly placement: Placement
  readonly mask?: Mask
}

/**
 * Numbers uniform mod t that the server draws for each run: `adds` them to the output `value`, which a client refreshes,
 * or `removes` them from the input of that name in the circuit of the next round.
 */
export interface Mask {
  readonly does: "adds" | "removes"
  readonly value: string
}

/** A program as the encrypted machine runs it: plain data, printable, independent of the scheme. */
export interface Circuit {
  readonly name: string
  readonly layout: Layout
  readonly t: bigint
  readonly inputs: readonly CircuitInput[]
  readonly outputs: readonly CircuitOutput[]
  /** What the server computes in the clear from clear inputs: clear outputs and the plain operands `given`. */
  readonly clear: Program | null
  readonly given: readonly GivenPlain[]
  readonly instructions: readonly Instruction[]
}
