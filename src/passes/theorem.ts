import type { Builder, IntType, Node, Type } from "../ir/index.ts"

/** The words that someone outside the compiler gave, or that are checked at run time; a pass must not look past them. */
const BELIEVED = new Set(["user", "samples", "index"])

/** The word for a range that follows from the operands' types before they were merged into other operators. */
export const RANGE = "range"

/** Whether a node is an `assume` that holds by a theorem: the same value as its operand, with a better range. */
export const isTheorem = (node: Node): boolean => node.op === "assume" && !BELIEVED.has(node.attrs.by)

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
