import type { Tensor } from "../../../frontend/index.ts"

export interface Distances {
  /** The distance to each point, to the power p, in `scale` parts of a step of the query; see `whole`. */
  readonly run: (row: Tensor) => Tensor
  /** Distance i minus distance j for each pair in turn, which is linear where p is 2. */
  readonly differences: (row: Tensor, pairs: readonly (readonly [number, number])[]) => Tensor
  readonly points: number
  readonly scale: number
}

export interface Places {
  /** Points in steps of the query, one after the other. */
  readonly places: Float64Array
  readonly width: number
  /** What an integer of the query may be. */
  readonly lo: number
  readonly hi: number
  readonly p: number
  /** Whether the square of the query is needed, which is the same for all points and alters no order. */
  readonly whole: boolean
  /** Parts of a step that distances count. */
  readonly parts: number
}

/** Distances of an encrypted query to clear points, to the power p. */
export const distancesOf = (all: Places): Distances => (all.p === 2 ? euclidean(all) : separable(all))

// |q - p|^2 - |q|^2 = -2 q p + |p|^2
const euclidean = ({ places, width, whole, parts }: Places): Distances => {
  const rows = rowsOf(places, width)
  const weights = rows.map((point) => point.map((x) => Math.round(-2 * parts * x)))
  const squares = rows.map((point) => Math.round(parts * point.reduce((sum, x) => sum + x * x, 0)))
  return {
    points: rows.length,
    scale: parts,
    run: (row) => {
      const relative = row.matmul(transposed(weights)).add(squares)
      return whole ? relative.add(row.mul(row).sum().mul(parts)) : relative
    },
    differences: (row, pairs) =>
      row
        .matmul(transposed(pairs.map(([i, j]) => weights[i]!.map((w, f) => w - weights[j]![f]!))))
        .add(pairs.map(([i, j]) => squares[i]! - squares[j]!)),
  }
}

// The sum over features of |q - p|^p, each a table of q.
const separable = ({ places, width, lo, hi, p, parts }: Places): Distances => {
  const rows = rowsOf(places, width)
  const values = Array.from({ length: hi - lo + 1 }, (_, i) => lo + i)
  const tables = rows.map((point) =>
    point.map((x) => values.map((q) => Math.round(parts * Math.abs(q - x) ** p))),
  )
  const sums = (row: Tensor, entries: readonly (readonly (readonly number[])[])[]): Tensor =>
    row.reshape([1, width]).lookup(entries, { offset: lo }).sum({ axis: 1 })
  return {
    points: rows.length,
    scale: parts,
    run: (row) => sums(row, tables),
    differences: (row, pairs) =>
      sums(
        row,
        pairs.map(([i, j]) =>
          tables[i]!.map((entries, f) => entries.map((entry, v) => entry - tables[j]![f]![v]!)),
        ),
      ),
  }
}

const rowsOf = (flat: Float64Array, width: number): number[][] =>
  Array.from({ length: flat.length / width }, (_, i) => Array.from(flat.subarray(i * width, (i + 1) * width)))

const transposed = (matrix: readonly (readonly number[])[]): number[][] =>
  matrix[0]!.map((_, column) => matrix.map((row) => row[column]!))
