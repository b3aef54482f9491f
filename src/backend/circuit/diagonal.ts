import { mix } from "../../ir/index.ts"
import { cycleOf, type Layout } from "./layout.ts"

/**
 * A generalised diagonal, by its entries that are not 0: what an operand ciphertext is multiplied by. Entry i stands at
 * the ring elements congruent to `places[i]` modulo `span`, in a ring turned back by `by`.
 */
export interface Diagonal {
  readonly layout: Layout
  readonly span: number
  readonly by: number
  readonly places: readonly number[]
  readonly values: readonly number[]
}

/** Whether every ring element has the same number. */
export const isConstant = ({ layout, span, places, values }: Diagonal): boolean =>
  places.length >= Math.min(span, layout.ring) && values.every((value) => value === values[0])

/** One number per ring element. */
export const writeDiagonal = ({ layout, span, by, places, values }: Diagonal): Float64Array => {
  const cycle = cycleOf(layout)
  const ring = new Float64Array(layout.ring)
  places.forEach((place, i) => {
    for (let e = place; e < layout.ring; e += span) {
      const from = e - (e % cycle)
      ring[from + ((e - from + by) % cycle)] = values[i]!
    }
  })
  return ring
}

/** A table index for diagonals: equal ones have equal hashes. */
export const hashDiagonal = ({ span, by, places, values }: Diagonal): number => {
  let hash = mix(mix(0x811c9dc5, span), by)
  for (const place of places) hash = mix(hash, place)
  for (const value of values) hash = mix(hash, value)
  return hash
}

/** Whether two diagonals of one layout have the same entries in the same places, written down in the same order. */
export const sameDiagonal = (a: Diagonal, b: Diagonal): boolean =>
  a.span === b.span && a.by === b.by && sameList(a.places, b.places) && sameList(a.values, b.values)

const sameList = (a: readonly number[], b: readonly number[]): boolean =>
  a === b || (a.length === b.length && a.every((value, i) => value === b[i]))
