import { fitsNumber, ProgramError, sizeOf } from "../../data/index.ts"
import { withBounds } from "../bounds.ts"
import { anySecret, computeExactly, intTypes, magnitude, represent } from "../exact-arithmetic.ts"
import { type Literal, literal, literalRange, rangeOf, storedValues } from "../literal/literal.ts"
import { type Entry, type Matrix, matrixFromRows, rowSum } from "../literal/matrix.ts"
import { partsOf } from "../literal/operand-parts.ts"
import { op } from "../op.ts"
import { abs, type IntType, intType, max, type Shape } from "../type.ts"

export const linearOps = {
  linear: op({
    doc: "`matrix` times the flattened operands, one after the other, plus `bias`.",
    arity: "any",
    attrs: { matrix: "matrix", bias: "literal", shape: "shape" },
    infer: (operands, { matrix, bias, shape }) => {
      const columns = intTypes(operands).reduce((sum, type) => sum + sizeOf(type.shape), 0)
      const size = sizeOf(shape)
      if (matrix.columns !== columns || matrix.rows !== size || bias.values.length !== size) {
        throw new ProgramError(
          `linear with a ${matrix.rows}x${matrix.columns} matrix and ${bias.values.length} biases ` +
            `takes ${columns} elements to ${size}`,
          { code: "wrong-shape" },
        )
      }
      return rowTypes(intTypes(operands), matrix, bias.values, anySecret(operands), shape)
    },
    evaluate: (operands, { matrix, bias }, type) => {
      const most = operands.reduce((m, operand) => max(m, magnitude(operand.type as IntType)), 0n)
      const reach = rowSum(matrix) * most + abs(literalRange(bias).lo) + abs(literalRange(bias).hi)
      return computeExactly(
        reach,
        type,
        [...operands.map(({ values }) => values), storedValues(matrix.value), storedValues(bias.values)],
        (parts) => {
          const offsets = parts.at(-1)!
          const w = parts.at(-2)!
          const x = parts.slice(0, -2).flatMap((part) => Array.from(part))
          return Array.from({ length: matrix.rows }, (_, r) => {
            let total = offsets[r]!
            for (let i = matrix.start[r]!; i < matrix.start[r + 1]!; i++)
              total += w[i]! * x[matrix.column[i]!]!
            return total
          })
        },
      )
    },
    sample: (operands, pick) => {
      const columns = operands.reduce((sum, type) => sum + sizeOf(type.shape), 0)
      const shape = pick.of([[], [2], [3], [4]])
      const rows = Array.from({ length: sizeOf(shape) }, (): Entry[] =>
        columns === 0 ? [] : [0, 1].map(() => ({ column: pick.int(0, columns - 1), value: pick.int(-2, 2) })),
      )
      const bias = literal(rows.map(() => pick.int(-3, 3)))
      return { matrix: matrixFromRows(columns, rows), bias, shape }
    },
  }),
}

/**
 * The type of `matrix` times the operands plus `bias`, each element bounded by its own row; in time that grows with the
 * entries of the matrix only, for many rows may share one long operand.
 */
const rowTypes = (
  types: readonly IntType[],
  matrix: Matrix,
  bias: Literal["values"],
  secret: boolean,
  shape: Shape,
): IntType => {
  const { lo: least, hi: most } = rangeOf(bias, 0, bias.length)
  const reach =
    rowSum(matrix) * types.reduce((m, type) => max(m, magnitude(type)), 0n) + abs(least) + abs(most)
  // As in computeExactly: numbers where they are exact, else bigints under the type of numbers.
  const exact = (fitsNumber(-reach, reach) ? Number : BigInt) as (value: number | bigint) => number
  const weights =
    exact(0) === 0 && !(matrix.value instanceof BigInt64Array)
      ? matrix.value
      : Array.from(matrix.value as ArrayLike<number>, exact)
  const ends = types.map(({ lo, hi }) => ({ lo: exact(lo), hi: exact(hi) }))
  const { starts, partAt } = partsOf(types.map((type) => sizeOf(type.shape)))
  const lows: number[] = []
  const highs: number[] = []
  for (let r = 0; r < matrix.rows; r++) {
    let low = exact(bias[r]!)
    let high = low
    for (let i = matrix.start[r]!; i < matrix.start[r + 1]!; i++) {
      const column = matrix.column[i]!
      const k = partAt(column)
      const { each } = types[k]!
      const at = column - starts[k]!
      const least = each === undefined ? ends[k]!.lo : exact(each.lo[at]!)
      const most = each === undefined ? ends[k]!.hi : exact(each.hi[at]!)
      const weight = weights[i]!
      low += weight * (weight > 0 ? least : most)
      high += weight * (weight > 0 ? most : least)
    }
    lows.push(low)
    highs.push(high)
  }
  if (matrix.rows === 0) return intType(secret, 0n, 0n, shape)
  const hull = intType(secret, smallest(lows), -smallest(highs.map((high) => -high)), shape)
  return withBounds(hull, { lo: represent(lows, hull), hi: represent(highs, hull) })
}

const smallest = (values: readonly (number | bigint)[]): bigint => {
  let least = values[0]!
  for (const value of values) if (value < least) least = value
  return BigInt(least)
}
