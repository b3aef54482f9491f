import { literal, type Matrix } from "../../ir/index.ts"
import { centred, inverseMod } from "../arithmetic/field.ts"

/**
 * The centred residues mod t of a matrix, divided by `scale` for operands that are so many times too large: residues are
 * small and cost less noise than weights beyond t/2.
 */
export const residueMatrix = (matrix: Matrix, scale: bigint, t: bigint): Matrix => {
  if (scale === 1n && isCentred(matrix, t)) return matrix
  const inverse = scale === 1n ? 1n : inverseMod(scale, t)
  const { values } = literal(
    Array.from(matrix.value as ArrayLike<number | bigint>, (w) => centred(BigInt(w) * inverse, t)),
  )
  return { ...matrix, value: values }
}

const isCentred = ({ value }: Matrix, t: bigint): boolean => {
  // Compared as a number where the entries are: half a million comparisons with a bigint take long.
  const half = value instanceof BigInt64Array ? t / 2n : Number(t / 2n)
  return value.every((w: number | bigint) => w <= half && w >= -half)
}
