import type { Builder, IntType, Node, Type } from "../../ir/index.ts"

/** The word for a range that follows from the operands' types before they were merged into other operators. */
export const RANGE = "range"

/** The theorem by which a lookup in 0s and 1s has the range of its values, whatever the bounds of the sum that computes it. */
export const ONE_HOT = "onehot"

/**
 * The value with the range that it was proved to have before it was computed in another way, if that forgot it.
 * `by` says why it holds.
 */
export const narrowedTo = (
  { lo, hi }: Type | Pick<IntType, "lo" | "hi">,
  node: Node,
  builder: Builder,
  by: string = RANGE,
): Node =>
  node.type.lo >= lo && node.type.hi <= hi
    ? node
    : builder.make("assume", [node], { lo: BigInt(lo), hi: BigInt(hi), by })
