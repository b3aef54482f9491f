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
 *
 * In general there are `step` diagonals, and each row's products are spread over C / step blocks of H elements: step is
 * min(H, C) for vectors that repeat, and 1 for inputs that are spread in blocks.
 */
export const multiplyMatrix = <T>(
  ops: KernelOps<T>,
  layout: Layout,
  rows: number,
  terms: readonly Term<T>[],
): { pieces: (T | null)[]; placement: Placement } => {
  const { rowPeriod, groups } = choosePlan(layout, rows, terms)
  const strideSteps = strideOf(layout)
  const rotate = (value: T, by: number): T => ops.rotate(value, by * strideSteps)
  const widest = groups.reduce((most, { span }) => Math.max(most, span), rowPeriod)

  const pieces: (T | null)[] = new Array(piecesOf(layout, rows)).fill(null)
  const babies = groups.map((group) => rotateSources(rotate, group))
  for (let p = 0; p < pieces.length; p++) {
    let sum: T | null = null
    for (let period = widest; ; period /= 2) {
      groups.forEach(({ span, steps, outputs }, g) => {
        if (span !== period) return
        const giants = new Map<number, T>()
        for (const { source, offset, values } of outputs.get(p) ?? []) {
          const giant = Math.floor(offset / steps.baby)
          const baby = babies[g]![source]!.get(offset % steps.baby) as T
          const product = multiplyRing(ops, baby, shift(values, giant * steps.baby))
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

/** A generalised diagonal: what operand ciphertext `source` of its group, rotated by `offset`, is multiplied by. */
interface Diagonal {
  readonly source: number
  readonly offset: number
  readonly values: Float64Array
}

/** Operand ciphertexts of one period and step. */
interface Group<T> {
  /** After so many ring elements the diagonals repeat: the row period times the blocks that share them. */
  readonly span: number
  readonly sources: readonly T[]
  /** The rotations that each source needs. */
  readonly offsets: readonly ReadonlySet<number>[]
  /** The diagonals of each piece of the result. */
  readonly outputs: ReadonlyMap<number, readonly Diagonal[]>
  readonly steps: BabySteps
}

interface Plan<T> {
  readonly rowPeriod: number
  readonly groups: readonly Group<T>[]
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
const choosePlan = <T>(layout: Layout, rows: number, terms: readonly Term<T>[]): Plan<T> => {
  const least = Math.min(layout.ring, powerOfTwoFrom(rows))
  const isSpread = terms.some(({ vector }) => vector.placement.block !== undefined)
  const most = isSpread
    ? least
    : terms.reduce((period, { vector }) => Math.max(period, vector.placement.period), least)
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
  const outputs = piecesOf(layout, rows)
  const kinds = new Map<string, { period: number; step: number; members: Term<T>[] }>()
  for (const term of terms) {
    const { period, block } = term.vector.placement
    const step = block === undefined ? Math.min(rowPeriod, period) : 1
    const kind = kinds.get(`${period} ${step}`) ?? { period, step, members: [] }
    kinds.set(`${period} ${step}`, kind)
    kind.members.push(term)
  }
  let cost = 0
  let widest = rowPeriod
  const groups = Array.from(kinds.values(), ({ period, step, members }): Group<T> => {
    const span = (rowPeriod * period) / step
    const group = collectDiagonals(layout, rowPeriod, period, step, members)
    const used = group.offsets.map((offsets) => [...offsets]).filter((offsets) => offsets.length > 0)
    const steps = chooseSteps(used, outputs, step)
    if (used.length > 0) {
      widest = Math.max(widest, span)
      cost += steps.rotations
    }
    for (const diagonals of group.outputs.values()) cost += diagonals.length / PRODUCTS_PER_ROTATION
    return { span, ...group, steps }
  })
  cost += Math.log2(widest / rowPeriod) * outputs
  return { plan: { rowPeriod, groups }, cost }
}

/** Sorts the entries of the matrices into diagonals. */
const collectDiagonals = <T>(
  { ring }: Layout,
  rowPeriod: number,
  columnPeriod: number,
  step: number,
  terms: readonly Term<T>[],
): Pick<Group<T>, "sources" | "offsets" | "outputs"> => {
  const sources = terms.flatMap(({ vector }) => vector.pieces)
  const offsets = sources.map(() => new Set<number>())
  const outputs = new Map<number, Map<number, Diagonal>>()
  const repeat = (rowPeriod * columnPeriod) / step
  let first = 0
  for (const { matrix, vector } of terms) {
    for (let r = 0; r < matrix.rows; r++) {
      const p = Math.floor(r / ring)
      const row = r % ring
      for (let i = matrix.start[r]!; i < matrix.start[r + 1]!; i++) {
        const source = first + Math.floor(matrix.column[i]! / ring)
        const ahead = ((matrix.column[i]! % ring) - row + 2 * ring) % columnPeriod
        const offset = ahead % step
        const element = row + rowPeriod * Math.floor(ahead / step)
        const diagonals = outputs.get(p) ?? new Map<number, Diagonal>()
        outputs.set(p, diagonals)
        const key = source * ring + offset
        const diagonal = diagonals.get(key) ?? { source, offset, values: new Float64Array(ring) }
        diagonals.set(key, diagonal)
        offsets[source]!.add(offset)
        const value = Number(matrix.value[i]!)
        for (let e = element % repeat; e < ring; e += repeat) diagonal.values[e] = value
      }
    }
    first += vector.pieces.length
  }
  return {
    sources,
    offsets,
    outputs: new Map(Array.from(outputs, ([p, diagonals]) => [p, [...diagonals.values()]])),
  }
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
