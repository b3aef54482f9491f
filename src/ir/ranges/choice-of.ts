import type { NodeOf } from "../program.ts"
import { boundForm } from "./bound-form.ts"
import { constantForm, type Facts, type Form, plusTimes } from "./form.ts"
import { MOST_VALUES } from "./form-limits.ts"

/** Functions of more straight pieces are not taken apart. */
const MOST_PIECES = 4

interface Piece {
  readonly slope: number
  readonly offset: number
}

/**
 * What is known of a function of one form: one that is made of a few straight pieces equals one of them, the largest where
 * it is convex as |x| and max(x, 0) are, the smallest where it is concave.
 */
export const choiceOf = (node: NodeOf<"apply"> | NodeOf<"table">, operands: readonly Form[]): Facts => {
  const [operand] = operands
  if (node.op !== "apply" || operands.length !== 1 || node.type.kind === "real") return {}
  const { lo, hi } = boundForm(operand!)
  if (!(hi - lo < MOST_VALUES)) return {}
  const { expr } = node.attrs
  const values = Float64Array.from({ length: hi - lo + 1 }, (_, i) => expr.evaluate([lo + i]))
  const pieces = piecesOf(values, lo)
  if (pieces === undefined) return {}
  const lines = pieces.map(({ slope, offset }) => ({ slope, offset }))
  const holds = (pick: (...all: number[]) => number): boolean =>
    values.every((value, i) => value === pick(...lines.map(({ slope, offset }) => slope * (lo + i) + offset)))
  const kind = holds(Math.max) ? "max" : holds(Math.min) ? "min" : "one"
  return {
    choice: {
      kind,
      forms: lines.map(({ slope, offset }) => plusTimes(constantForm(offset), operand!, slope)),
    },
  }
}

/** The straight lines that values at lo, lo + 1, … lie on; undefined where they are too many or not whole. */
const piecesOf = (values: Float64Array, lo: number): Piece[] | undefined => {
  const pieces: Piece[] = []
  for (let from = 0; from < values.length; ) {
    const slope = from + 1 < values.length ? values[from + 1]! - values[from]! : 0
    const offset = values[from]! - slope * (lo + from)
    if (!Number.isSafeInteger(slope) || !Number.isSafeInteger(offset)) return undefined
    let to = from + 1
    while (to < values.length && values[to] === slope * (lo + to) + offset) to++
    if (pieces.length === MOST_PIECES) return undefined
    pieces.push({ slope, offset })
    from = to
  }
  return pieces
}
