import { describe, expect, it } from "vitest"
import type { NestedResult } from "../../src/data/index.ts"
import {
  concat,
  constant,
  dot,
  enc,
  matmul,
  range,
  stack,
  sum,
  type Tensor,
  type TensorLike,
} from "../../src/frontend/index.ts"
import { run } from "./support.ts"

const X = [
  [1, 2, 3],
  [4, 5, 6],
]
/** The result on [[1, 2, 3], [4, 5, 6]]. */
const on = (fn: (x: Tensor) => TensorLike): NestedResult =>
  run({ x: enc(range(0, 9), [2, 3]) }, ({ x }) => fn(x), { x: X })

describe("movement", () => {
  it("reshape, flatten and ravel keep row-major order", () => {
    expect(on((x) => x.reshape([3, 2]))).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ])
    expect(on((x) => x.reshape([-1, 2]))).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ])
    expect(on((x) => x.reshape(6))).toEqual([1, 2, 3, 4, 5, 6])
    expect(on((x) => x.flatten())).toEqual([1, 2, 3, 4, 5, 6])
    expect(on((x) => x.ravel())).toEqual([1, 2, 3, 4, 5, 6])
    expect(on((x) => x.at(1, 2).reshape([]))).toBe(6)
  })

  it("transpose reverses the axes or orders them", () => {
    const expected = [
      [1, 4],
      [2, 5],
      [3, 6],
    ]
    expect(on((x) => x.T)).toEqual(expected)
    expect(on((x) => x.transpose())).toEqual(expected)
    expect(on((x) => x.transpose([0, -1]))).toEqual(X)
    expect(on((x) => x.reshape([1, 2, 3]).transpose([2, 0, 1]))).toEqual([[[1, 4]], [[2, 5]], [[3, 6]]])
  })

  it("squeeze and expandDims take axes of the operand and of the result", () => {
    const shapeOf = (fn: (x: Tensor) => Tensor): readonly number[] => {
      let shape: readonly number[] = []
      on((x) => {
        shape = fn(x).shape
        return x
      })
      return shape
    }
    expect(shapeOf((x) => x.expandDims(0))).toEqual([1, 2, 3])
    expect(shapeOf((x) => x.expandDims(-1))).toEqual([2, 3, 1])
    expect(shapeOf((x) => x.expandDims([0, 2]))).toEqual([1, 2, 1, 3])
    expect(shapeOf((x) => x.expandDims([0, 2]).squeeze())).toEqual([2, 3])
    expect(shapeOf((x) => x.expandDims([0, 2]).squeeze({ axis: -2 }))).toEqual([1, 2, 3])
  })

  it("broadcastTo repeats", () => {
    expect(on((x) => x.at(0).broadcastTo([2, 3]))).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
    expect(on((x) => x.slice(null, [0, 1]).broadcastTo([2, 2]))).toEqual([
      [1, 1],
      [4, 4],
    ])
  })

  it("concat joins along an axis, stack along a new one", () => {
    expect(on((x) => concat([x, [[7, 8, 9]]]))).toEqual([...X, [7, 8, 9]])
    expect(on((x) => x.concat([x, [[0], [1]]], { axis: -1 }))).toEqual([
      [1, 2, 3, 1, 2, 3, 0],
      [4, 5, 6, 4, 5, 6, 1],
    ])
    expect(on((x) => stack([x.at(1), x.at(0), [7, 8, 9]]))).toEqual([
      [4, 5, 6],
      [1, 2, 3],
      [7, 8, 9],
    ])
    expect(on((x) => x.at(0).stack([x.at(1)], { axis: -1 }))).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ])
    expect(on((x) => stack([x.at(0, 0), 9, x.at(1, 1)]))).toEqual([1, 9, 5])
  })

  it("moves real values", () => {
    expect(
      on((x) =>
        x
          .div(2)
          .T.at(0)
          .concat([x.div(4).at(0)])
          .floor(),
      ),
    ).toEqual([0, 2, 0, 0, 0])
  })

  it("shape, ndim and size describe the tensor", () => {
    on((x) => {
      expect([x.shape, x.ndim, x.size]).toEqual([[2, 3], 2, 6])
      expect([x.at(0, 0).shape, x.at(0, 0).ndim, x.at(0, 0).size]).toEqual([[], 0, 1])
      return x
    })
  })
})

