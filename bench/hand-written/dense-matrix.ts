import type { Parameters } from "lutra"
import { type Ciphertext, openSeal, type Plaintext, type Seal } from "../seal.ts"
import { arena } from "./arena.ts"
import { checkEqual } from "./check.ts"
import { multiplyDiagonals } from "./multiply-diagonals.ts"

/**
 * A square matrix times one vector. The vector lies in a ring, element e of lane l at slot e * lanes + l of its row; the
 * client rotates the copy in each lane so that each lane multiplies its own share of the diagonals; the lanes
 * are summed at the end.
 */
export const denseMatrix = async (
  parameters: Parameters,
  matrix: readonly (readonly number[])[],
  vector: readonly number[],
): Promise<() => void> => {
  const opened = await openSeal(parameters)
  const { generator, evaluator, n } = opened
  const size = vector.length
  const lanesOfRow = n / 2 / size
  const share = size / (2 * lanesOfRow)
  const babySteps = 2 ** Math.ceil(Math.log2(share) / 2)
  const giantSteps = share / babySteps

  /** Slots from a function of ring element and lane. */
  const slots = (value: (element: number, lane: number) => number): number[] =>
    Array.from({ length: n }, (_, slot) => {
      const row = Math.floor(slot / (n / 2))
      const inRow = slot % (n / 2)
      return value(Math.floor(inRow / lanesOfRow), row * lanesOfRow + (inRow % lanesOfRow))
    })

  const steps = new Set([0, lanesOfRow, babySteps * lanesOfRow])
  for (let step = 1; step < lanesOfRow; step *= 2) steps.add(step)
  const keys = generator.createGaloisKeysWithSteps(Int32Array.from(steps))
  const input = opened.encrypt(slots((element, lane) => vector[(element + lane * share) % size]!))
  const diagonals = Array.from({ length: giantSteps }, (_, giant) =>
    Array.from({ length: babySteps }, (_, baby) =>
      nttForm(
        opened,
        slots((element, lane) => {
          const row = (element - giant * babySteps + size) % size
          return matrix[row]![(row + lane * share + giant * babySteps + baby) % size]!
        }),
      ),
    ),
  )

  const own = arena(opened)
  const addRotated = (sum: Ciphertext, rotate: (out: Ciphertext) => void): void => {
    const rotated = own.fresh()
    rotate(rotated)
    evaluator.addInplace(sum, rotated)
  }
  const run = (): Ciphertext => {
    const sum = multiplyDiagonals(opened, own, keys, diagonals, input, lanesOfRow)
    for (let step = 1; step < lanesOfRow; step *= 2) {
      addRotated(sum, (out) => evaluator.rotateRows(sum, step, keys, out))
    }
    addRotated(sum, (out) => evaluator.rotateColumns(sum, keys, out))
    return sum
  }

  const expected = matrix.map((row) => row.reduce((sum, weight, i) => sum + weight * vector[i]!, 0))
  const found = opened.decrypt(run())
  checkEqual(
    "dense matrix",
    expected.map((_, i) => found[i * lanesOfRow]!),
    expected,
  )
  own.free()
  return () => {
    run()
    own.free()
  }
}

const nttForm = ({ encode, evaluator, levels }: Seal, slots: readonly number[]): Plaintext => {
  const plain = encode(slots)
  evaluator.plainTransformToNttInplace(plain, levels.at(-1)!)
  return plain
}
