import type { Matrix } from "../../ir/index.ts"
import { cycleOf, type Layout, type Placement } from "../circuit/layout.ts"

/** A vector in ciphertexts: its pieces and how it lies in them. */
export interface Placed<T> {
  readonly pieces: readonly T[]
  readonly placement: Placement
}

/** A matrix block for one vector: `matrix` has a row for each element of the result, a column for each of `vector`. */
export interface Term<T> {
  readonly matrix: Matrix
  readonly vector: Placed<T>
}

/** How the operands of one group and the result lie in the ring. */
export interface Kind {
  readonly rowPeriod: number
  readonly period: number
  /** The most diagonals that one operand ciphertext has. */
  readonly step: number
  /** After so many ring elements the diagonals repeat: the row period times the blocks that share them. */
  readonly span: number
  /** Whether the copies of the operands are turned against each other, each block of a row period by `step`. */
  readonly isSpread: boolean
}

/** An entry of a matrix: in row `row` of a piece of the result, `ahead` elements after it in the ring of a source. */
interface Entry {
  piece: number
  source: number
  row: number
  ahead: number
  /** `ahead` modulo the step: the rotation that the source needs. */
  offset: number
  value: number
}

/** Calls `visit` with every entry of the matrices, piece by piece of the result; the object it is given changes. */
export const visitEntries = <T>(
  { ring }: Layout,
  { period, step }: Kind,
  terms: readonly Term<T>[],
  visit: (entry: Entry) => void,
): void => {
  const { rows } = terms[0]!.matrix
  const entry: Entry = { piece: 0, source: 0, row: 0, ahead: 0, offset: 0, value: 0 }
  for (let from = 0; from < rows; from += ring, entry.piece++) {
    let first = 0
    for (const { matrix, vector } of terms) {
      for (let r = from; r < Math.min(rows, from + ring); r++) {
        entry.row = r - from
        for (let i = matrix.start[r]!; i < matrix.start[r + 1]!; i++) {
          const column = matrix.column[i]!
          entry.source = first + Math.floor(column / ring)
          entry.ahead = ((column % ring) - entry.row + 2 * ring) % period
          entry.offset = entry.ahead % step
          entry.value = Number(matrix.value[i]!)
          visit(entry)
        }
      }
      first += vector.pieces.length
    }
  }
}

/**
 * The block of a row's elements where the product with a column is formed, that lies `ahead` of the row: where the
 * rotated operand has the column. In block g, ring element row + rowPeriod * g, a spread operand has that of
 * `ahead = offset + step * g`; beyond the end of the block it has that of the next block, turned by one step more, and
 * beyond the end of the last block, of the first one in its cycle.
 */
export const blockFinder = (
  layout: Layout,
  { rowPeriod, period, step, isSpread }: Kind,
): ((row: number, ahead: number) => number) => {
  const blocks = cycleOf(layout) / rowPeriod
  return (row, ahead) => {
    if (!isSpread || row + (ahead % step) < rowPeriod) return Math.floor(ahead / step)
    const next = Math.floor(((ahead + rowPeriod) % period) / step)
    return next % blocks === 0 ? next + blocks - 1 : next - 1
  }
}
