import { expect, test } from "vitest"
import { matrixCost } from "../../src/backend/matrix/matrix-plan.ts"
import { trace } from "../../src/frontend/index.ts"
import { enc, type Tensor, uint } from "../../src/index.ts"
import { evaluate, nodesOf, type Program, print } from "../../src/ir/index.ts"
import { defaultTarget, orderRows, runPasses } from "../../src/passes/index.ts"

const SIZE = 9
const kernel = (channels: number) =>
  Array.from({ length: channels }, (_, o) => [
    Array.from({ length: 3 }, (_, a) => Array.from({ length: 3 }, (_, b) => ((a * 5 + b + o) % 3) - 1)),
  ])
const image = {
  x: [[Array.from({ length: SIZE }, (_, i) => Array.from({ length: SIZE }, (_, j) => (i * j) % 2))]],
}

const optimized = (fn: (x: Tensor) => Tensor): Program =>
  runPasses(trace("f", { x: enc(uint(1), [1, 1, SIZE, SIZE]) }, ({ x }) => fn(x)).program, defaultTarget)

/** Rotations of the first matrix in a ring of 4096. */
const firstCost = (program: Program): number => {
  const first = nodesOf(program).find((node) => node.op === "linear")
  if (first?.op !== "linear") throw new Error("no matrix")
  return matrixCost({ n: 8192, ring: 4096 }, first.attrs.matrix, { length: SIZE * SIZE, period: 128 })
}

test.each([
  ["a convolution", (x: Tensor) => x.conv2d(kernel(2)).relu().sum()],
  ["one of several channels with a stride", (x: Tensor) => x.conv2d(kernel(4), { stride: 2 }).relu().sum()],
  [
    "a product of two of them",
    (x: Tensor) =>
      x
        .conv2d(kernel(1))
        .mul(x.conv2d(kernel(1)).add(1))
        .sum(),
  ],
  [
    "one with a table for each element",
    (x: Tensor) => {
      const tables = Array.from({ length: 49 }, (_, i) => Array.from({ length: 19 }, (_, v) => (v * i) % 7))
      return x.conv2d(kernel(1)).reshape([49]).lookup(tables, { offset: -9 }).sum()
    },
  ],
] as const)("%s means the same with gaps, and takes fewer rotations", (_, fn) => {
  const before = optimized(fn)
  const after = orderRows.run(before, defaultTarget)
  expect(print(after)).not.toBe(print(before))
  expect(evaluate(after, image)).toEqual(evaluate(before, image))
  expect(firstCost(after)).toBeLessThan(firstCost(before) / 1.5)
  expect(print(orderRows.run(after, defaultTarget))).toBe(print(after))
})

test.each([
  ["an output", (x: Tensor) => x.conv2d(kernel(1)).relu().reshape([49])],
  [
    "a vector that is multiplied by an input",
    (x: Tensor) => x.conv2d(kernel(1), { padding: 1 }).mul(x).sum(),
  ],
  [
    "a dense matrix",
    (x: Tensor) =>
      x
        .reshape([81])
        .matmul(Array.from({ length: 81 }, (_, i) => Array.from({ length: 20 }, (_, j) => ((i + j) % 3) - 1)))
        .relu()
        .sum(),
  ],
] as const)("%s stays in order", (_, fn) => {
  const before = optimized(fn)
  expect(orderRows.run(before, defaultTarget)).toBe(before)
})
