import fc from "fast-check"
import { expect, test } from "vitest"
import {
  denseMatrix,
  identityMatrix,
  isIdentity,
  isSelection,
  type Matrix,
  multiplyMatrices,
  rowEntries,
  selectionMatrix,
  sliceColumns,
} from "../../src/ir/index.ts"
import { rowSum, sameMatrix } from "../../src/ir/matrix.ts"

type Dense = bigint[][]

const toDense = (matrix: Matrix): Dense =>
  Array.from({ length: matrix.rows }, (_, r) => {
    const row = new Array<bigint>(matrix.columns).fill(0n)
    for (const { column, value } of rowEntries(matrix, r)) row[column] = BigInt(value)
    return row
  })

const fromDense = (rows: number, columns: number, dense: Dense): Matrix =>
  denseMatrix(rows, columns, dense.flat())

const naiveProduct = (a: Dense, b: Dense, columns: number): Dense =>
  a.map((row) =>
    Array.from({ length: columns }, (_, c) => row.reduce((sum, v, k) => sum + v * b[k]![c]!, 0n)),
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

const sizes = fc.tuple(fc.nat(5), fc.nat(5), fc.nat(5))

test("products are the naive ones, in canonical form", () => {
  const cases = sizes.chain(([n, m, p]) =>
    fc.tuple(fc.constant([n, m, p] as const), arbitraryDense(n, m), arbitraryDense(m, p)),
  )
  fc.assert(
    fc.property(cases, ([[n, m, p], a, b]) => {
      const product = multiplyMatrices(fromDense(n, m, a), fromDense(m, p, b))
      expect(sameMatrix(product, fromDense(n, p, naiveProduct(a, b, p)))).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test("products beyond 2^53 are exact, and beyond 64 bits refused", () => {
  const large = denseMatrix(1, 2, [2n ** 40n + 1n, 3n])
  expect(toDense(multiplyMatrices(large, denseMatrix(2, 1, [2 ** 20 + 1, 5])))).toEqual([
    [(2n ** 40n + 1n) * (2n ** 20n + 1n) + 15n],
  ])
  expect(() => multiplyMatrices(large, denseMatrix(2, 1, [2n ** 40n, 0]))).toThrow("beyond 64 bits")
})

test("a slice of columns is that of the dense matrix", () => {
  const cases = sizes.chain(([n, m]) => fc.tuple(fc.constant([n, m] as const), arbitraryDense(n, m)))
  fc.assert(
    fc.property(cases, fc.nat(5), ([[n, m], a], cut) => {
      const from = Math.min(cut, m)
      expect(toDense(sliceColumns(fromDense(n, m, a), from, m))).toEqual(a.map((row) => row.slice(from)))
    }),
    { numRuns: 200 },
  )
})

test("entries of one place add up, and zeros are not stored", () => {
  const matrix = multiplyMatrices(denseMatrix(1, 2, [1, 1]), denseMatrix(2, 2, [1, 2, -1, 3]))
  expect(rowEntries(matrix, 0)).toEqual([{ column: 1, value: 5 }])
})

test("identity and selection are told from others", () => {
  expect(isIdentity(identityMatrix(3))).toBe(true)
  expect(isIdentity(selectionMatrix([0, 2, 1], 3))).toBe(false)
  expect(isIdentity(selectionMatrix([0, 1], 2, 2))).toBe(false)
  expect(isSelection(selectionMatrix([0, 0], 2))).toBe(true)
  expect(isSelection(denseMatrix(1, 2, [1, 1]))).toBe(false)
  expect(() => selectionMatrix([2], 2)).toThrow("index 2 lies outside 0..1")
})

test("the largest row sum counts absolute values, also beyond 2^53", () => {
  expect(rowSum(denseMatrix(2, 2, [1, -5, 2, 2]))).toBe(6n)
  expect(rowSum(denseMatrix(1, 2, [2 ** 53 - 1, 2 ** 53 - 1]))).toBe(2n ** 54n - 2n)
  expect(rowSum(denseMatrix(1, 2, [-(2n ** 62n), 2n ** 62n]))).toBe(2n ** 63n)
})
