import fc from "fast-check"
import { expect, test } from "vitest"
import {
  type Entry,
  isIdentity,
  isSelection,
  type Matrix,
  matrixFromArrays,
  matrixFromRows,
  rowEntries,
  sliceColumns,
} from "../../src/ir/index.ts"
import { rowSum, sameMatrix } from "../../src/ir/literal/matrix.ts"

type Dense = bigint[][]

const toDense = (matrix: Matrix): Dense =>
  Array.from({ length: matrix.rows }, (_, r) => {
    const row = new Array<bigint>(matrix.columns).fill(0n)
    for (const { column, value } of rowEntries(matrix, r)) row[column] = BigInt(value)
    return row
  })

const fromDense = (columns: number, dense: readonly (readonly (number | bigint)[])[]): Matrix =>
  matrixFromRows(
    columns,
    dense.map((row) => row.map((value, column) => ({ column, value }))),
  )

/** Dense rows of small values, sometimes of large ones, mostly zeros. */
const arbitraryDense = (rows: number, columns: number): fc.Arbitrary<Dense> => {
  const value = fc.oneof(
    fc.constant(0n),
    fc.bigInt({ min: -4n, max: 4n }),
    fc.bigInt({ min: -(2n ** 29n), max: 2n ** 29n }),
  )
  return fc.array(fc.array(value, { minLength: columns, maxLength: columns }), {
    minLength: rows,
    maxLength: rows,
  })
}

const arbitrarySized = fc
  .tuple(fc.nat(5), fc.nat(5))
  .chain(([n, m]) => fc.tuple(fc.constant(m), arbitraryDense(n, m)))

test("a matrix has one form, whichever way its entries are given", () => {
  fc.assert(
    fc.property(arbitrarySized, ([m, dense]) => {
      const matrix = fromDense(m, dense)
      expect(toDense(matrix)).toEqual(dense)
      expect(matrix.value.every((v: number | bigint) => v !== 0 && v !== 0n)).toBe(true)
      const start = Int32Array.from({ length: dense.length + 1 }, (_, r) => r * m)
      const column = Int32Array.from(dense.flat(), (_, i) => m - 1 - (i % m))
      const value = dense.flatMap((row) => row.toReversed())
      expect(sameMatrix(matrixFromArrays(m, { start, column, value }), matrix)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test("a slice of columns is that of the dense matrix", () => {
  fc.assert(
    fc.property(arbitrarySized, fc.nat(5), fc.nat(5), ([m, dense], start, length) => {
      const from = Math.min(start, m)
      const to = Math.min(from + length, m)
      const slice = sliceColumns(fromDense(m, dense), from, to)
      expect(
        sameMatrix(
          slice,
          fromDense(
            to - from,
            dense.map((row) => row.slice(from, to)),
          ),
        ),
      ).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test("entries of one place add up, exactly, and zeros are not stored", () => {
  const row: Entry[] = [
    { column: 1, value: 2 ** 53 - 1 },
    { column: 0, value: 1 },
    { column: 1, value: 2n },
    { column: 0, value: -1 },
  ]
  expect(rowEntries(matrixFromRows(2, [row]), 0)).toEqual([{ column: 1, value: 2n ** 53n + 1n }])
})

test("a column that is not there and a value beyond 64 bits are refused", () => {
  expect(() => matrixFromRows(2, [[{ column: 2, value: 1 }]])).toThrow("2 columns has an entry in column 2")
  expect(() => fromDense(1, [[2n ** 63n]])).toThrow("beyond 64 bits")
})

test("identity and selection are told from others", () => {
  expect(
    isIdentity(
      fromDense(2, [
        [1, 0],
        [0, 1],
      ]),
    ),
  ).toBe(true)
  expect(
    isIdentity(
      fromDense(2, [
        [0, 1],
        [1, 0],
      ]),
    ),
  ).toBe(false)
  expect(
    isIdentity(
      fromDense(2, [
        [2, 0],
        [0, 2],
      ]),
    ),
  ).toBe(false)
  expect(
    isSelection(
      fromDense(2, [
        [1, 0],
        [1, 0],
      ]),
    ),
  ).toBe(true)
  expect(isSelection(fromDense(2, [[1, 1]]))).toBe(false)
})

test("the largest row sum counts absolute values, also beyond 2^53", () => {
  expect(
    rowSum(
      fromDense(2, [
        [1, -5],
        [2, 2],
      ]),
    ),
  ).toBe(6n)
  expect(rowSum(fromDense(2, [[2 ** 53 - 1, 2 ** 53 - 1]]))).toBe(2n ** 54n - 2n)
  expect(rowSum(fromDense(2, [[-(2n ** 62n), 2n ** 62n]]))).toBe(2n ** 63n)
})
