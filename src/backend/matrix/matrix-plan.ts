import type { Matrix } from "../../ir/index.ts"
import { powerOfTwoFrom } from "../arithmetic/slots.ts"
import { cycleOf, type Layout, type Placement, piecesOf, turnOf } from "../circuit/layout.ts"
import { type Kind, type Term, visitEntries } from "./matrix-entries.ts"
import { type BabySteps, chooseSteps } from "./rotations.ts"

/** Operand ciphertexts of one kind. */
export interface Group<T> {
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

/** What the product of a matrix with a vector of a given placement costs, in rotations. */
export const matrixCost = (layout: Layout, matrix: Matrix, placement: Placement): number => {
  const pieces = new Array<null>(piecesOf(layout, placement.length)).fill(null)
  return costOf(planMatrix(layout, matrix.rows, [{ matrix, vector: { pieces, placement } }]))
}

/**
 * Tries every row period, or only the smallest, and takes the plan with the fewest rotations, then products; the smallest
 * period on a tie.
 */
export const planMatrix = <T>(
  layout: Layout,
  rows: number,
  terms: readonly Term<T>[],
  onlySmallest = false,
): MatrixPlan<T> => {
  const least = Math.min(cycleOf(layout), powerOfTwoFrom(rows))
  const isSpread = terms.some(({ vector }) => vector.placement.block !== undefined)
  const most =
    isSpread || onlySmallest
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
