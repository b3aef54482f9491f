import { literal, type Matrix } from "../ir/index.ts"
import type { KernelOps } from "./kernel-ops.ts"
import { cycleOf, type Layout, type Placement, piecesOf, powerOfTwoFrom, strideOf, turnOf } from "./layout.ts"
import type { Plain } from "./plain.ts"
import { type BabySteps, chooseSteps, giantSum, rotateEach } from "./rotations.ts"

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

/**
 * The sum of matrix-vector products by generalised diagonals, baby-step giant-step (Halevi and Shoup 2014; folding of
 * matrices with few rows after Juvekar, Vaikuntanathan and Chandrakasan 2018).
 *
 * Ring element e of a result of row period H holds row e mod H; an operand of period C holds column e mod C. Diagonal i
 * is d_i[e] = W[e mod H][(e + i) mod C] for i < min(H, C), and y = sum_i d_i * rot(x, i). When H < C each row's products
 * are spread over C / H elements, which rotations by C/2, ..., H then add up. The result repeats with period H, and ring
 * elements that belong to no row are 0. Null stands for pieces that are 0 altogether.
 *
 * In general there are `step` diagonals, and each row's products are spread over C / step blocks of H elements: step is
 * min(H, C) for vectors that repeat, and less for inputs whose copies are turned against each other.
 */
export const multiplyMatrix = <T>(
  ops: KernelOps<T>,
  { layout, rows, rowPeriod, groups }: MatrixPlan<T>,
): { pieces: (T | null)[]; placement: Placement } => {
  const strideSteps = strideOf(layout)
  const rotate = (value: T, by: number): T => ops.rotate(value, by * strideSteps)
  const widest = groups.reduce((most, { kind }) => Math.max(most, kind.span), rowPeriod)

  const pieces: (T | null)[] = new Array(piecesOf(layout, rows)).fill(null)
  const babies = groups.map((group) => rotateSources(rotate, group))
  const diagonals = groups.map((group) => diagonalsOf(layout, group))
  for (let p = 0; p < pieces.length; p++) {
    let sum: T | null = null
    for (let period = widest; ; period /= 2) {
      groups.forEach(({ kind, steps }, g) => {
        if (kind.span !== period) return
        const giants = new Map<number, T>()
        for (const { source, offset, values } of diagonals[g]!.get(p) ?? []) {
          const giant = Math.floor(offset / steps.baby)
          const baby = babies[g]![source]!.get(offset % steps.baby) as T
          const product = multiplyRing(ops, baby, shift(layout, values, giant * steps.baby))
          const before = giants.get(giant)
          giants.set(giant, before === undefined ? product : ops.add(before, product))
        }
        const part = giantSum(ops.add, rotate, giants, steps)
        if (part !== null) sum = sum === null ? part : ops.add(sum, part)
      })
      if (period === rowPeriod) break
      if (sum !== null) sum = ops.add(sum, rotate(sum, period / 2))
    }
    pieces[p] = sum
  }
  return { pieces, placement: { length: rows, period: rowPeriod } }
}

/** What the product of a matrix with a vector of a given placement costs, in rotations. */
export const matrixCost = (layout: Layout, matrix: Matrix, placement: Placement): number => {
  const pieces = new Array<null>(piecesOf(layout, placement.length)).fill(null)
  return costOf(planMatrix(layout, matrix.rows, [{ matrix, vector: { pieces, placement } }]))
}

/** A generalised diagonal: what operand ciphertext `source` of its group, rotated by `offset`, is multiplied by. */
interface Diagonal {
  readonly source: number
  readonly offset: number
  readonly values: Float64Array
}

/** How the operands of one group and the result lie in the ring. */
interface Kind {
  readonly rowPeriod: number
  readonly period: number
  /** The most diagonals that one operand ciphertext has. */
  readonly step: number
  /** After so many ring elements the diagonals repeat: the row period times the blocks that share them. */
  readonly span: number
  /** Whether the copies of the operands are turned against each other, each block of a row period by `step`. */
  readonly isSpread: boolean
}

/** Operand ciphertexts of one kind. */
interface Group<T> {
  readonly kind: Kind
  readonly terms: readonly Term<T>[]
  readonly sources: readonly T[]
  /** The rotations that each source needs. */
  readonly offsets: readonly ReadonlySet<number>[]
  readonly steps: BabySteps
}

/** How a sum of matrix-vector products is computed. */
export interface MatrixPlan<T> {
  readonly layout: Layout
  readonly rows: number
  readonly rowPeriod: number
  readonly groups: readonly Group<T>[]
  readonly rotations: number
  /** Products with vectors in the clear, or of numbers where diagonals are constant. */
  readonly products: number
}

const rotateSources = <T>(
  rotate: (value: T, by: number) => T,
  { sources, offsets, steps }: Group<T>,
): Map<number, T>[] =>
  sources.map((value, i) => {
    const amounts = new Set(Array.from(offsets[i]!, (offset) => offset % steps.baby))
    return rotateEach(rotate, value, [...amounts])
  })

