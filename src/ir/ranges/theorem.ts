import type { Operand } from "../op.ts"

/** The words that someone outside the compiler gave, or that are checked at run time; nothing may look past them. */
const BELIEVED = new Set(["user", "samples", "index"])

/** Whether a node is an `assume` that holds by a theorem: the same value as its operand, with a better range. */
export const isTheorem = ({ op, attrs }: Operand): boolean =>
  op === "assume" && !BELIEVED.has((attrs as { by: string }).by)
