import type { Layout } from "../circuit/layout.ts"
import { blockFinder, visitEntries } from "./matrix-entries.ts"
import type { Group } from "./matrix-plan.ts"

/** A diagonal of a matrix before it is turned, for operand ciphertext `source` of its group, rotated by `offset`. */
export interface PlacedDiagonal {
  readonly source: number
  readonly offset: number
  readonly places: readonly number[]
  readonly values: readonly number[]
}

/** The diagonals of each piece of the result. */
export const diagonalsOf = <T>(
  layout: Layout,
  { kind, terms, sources }: Group<T>,
): ReadonlyMap<number, readonly PlacedDiagonal[]> => {
  const blockOf = blockFinder(layout, kind)
  const outputs = new Map<number, PlacedDiagonal[]>()
  const latest = new Array<{ places: number[]; values: number[] } | undefined>(sources.length * kind.step)
  let diagonals: PlacedDiagonal[] = []
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
      diagonal = { places: [], values: [] }
      latest[key] = diagonal
      diagonals.push({ source, offset, ...diagonal })
    }
    diagonal.places.push((row + kind.rowPeriod * blockOf(row, ahead)) % kind.span)
    diagonal.values.push(value)
  })
  return outputs
}
