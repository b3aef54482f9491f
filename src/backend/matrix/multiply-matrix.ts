import type { Diagonal } from "../circuit/diagonal.ts"
import { cycleOf, type Placement, piecesOf, strideOf } from "../circuit/layout.ts"
import { diagonalPlain } from "../circuit/plain.ts"
import type { KernelOps } from "../circuit/relinearizing.ts"
import { diagonalsOf } from "./diagonals.ts"
import type { Group, MatrixPlan } from "./matrix-plan.ts"
import { giantSum, rotateEach } from "./rotations.ts"

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
        for (const { source, offset, places, values } of diagonals[g]!.get(p) ?? []) {
          const giant = Math.floor(offset / steps.baby)
          const baby = babies[g]![source]!.get(offset % steps.baby) as T
          // The operand is yet to be rotated to the giant step.
          const by = (giant * steps.baby) % cycleOf(layout)
          const product = multiplyDiagonal(ops, baby, { layout, span: kind.span, by, places, values })
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

const rotateSources = <T>(
  rotate: (value: T, by: number) => T,
  { sources, offsets, steps }: Group<T>,
): Map<number, T>[] =>
  sources.map((value, i) => {
    const amounts = new Set(Array.from(offsets[i]!, (offset) => offset % steps.baby))
    return rotateEach(rotate, value, [...amounts])
  })

/** The product of a ciphertext with one number per ring element; by 1 and -1 without a product. */
const multiplyDiagonal = <T>(ops: KernelOps<T>, value: T, diagonal: Diagonal): T => {
  const plain = diagonalPlain(diagonal)
  if (plain.kind === "scalar" && plain.value === 1n) return value
  if (plain.kind === "scalar" && plain.value === -1n) return ops.negate(value)
  return ops.multiplyPlain(value, plain)
}