describe("indexing", () => {
  it("at takes integers, counted from the end when negative", () => {
    expect(on((x) => x.at(1, 2))).toBe(6)
    expect(on((x) => x.at(-1, -3))).toBe(4)
    expect(on((x) => x.at(0))).toEqual([1, 2, 3])
  })

  it("slice takes one entry per axis, an integer drops its axis", () => {
    expect(on((x) => x.slice([0, 1], [1, null]))).toEqual([[2, 3]])
    expect(on((x) => x.slice(1, [null, null, -1]))).toEqual([6, 5, 4])
    expect(on((x) => x.slice(null, -1))).toEqual([3, 6])
    expect(on((x) => x.slice([1]))).toEqual([[4, 5, 6]])
    expect(on((x) => x.slice())).toEqual(X)
    expect(on((x) => x.slice([5, 9]))).toEqual([])
  })

  it("slice of one axis picks what Python's range of the same bounds picks", () => {
    const bounds = [null, -7, -5, -2, -1, 0, 1, 3, 4, 5, 8]
    const values = [10, 11, 12, 13, 14]
    for (const start of bounds) {
      for (const stop of bounds) {
        for (const step of [null, 1, 2, 3, -1, -2, -7]) {
          const result = run({ x: enc(range(0, 20), [5]) }, ({ x }) => x.slice([start, stop, step]), {
            x: values,
          })
          expect(result, `[${start}:${stop}:${step}]`).toEqual(pythonSlice(values, start, stop, step ?? 1))
        }
      }
    }
  })
})

/** By the definition: from the start on, as long as the place is inside the list and before the stop. */
const pythonSlice = (list: number[], start: number | null, stop: number | null, step: number): number[] => {
  const wrap = (bound: number) => (bound < 0 ? bound + list.length : bound)
  const taken: number[] = []
  const first = start === null ? (step > 0 ? 0 : list.length - 1) : wrap(start)
  const from = step > 0 ? Math.max(first, 0) : Math.min(first, list.length - 1)
  const isBefore = (i: number) => stop === null || (step > 0 ? i < wrap(stop) : i > wrap(stop))
  for (let i = from; i >= 0 && i < list.length && isBefore(i); i += step) taken.push(list[i]!)
  return taken
}

describe("contraction", () => {
  it("sum takes all axes, one or several, and keeps them on request", () => {
    expect(on((x) => x.sum())).toBe(21)
    expect(on((x) => sum(x, { axis: 0 }))).toEqual([5, 7, 9])
    expect(on((x) => x.sum({ axis: -1 }))).toEqual([6, 15])
    expect(on((x) => x.sum({ axis: [1, 0] }))).toBe(21)
    expect(on((x) => x.sum({ axis: 1, keepDims: true }))).toEqual([[6], [15]])
    expect(on((x) => x.sum({ keepDims: true }))).toEqual([[21]])
    expect(on((x) => x.at(0, 1).sum())).toBe(2)
  })

  it("matmul takes weights on either side, as nested arrays, typed arrays or constants", () => {
    expect(
      on((x) =>
        x.matmul([
          [1, 0],
          [0, 1],
          [1, -1],
        ]),
      ),
    ).toEqual([
      [4, -1],
      [10, -1],
    ])
    expect(on((x) => matmul([[1, 2]], x))).toEqual([[9, 12, 15]])
    expect(on((x) => x.matmul(Int8Array.of(1, 2, 3)))).toEqual([14, 32])
    expect(on((x) => x.matmul(constant([[1, 2, 3]]).T))).toEqual([[14], [32]])
    expect(on((x) => x.matmul(x.T))).toEqual([
      [14, 32],
      [32, 77],
    ])
  })

  it("dot follows numpy", () => {
    expect(on((x) => x.at(0).dot(x.at(1)))).toBe(32)
    expect(on((x) => dot([1, 1, 1], x.at(1)))).toBe(15)
    expect(on((x) => x.dot([1, 0, 0]))).toEqual([1, 4])
    expect(on((x) => x.dot(x.T))).toEqual([
      [14, 32],
      [32, 77],
    ])
    expect(on((x) => x.dot(2))).toEqual([
      [2, 4, 6],
      [8, 10, 12],
    ])
  })
})

describe("lookup", () => {
  it("one table per element: leading axes broadcast against the value", () => {
    const tables = [0, 1, 2].map((k) => Array.from({ length: 10 }, (_, v) => 100 * k + v))
    expect(on((x) => x.lookup(tables))).toEqual([
      [1, 102, 203],
      [4, 105, 206],
    ])
    expect(on((x) => x.at(0).lookup(tables.map((row) => [row])))).toEqual([
      [1, 2, 3],
      [101, 102, 103],
      [201, 202, 203],
    ])
    expect(on((x) => x.at(0, 0).lookup(tables))).toEqual([1, 101, 201])
    expect(on((x) => x.at(0).lookup([tables[1]!]))).toEqual([101, 102, 103])
  })

  it("a value without elements may be looked up", () => {
    const ten = Array.from({ length: 10 }, (_, v) => v)
    expect(on((x) => x.slice([0, 0]).lookup(ten))).toEqual([])
    expect(on((x) => x.slice([0, 0]).lookup([ten, ten, ten]))).toEqual([])
  })
})
