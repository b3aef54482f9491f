import type { RowCodec, Specification } from "../data/index.ts"
import type { Tensor } from "../frontend/index.ts"

/** A model on integers: an ordinary Lutra function, and how rows and scores become integers and back. */
export interface IntegerModel {
  readonly codec: RowCodec
  /** The declarations of the function's inputs: the one that `codec` names. */
  readonly inputs: Readonly<Record<string, Specification>>
  readonly run: (inputs: Readonly<Record<string, Tensor>>) => Tensor
  /** What the report tells of it, a line each: what was chosen, which ranges, what limits it. */
  readonly notes: readonly string[]
}
