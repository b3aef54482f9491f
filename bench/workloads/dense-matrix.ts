import { compile, enc, uint } from "lutra"
import { denseMatrix } from "../hand-written/dense-matrix.ts"
import { seeded } from "../random.ts"
import type { Workload } from "../workload.ts"
import { multiplied, transposed } from "./linear.ts"

const SIZE = 1024
const random = seeded(1024)
const weights = random.matrix(SIZE, SIZE, -3, 3)
const vector = random.integers(SIZE, 0, 15)

export const matrix: Workload = {
  name: "matrix",
  title: "dense 1024x1024 matrix",
  unit: "vector",
  isQuick: true,
  batch: 1,
  fillsLanes: false,
  bar: { time: { ms: 360, n: 8192 }, rotationKeys: 6 },
  compile: () =>
    compile({ x: enc(uint(4), [SIZE]) }, ({ x }) => x.matmul(transposed(weights)), { name: "matrix" }),
  sample: () => ({ x: vector }),
  expected: ({ x }) => multiplied(weights, x as number[]),
  handWritten: {
    parameters: { scheme: "bgv", n: 8192, t: 65537n, primes: [54, 54, 54, 56], security: 128 },
    takes: () => true,
    units: () => 1,
    prepare: (parameters) => denseMatrix(parameters, weights, vector),
  },
}
