import { cycleOf, type Layout } from "./layout.ts"
import { blockFinder, visitEntries } from "./matrix-entries.ts"
import type { Group } from "./matrix-plan.ts"

/** A generalised diagonal: what operand ciphertext `source` of its group, rotated by `offset`, is multiplied by. */
export interface Diagonal {
  readonly source: number
  readonly offset: number
  readonly values: Float64Array
}

/** The diagonals of each piece of the result. */
export const diagonalsOf = <T>(
  layout: Layout,
  { kind, terms, sources }: Group<T>,
): ReadonlyMap<number, readonly Diagonal[]> => {
  const { ring } = layout
  const blockOf = blockFinder(layout, kind)
  const outputs = new Map<number, Diagonal[]>()
  const latest = new Array<Diagonal | undefined>(sources.length * kind.step)
  let diagonals: Diagonal[] = []
  let at = -1
  visitEntries(layout, kind, terms, ({ piece, source, offset, row, ahead, value }) => {
    if (piece !== at) {
      at = piece
      for (const { source, offset } of diagonals) latest[source * kind.step + offset] = undefined
      diagonals = []
      outputs.set(piece, diagonals)
    }
    const key = source * kind.step + offset
    let diagonal = latest[key]
    if (diagonal === undefined) {
      diagonal = { source, offset, values: new Float64Array(ring) }
      latest[key] = diagonal
      diagonals.push(diagonal)
    }
    const first = (row + kind.rowPeriod * blockOf(row, ahead)) % kind.span
    for (let e = first; e < ring; e += kind.span) diagonal.values[e] = value
  })
  return outputs
}

/** The values for an operand that is yet to be rotated by `by`. */
export const shift = (layout: Layout, diagonal: Float64Array, by: number): Float64Array => {
  const cycle = cycleOf(layout)
  if (by % cycle === 0) return diagonal
  const shifted = new Float64Array(diagonal.length)
  for (let from = 0; from < diagonal.length; from += cycle) {
    shifted.set(diagonal.subarray(from, from + cycle - by), from + by)
    shifted.set(diagonal.subarray(from + cycle - by, from + cycle), from)
  }
  return shifted
}
