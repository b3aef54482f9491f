import type { Parameters } from "lutra"
import { type Ciphertext, openSeal, type Plaintext, type Seal } from "../seal.ts"
import { arena } from "./arena.ts"
import { checkEqual } from "./check.ts"
import { multiplyDiagonals } from "./multiply-diagonals.ts"

type Matrix = readonly (readonly number[])[]

/** Two matrices with x^2 between them, for one vector that repeats through the rows of the ciphertext. */
export const perceptron = async (
  parameters: Parameters,
  hidden: Matrix,
  output: Matrix,
  image: readonly number[],
): Promise<() => void> => {
  const opened = await openSeal(parameters)
  const { generator, evaluator, n, levels } = opened
  const top = levels.length - 1
  const squareLevel = Math.max(0, top - 1)
  const outputLevel = Math.max(0, top - (levels.length > 3 ? 2 : 1))
  const first = foldedMatrix(opened, hidden, image.length, top)
  const second = foldedMatrix(opened, output, hidden.length, outputLevel)
  const keys = generator.createGaloisKeysWithSteps(
    Int32Array.from(new Set([...first.rotations, ...second.rotations])),
  )
  const relinearizationKey = generator.createRelinKeys()
  const input = opened.encrypt(Array.from({ length: n }, (_, slot) => image[slot % first.columns] ?? 0))

  const own = arena(opened)
  const times = ({ diagonals, folds }: FoldedMatrix, vector: Ciphertext): Ciphertext => {
    const sum = multiplyDiagonals(opened, own, keys, diagonals, vector, 1)
    for (const step of folds) {
      const rotated = own.fresh()
      evaluator.rotateRows(sum, step, keys, rotated)
      evaluator.addInplace(sum, rotated)
    }
    return sum
  }
  const run = (): Ciphertext => {
    const sums = times(first, input)
    evaluator.cipherModSwitchToInplace(sums, levels[squareLevel]!)
    evaluator.squareInplace(sums)
    evaluator.relinearizeInplace(sums, relinearizationKey)
    evaluator.cipherModSwitchToInplace(sums, levels[outputLevel]!)
    return times(second, sums)
  }

  const activations = hidden.map((row) => row.reduce((sum, weight, i) => sum + weight * image[i]!, 0) ** 2)
  const expected = output.map((row) => row.reduce((sum, weight, i) => sum + weight * activations[i]!, 0))
  checkEqual("perceptron", opened.decrypt(run()), expected)
  own.free()
  return () => {
    run()
    own.free()
  }
}

/** A matrix padded to powers of two, whose diagonals wrap around the rows: what is left is to sum over the columns. */
interface FoldedMatrix {
  readonly columns: number
  readonly diagonals: readonly (readonly Plaintext[])[]
  /** Rotations whose sum adds up what the diagonals left apart. */
  readonly folds: readonly number[]
  readonly rotations: readonly number[]
}

const foldedMatrix = (seal: Seal, matrix: Matrix, length: number, level: number): FoldedMatrix => {
  const rows = 2 ** Math.ceil(Math.log2(matrix.length))
  const columns = 2 ** Math.ceil(Math.log2(length))
  const babySteps = 2 ** Math.ceil(Math.log2(rows) / 2)
  const diagonals = Array.from({ length: rows / babySteps }, (_, giant) =>
    Array.from({ length: babySteps }, (_, baby) => {
      const slots = Array.from({ length: seal.n }, (_, slot) => {
        const at = (slot - giant * babySteps + seal.n) % seal.n
        return matrix[at % rows]?.[(at + giant * babySteps + baby) % columns] ?? 0
      })
      const plain = seal.encode(slots)
      seal.evaluator.plainTransformToNttInplace(plain, seal.levels[level]!)
      return plain
    }),
  )
  const folds: number[] = []
  for (let step = rows; step < columns; step *= 2) folds.push(step)
  return { columns, diagonals, folds, rotations: [1, babySteps, ...folds] }
}
