import { literal, type Matrix } from "../ir/index.ts"
import type { KernelOps } from "./kernel-ops.ts"
import { type Layout, type Placement, piecesOf, powerOfTwoFrom, strideOf } from "./layout.ts"
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
 */
export const multiplyMatrix = <T>(
  ops: KernelOps<T>,
  layout: Layout,
  rows: number,
  terms: readonly Term<T>[],
): { pieces: (T | null)[]; placement: Placement } => {
  const plan = choosePlan(layout, rows, terms)
  const strideSteps = strideOf(layout)
  const rotate = (value: T, by: number): T => ops.rotate(value, by * strideSteps)
  const add = (a: T | null, b: T | null): T | null => (a === null ? b : b === null ? a : ops.add(a, b))

  const pieces: (T | null)[] = new Array(piecesOf(layout, rows)).fill(null)
  const groups = [...plan.groups].sort((a, b) => b.columnPeriod - a.columnPeriod)
  const babies = new Map<Source<T>, Map<number, T>>()
  for (const { sources, steps } of groups) {
    for (const source of sources)
      babies.set(source, rotateEach(rotate, source.value, source.babies(steps), steps))
  }
  for (let p = 0; p < pieces.length; p++) {
    let sum: T | null = null
    let period = groups[0]?.columnPeriod ?? plan.rowPeriod
    for (const { sources, steps, columnPeriod } of groups) {
      for (; period > Math.max(columnPeriod, plan.rowPeriod); period /= 2) {
        if (sum !== null) sum = ops.add(sum, rotate(sum, period / 2))
      }
      const giants = new Map<number, T>()
      for (const source of sources) {
        for (const [offset, diagonal] of source.diagonals[p] ?? []) {
          const giant = Math.floor(offset / steps.baby)
          const shifted = shift(diagonal, giant * steps.baby)
          const product = multiplyRing(ops, babies.get(source)!.get(offset % steps.baby)!, shifted)
          giants.set(giant, add(giants.get(giant) ?? null, product)!)
        }
      }
      sum = add(sum, giantSum(ops.add, rotate, giants, steps))
    }
    for (; period > plan.rowPeriod; period /= 2) {
      if (sum !== null) sum = ops.add(sum, rotate(sum, period / 2))
    }
    pieces[p] = sum
  }
  return { pieces, placement: { length: rows, period: plan.rowPeriod } }
}

/** One operand ciphertext with its diagonals by output piece and offset. */
interface Source<T> {
  readonly value: T
  readonly diagonals: readonly (Map<number, Float64Array> | undefined)[]
  babies(steps: BabySteps): number[]
}

interface Group<T> {
  readonly columnPeriod: number
  readonly sources: readonly Source<T>[]
  readonly steps: BabySteps
}

interface Plan<T> {
  readonly rowPeriod: number
  readonly groups: readonly Group<T>[]
}

/** Tries every row period and takes the plan with the fewest rotations, then products; the smallest period on a tie. */
const choosePlan = <T>(layout: Layout, rows: number, terms: readonly Term<T>[]): Plan<T> => {
  const least = Math.min(layout.ring, powerOfTwoFrom(rows))
  const most = terms.reduce((period, { vector }) => Math.max(period, vector.placement.period), least)
  let best: { plan: Plan<T>; cost: number } | undefined
  for (let rowPeriod = least; rowPeriod <= most; rowPeriod *= 2) {
    const candidate = planFor(layout, rows, rowPeriod, terms)
    if (best === undefined || candidate.cost < best.cost) best = candidate
  }
  return best!.plan
}

// A rotation costs about as much as ten products with plaintexts that are cached in transformed form.
const PRODUCTS_PER_ROTATION = 10

const planFor = <T>(
  layout: Layout,
  rows: number,
  rowPeriod: number,
  terms: readonly Term<T>[],
): { plan: Plan<T>; cost: number } => {
  const byPeriod = new Map<number, Source<T>[]>()
  for (const term of terms) {
    const { period } = term.vector.placement
    const sources = byPeriod.get(period) ?? []
    sources.push(...sourcesOf(layout, rowPeriod, term))
    byPeriod.set(period, sources)
  }
  const outputs = piecesOf(layout, rows)
  let cost = 0
  let widest = rowPeriod
  const groups = [...byPeriod].map(([columnPeriod, all]): Group<T> => {
    const sources = all.filter((source) => source.diagonals.some((diagonals) => diagonals !== undefined))
    if (sources.length > 0) widest = Math.max(widest, columnPeriod)
    const offsets = sources.map((source) => offsetsOf(source.diagonals))
    const steps = chooseSteps(offsets, outputs, Math.min(rowPeriod, columnPeriod))
    cost += steps.rotations
    for (const source of sources) {
      for (const diagonals of source.diagonals) cost += (diagonals?.size ?? 0) / PRODUCTS_PER_ROTATION
    }
    return { columnPeriod, sources, steps }
  })
  cost += Math.log2(widest / rowPeriod) * outputs
  return { plan: { rowPeriod, groups }, cost }
}

const offsetsOf = (diagonals: Source<unknown>["diagonals"]): number[] => [
  ...new Set(diagonals.flatMap((byOffset) => [...(byOffset?.keys() ?? [])])),
]

/** Sorts the entries of one matrix into diagonals, for each piece of its vector and of the result. */
const sourcesOf = <T>(layout: Layout, rowPeriod: number, { matrix, vector }: Term<T>): Source<T>[] => {
  const { ring } = layout
  const { period } = vector.placement
  const outputs = piecesOf(layout, matrix.rows)
  const diagonals = vector.pieces.map(() => new Array<Map<number, Float64Array> | undefined>(outputs))
  const repeat = Math.max(rowPeriod, period)
  for (let r = 0; r < matrix.rows; r++) {
    const p = Math.floor(r / ring)
    const row = r % ring
    for (let i = matrix.start[r]!; i < matrix.start[r + 1]!; i++) {
      const q = Math.floor(matrix.column[i]! / ring)
      const ahead = ((matrix.column[i]! % ring) - row + 2 * ring) % period
      const offset = ahead % rowPeriod
      const element = (row + ahead - offset) % repeat
      diagonals[q]![p] ??= new Map()
      const byOffset = diagonals[q]![p]!
      const diagonal = byOffset.get(offset) ?? new Float64Array(ring)
      byOffset.set(offset, diagonal)
      for (let e = element; e < ring; e += repeat) diagonal[e] = Number(matrix.value[i]!)
    }
  }
  return vector.pieces.map((value, q) => ({
    value,
    diagonals: diagonals[q]!,
    babies: (steps) => [...new Set(offsetsOf(diagonals[q]!).map((offset) => offset % steps.baby))],
  }))
}

const shift = (diagonal: Float64Array, by: number): Float64Array => {
  if (by % diagonal.length === 0) return diagonal
  const shifted = new Float64Array(diagonal.length)
  for (let e = 0; e < diagonal.length; e++) shifted[(e + by) % diagonal.length] = diagonal[e]!
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