/** Tries every row period and takes the plan with the fewest rotations, then products; the smallest period on a tie. */
export const planMatrix = <T>(layout: Layout, rows: number, terms: readonly Term<T>[]): MatrixPlan<T> => {
  const least = Math.min(cycleOf(layout), powerOfTwoFrom(rows))
  const isSpread = terms.some(({ vector }) => vector.placement.block !== undefined)
  const most = isSpread
    ? least
    : terms.reduce((period, { vector }) => Math.max(period, vector.placement.period), least)
  let best: MatrixPlan<T> | undefined
  for (let rowPeriod = least; rowPeriod <= most; rowPeriod *= 2) {
    const candidate = planFor(layout, rows, rowPeriod, terms)
    if (best === undefined || costOf(candidate) < costOf(best)) best = candidate
  }
  return best!
}

// A rotation costs about as much as ten products with plaintexts that are cached in transformed form.
const PRODUCTS_PER_ROTATION = 10

const costOf = ({ rotations, products }: MatrixPlan<unknown>): number =>
  rotations + products / PRODUCTS_PER_ROTATION

const planFor = <T>(
  layout: Layout,
  rows: number,
  rowPeriod: number,
  terms: readonly Term<T>[],
): MatrixPlan<T> => {
  const outputs = piecesOf(layout, rows)
  const kinds = new Map<string, { kind: Kind; members: Term<T>[] }>()
  for (const term of terms) {
    const { period, block } = term.vector.placement
    const step = block === undefined ? Math.min(rowPeriod, period) : turnOf(layout, period, block)
    const span = (rowPeriod * period) / step
    const key = `${period} ${step} ${block}`
    const known = kinds.get(key)
    if (known !== undefined) known.members.push(term)
    else {
      const kind = { rowPeriod, period, step, span, isSpread: block !== undefined }
      kinds.set(key, { kind, members: [term] })
    }
  }
  let rotations = 0
  let products = 0
  let widest = rowPeriod
  const groups = Array.from(kinds.values(), ({ kind, members }): Group<T> => {
    const { sources, offsets, count } = countDiagonals(layout, kind, members)
    const used = offsets.filter((set) => set.size > 0).map((set) => [...set])
    const steps = chooseSteps(used, outputs, kind.step)
    if (used.length > 0) {
      widest = Math.max(widest, kind.span)
      rotations += steps.rotations
    }
    products += count
    return { kind, terms: members, sources, offsets, steps }
  })
  rotations += Math.log2(widest / rowPeriod) * outputs
  return { layout, rows, rowPeriod, groups, rotations, products }
}

/** The rotations that the matrices need of each source, and their diagonals in all pieces of the result. */
const countDiagonals = <T>(
  layout: Layout,
  kind: Kind,
  terms: readonly Term<T>[],
): { sources: T[]; offsets: Set<number>[]; count: number } => {
  const sources = terms.flatMap(({ vector }) => vector.pieces)
  const offsets = sources.map(() => new Set<number>())
  let count = 0
  // The last piece of the result that a source and offset was seen for, from 1.
  const seen = new Int32Array(sources.length * kind.step)
  visitEntries(layout, kind, terms, ({ piece, source, offset }) => {
    const key = source * kind.step + offset
    if (seen[key] === piece + 1) return
    seen[key] = piece + 1
    offsets[source]!.add(offset)
    count++
  })
  return { sources, offsets, count }
}

/** The diagonals of each piece of the result. */
const diagonalsOf = <T>(
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
const visitEntries = <T>(
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
const blockFinder = (
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

/** The values for an operand that is yet to be rotated by `by`. */
const shift = (layout: Layout, diagonal: Float64Array, by: number): Float64Array => {
  const cycle = cycleOf(layout)
  if (by % cycle === 0) return diagonal
  const shifted = new Float64Array(diagonal.length)
  for (let from = 0; from < diagonal.length; from += cycle) {
    shifted.set(diagonal.subarray(from, from + cycle - by), from + by)
    shifted.set(diagonal.subarray(from + cycle - by, from + cycle), from)
  }
  return shifted
}

/** The product of a ciphertext with one number per ring element; by 1 and -1 without a product. */
const multiplyRing = <T>(ops: KernelOps<T>, value: T, ring: Float64Array): T => {
  const plain = ringPlain(ring)
  if (plain.kind === "scalar" && plain.value === 1n) return value
  if (plain.kind === "scalar" && plain.value === -1n) return ops.negate(value)
  return ops.multiplyPlain(value, plain)
}

/** One number per ring element, as a scalar where all are equal. */
export const ringPlain = (ring: ArrayLike<number | bigint>): Plain => {
  const first = ring[0]!
  for (let e = 1; e < ring.length; e++) if (ring[e] !== first) return { kind: "ring", values: literal(ring) }
  return { kind: "scalar", value: BigInt(first) }
}
