import type { RowCodec, Specification } from "../../data/index.ts"
import type { Tensor } from "../../frontend/index.ts"
import type { Fidelity } from "../fidelity.ts"

/** A model on integers: an ordinary Lutra function, and how rows and scores become integers and back. */
export interface IntegerModel {
  readonly codec: RowCodec
  /** The declarations of the function's inputs: the one that `codec` names. */
  readonly inputs: Readonly<Record<string, Specification>>
  /** What it returns becomes the output that `codec` names. */
  readonly run: (inputs: Readonly<Record<string, Tensor>>) => Tensor
  /**
   * How it did on calibration rows while it was fitted on the others: counts in place of what is measured on rows that it was
   * fitted on.
   */
  readonly heldOut?: HeldOut
  /** What the server computes, a few words for each part. */
  readonly server: readonly string[]
  /** What the report tells of it, a line each: what was chosen, which ranges, what limits it. */
  readonly notes: readonly string[]
}

export interface HeldOut {
  readonly fidelity: Fidelity
  /** Points lost, and up to how many the rows do not tell from none. */
  readonly loss: number
  readonly noise: number
  /** Points that may be lost on other rows: an estimate on the safe side. */
  readonly risk: number
  /** Whether it is good enough to be compiled. */
  readonly accepted: boolean
}

/** What a model's rows are quantized by. */
export interface Calibration {
  /** Rows as the model takes them, flat. */
  readonly rows: readonly Float64Array[]
  /** What the model makes of each in floating point. */
  readonly scores: readonly (readonly number[])[]
}

/** What costs a model most of the accuracy that it loses as integers. */
export interface Limit {
  /** In a few words, as part of a sentence. */
  readonly where: string
  /** Points lost there. */
  readonly points: number
  /** What to change, as part of a sentence. */
  readonly remedy: string
}

/** What all integer models of one trained model have in common: what its kind of model is called, and what is tried. */
export interface Family {
  readonly name: "linear" | "trees" | "network" | "neighbours"
  /** Of those that keep the accuracy the one that costs least is compiled. */
  readonly candidates: readonly IntegerModel[]
  /** What limits the best of them where none keeps the accuracy that was asked for. */
  readonly limit?: Limit
  /** What to change about the trained model when no parameters fit any of them, as the last line of a message. */
  readonly shallower?: string
  /** The most bytes of evaluation keys unless compiling asks for others, before compression. */
  readonly maxKeyBytes?: number
  /** Bits of noise budget to keep unless compiling asks for others. */
  readonly margin?: number
}
