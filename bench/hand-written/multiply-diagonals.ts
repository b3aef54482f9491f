import type { Ciphertext, GaloisKeys, Plaintext, Seal } from "../seal.ts"
import type { Arena } from "./arena.ts"

/**
 * The sum of all diagonals times rotations of a vector: baby steps are a chain of rotations by `step` slots, giant steps,
 * each as wide as a group, a Horner chain. Diagonal i of group g is in NTT form and rotated back by g groups. Takes keys
 * for `step` and for a group's length times it.
 */
export const multiplyDiagonals = (
  { evaluator }: Seal,
  { fresh }: Arena,
  keys: GaloisKeys,
  diagonals: readonly (readonly Plaintext[])[],
  vector: Ciphertext,
  step: number,
): Ciphertext => {
  const isBfv = !vector.isNttForm()
  const babySteps = diagonals[0]!.length
  const babies = [vector]
  for (let i = 1; i < babySteps; i++) {
    const rotated = fresh()
    evaluator.rotateRows(babies[i - 1]!, step, keys, rotated)
    babies.push(rotated)
  }
  const factors = babies.map((baby) => {
    if (!isBfv) return baby
    const transformed = fresh()
    evaluator.cipherTransformToNtt(baby, transformed)
    return transformed
  })
  const product = fresh()
  let sum: Ciphertext | undefined
  for (const group of diagonals.toReversed()) {
    const inner = fresh()
    for (const [i, diagonal] of group.entries()) {
      evaluator.multiplyPlain(factors[i]!, diagonal, i === 0 ? inner : product)
      if (i > 0) evaluator.addInplace(inner, product)
    }
    if (isBfv) evaluator.cipherTransformFromNttInplace(inner)
    if (sum !== undefined) {
      evaluator.rotateRowsInplace(sum, babySteps * step, keys)
      evaluator.addInplace(inner, sum)
    }
    sum = inner
  }
  return sum!
}
