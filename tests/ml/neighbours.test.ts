import { expect, test } from "vitest"
import type { FloatGraph } from "../../src/ml/graph/graph.ts"
import { GraphBuilder } from "../../src/ml/graph/graph.ts"
import { FloatModel, importModel } from "../../src/ml/index.ts"
import { extraFolder, testOf } from "./models.ts"

/** Points of three clusters, and rows between them. */
const points = [0, 1, 2].flatMap((c) =>
  Array.from({ length: 6 }, (_, i) => [4 * c + Math.sin(7 * i + c), 3 * Math.cos(3 * i) - c]),
)
const rows = Array.from({ length: 60 }, (_, i) => [(i % 12) - 1.03, 0.31 * (i % 17) - 2.6])

const modelOf = (k: number, p: number, weights: "uniform" | "distance"): FloatModel => {
  const builder = new GraphBuilder()
  const x = builder.input("x", [2])
  const targets = {
    shape: [18, 3],
    values: Float64Array.from({ length: 54 }, (_, i) => Number(i % 3 === Math.floor(i / 18))),
  }
  const node = builder.add("neighbours", [x], {
    points: { shape: [18, 2], values: Float64Array.from(points.flat()) },
    targets,
    k,
    p,
    weights,
  })
  const graph: FloatGraph = builder.build([x], [{ name: "shares", node, scores: "probabilities" }], "float64")
  return new FloatModel(graph, "sklearn")
}

test.each([
  [1, 2, "uniform"],
  [5, 2, "uniform"],
  [4, 2, "distance"],
  [3, 1, "uniform"],
  [3, 3, "distance"],
] as const)(
  "the %i nearest by the %i-norm count %s as the floating point model has it",
  async (k, p, weights) => {
    const model = modelOf(k, p, weights)
    const program = (await model.quantize({ calibration: rows, maxLoss: 4 })).compile()
    const wanted = model.predictFloat(rows)
    const found = program.predictClear(rows)
    const off = found.filter((row, i) => row.some((share, c) => Math.abs(share - wanted[i]![c]!) > 0.02))
    // Rounding may exchange points at almost equal distances.
    expect(off.length).toBeLessThanOrEqual(rows.length * 0.05)
  },
)

test("distances to a Euclidean training set are one linear map: no product, no relinearization key", async () => {
  const program = (await modelOf(3, 2, "uniform").quantize({ calibration: rows })).compile()
  expect(program.report().counts.products).toBe(0)
  expect(program.spec.keys.relinearization).toBe(false)
})

test("the server finds the nearest itself when asked to, by comparisons", async () => {
  const small = modelOf(3, 2, "uniform")
  const quantized = await small.quantize({ calibration: rows, topK: "server", bits: 3, maxLoss: 40 })
  const program = quantized.compile()
  expect(program.spec.outputs[0]!.shape).toEqual([3])
  for (const shares of program.predictClear(rows)) expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 9)
})

test("what encryption cannot compare is refused with what to do", async () => {
  await expect(modelOf(3, Infinity, "uniform").quantize({ calibration: rows })).rejects.toThrow(
    "use the metric of p = 1 or 2",
  )
  await expect(modelOf(3, 2, "distance").quantize({ calibration: rows, topK: "server" })).rejects.toThrow(
    'topK: "client"',
  )
})

test.each(["sk-iris-knn", "sk-iris-knnd"])("%s of scikit-learn keeps its classes", async (name) => {
  const path = `${extraFolder}/${name}.json`
  const model = await importModel(path)
  const { x, scores } = testOf(path)
  const found = (await model.quantize({ calibration: x })).compile().predictClear(x)
  const classOf = (row: readonly number[]): number => row.indexOf(Math.max(...row))
  expect(found.map(classOf)).toEqual(scores.map((row) => classOf(row as readonly number[])))
})
