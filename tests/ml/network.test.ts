import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { trace } from "../../src/frontend/index.ts"
import { enc, range } from "../../src/index.ts"
import { evaluate } from "../../src/ir/index.ts"
import { GraphBuilder } from "../../src/ml/graph/graph.ts"
import { tensor, vector } from "../../src/ml/graph/tensor.ts"
import { frontierOf, frontierSvg, importModel } from "../../src/ml/index.ts"
import { correlations } from "../../src/ml/math/statistics.ts"
import { buildNetwork } from "../../src/ml/quantize/network/fit/build-network.ts"
import { calibrate } from "../../src/ml/quantize/network/fit/calibration-data.ts"
import { fitPowers } from "../../src/ml/quantize/network/fit/fit-powers.ts"
import { rounderFor } from "../../src/ml/quantize/network/fit/round-weights.ts"
import { inputGrid, toIntegers } from "../../src/ml/quantize/network/input-grid.ts"
import {
  type Bounds,
  boundFeatures,
  boundRow,
  simulateNetwork,
} from "../../src/ml/quantize/network/integer-network.ts"
import { lowerNetwork } from "../../src/ml/quantize/network/lower/lower-network.ts"
import { networkPart } from "../../src/ml/quantize/network/lower/network-part.ts"
import { evaluateNetwork } from "../../src/ml/quantize/network/network.ts"
import type { LayerPlan, Plan } from "../../src/ml/quantize/network/plan.ts"
import { quantizeNetwork } from "../../src/ml/quantize/network/quantize-network.ts"
import { traceNetwork } from "../../src/ml/quantize/network/trace-network.ts"
import { extraFolder, modelFolder, testOf } from "./models.ts"
import { networkCase, networks } from "./network-rows.ts"
import { refusalOf } from "./support.ts"

const uniform = (plan: LayerPlan, depth: number, inputBits = 3): Plan => ({
  inputBits,
  inputRule: "min-max",
  layers: new Array<LayerPlan>(depth).fill(plan),
  outputPrecision: 4,
})

const prepared = async (name: (typeof networks)[number], count: number) => {
  const { model, calibration } = await networkCase(name, count)
  const part = networkPart(model.graph)
  const network = await lowerNetwork(part)
  const rows = calibration.map((row) => Float64Array.from(row))
  return { model, part, network, rows, data: await calibrate(model.graph, part, network, rows) }
}

test.each(networks)("%s as linear maps and layers gives the model's own scores", async (name) => {
  const { model, network, rows, data } = await prepared(name, 20)
  const found = await evaluateNetwork(network, data.inputs)
  model.predictFloat(rows).forEach((scores, r) => {
    for (const [o, score] of scores.entries()) expect(found[o]![r]).toBeCloseTo(score, 3)
  })
})

describe.each<[string, LayerPlan]>([
  ["shifted squares", { kind: "powers", powers: [2], precision: 3 }],
  ["squares", { kind: "powers", powers: [1, 2], precision: 3 }],
  ["tables", { kind: "table", bits: 6, outputBits: 3 }],
])("integers by %s", (_, plan) => {
  test.each(["digits-cnn", "cancer-mlp"] as const)(
    "of %s are simulated as the program computes them",
    async (name) => {
      const { network, data } = await prepared(name, 60)
      const { network: integer, bits } = await buildNetwork(
        network,
        data,
        uniform(plan, network.layers.length),
      )
      expect(bits).toBeLessThan(53)
      const { lo, hi } = integer.grid
      const { program } = trace("network", { row: enc(range(lo, hi), [network.columns]) }, ({ row }) =>
        traceNetwork(integer, row),
      )
      const inputs = data.inputs.map((values, c) => toIntegers(values, integer.grid, c).slice(0, 3))
      const outputs = await simulateNetwork(integer, inputs)
      for (let r = 0; r < 3; r++) {
        const row = inputs.map((values) => values[r]!)
        expect(evaluate(program, { row })["y"]).toEqual(outputs.map((output) => output[r]! + 0))
      }
    },
  )

  test("stay inside bounds that follow from the inputs' range", async () => {
    const { network, data } = await prepared("digits-cnn", 40)
    const { network: integer } = await buildNetwork(network, data, uniform(plan, network.layers.length))
    const { lo, hi } = integer.grid
    // Rows that no calibration has seen: all ends of the range.
    let state = 5
    const ends = Array.from({ length: network.columns }, () =>
      Float64Array.from({ length: 30 }, () => {
        state = (state * 48271) % 2147483647
        return state % 2 === 0 ? lo : hi
      }),
    )
    const bounds: Bounds[] = ends.map(() => ({ lo, hi }))
    for (const { rows, activation } of integer.layers) {
      bounds.push(
        ...boundFeatures(
          activation,
          rows.map((row) => boundRow(row, bounds)),
          bounds,
        ),
      )
    }
    ;(await simulateNetwork(integer, ends)).forEach((output, o) => {
      const proved = boundRow(integer.output[o]!, bounds)
      expect(Math.min(...output)).toBeGreaterThanOrEqual(proved.lo)
      expect(Math.max(...output)).toBeLessThanOrEqual(proved.hi)
    })
  })
})

test("tables never take more entries than their bits", async () => {
  const { network, data } = await prepared("digits-mlp", 60)
  const { network: integer } = await buildNetwork(
    network,
    data,
    uniform({ kind: "table", bits: 6, outputBits: 3 }, 1, 1),
  )
  const [layer] = integer.layers
  const bounds = data.inputs.map(() => ({ lo: integer.grid.lo, hi: integer.grid.hi }))
  for (const row of layer!.rows) {
    const { lo, hi } = boundRow(row, bounds)
    expect(lo).toBe(0)
    expect(hi).toBeLessThan(64)
  }
})

describe("parts", () => {
  const noise = (seed: number) => {
    let state = seed
    return () => {
      state = (state * 48271) % 2147483647
      return state / 2147483647 - 0.5
    }
  }

  test("rounding that corrects itself leaves a smaller error of the sum than rounding each weight", () => {
    const random = noise(3)
    let [corrected, plain] = [0, 0]
    for (let trial = 0; trial < 20; trial++) {
      const shared = Float64Array.from({ length: 200 }, () => random() * 3)
      const features = Array.from({ length: 12 }, () => shared.map((value) => value + random()))
      const weights = Float64Array.from({ length: 12 }, () => random() * 4)
      const errorOf = (integers: Float64Array): number =>
        shared.reduce((sum, _, r) => {
          const off = features.reduce(
            (total, feature, k) => total + feature[r]! * (weights[k]! - integers[k]!),
            0,
          )
          return sum + off * off
        }, 0)
      const steps = new Float64Array(12).fill(1)
      corrected += errorOf(rounderFor(correlations(features)).round(weights, steps))
      plain += errorOf(weights.map(Math.round))
    }
    expect(corrected).toBeLessThan(0.5 * plain)
  })

  test("a parabola is fitted by its own coefficients", () => {
    const x = Float64Array.from({ length: 50 }, (_, i) => i - 20)
    const { coefficients, constant } = fitPowers(
      x,
      x.map((value) => 0.25 * value * value - 3 * value + 7),
      [1, 2],
    )
    expect(coefficients[0]).toBeCloseTo(-3, 2)
    expect(coefficients[1]).toBeCloseTo(0.25, 3)
    expect(constant).toBeCloseTo(7, 1)
  })

  test("columns of few equal steps keep them, others are cut into as many as there are bits, and constant ones are left alone", () => {
    const grey = Float64Array.from({ length: 34 }, (_, i) => (i % 17) / 16)
    const real = grey.map((value, i) => value * 3 + Math.sin(i))
    const grid = inputGrid([grey, real, new Float64Array(34).fill(5)], 4, "min-max")
    expect(grid.hi).toBe(16)
    expect(Array.from(toIntegers(grey, grid, 0)).slice(0, 17)).toEqual(
      Array.from({ length: 17 }, (_, i) => i),
    )
    expect(Math.min(...toIntegers(real, grid, 1))).toBeGreaterThanOrEqual(0)
    expect(grid.constant).toEqual([undefined, undefined, 5])
  })
})

test.each([
  ["cancer-mlp", true],
  ["cancer-mlp", false],
  ["digits-mlp-square", true],
] as const)(
  "%s loses at most half a point on the rows it was calibrated on, labels given: %s",
  async (name, isLabelled) => {
    const path = join(modelFolder, `${name}.onnx`)
    const { x, y } = testOf(path)
    const model = await importModel(path)
    const program = (await model.quantize({ calibration: x, ...(isLabelled && { labels: y! }) })).compile()
    const accuracy = (scores: readonly (readonly number[])[]): number =>
      scores.filter((row, i) => row.indexOf(Math.max(...row)) === y![i]).length / x.length
    expect(accuracy(program.predictClear(x))).toBeGreaterThanOrEqual(accuracy(model.predictFloat(x)) - 0.005)
  },
)

test("ranges of inputs may leave out the outermost values, and do where fewer bits are then enough", async () => {
  const column = Float64Array.from({ length: 200 }, (_, i) => (i === 7 ? 100 : Math.sin(i)))
  const [all, most, least] = (["min-max", "percentile", "mse"] as const).map(
    (rule) => inputGrid([column], 3, rule).scale[0]!,
  )
  expect(all! / most!).toBeGreaterThan(30)
  // One value clipped by so much weighs more than all that are rounded.
  expect(least).toBe(all)
  const { model, calibration } = await networkCase("cancer-mlp", 398)
  const quantized = await model.quantize({ calibration, prefer: "small" })
  const plans = quantized.candidates.map(({ program }) => program.model.notes[0])
  expect(plans).toContainEqual(expect.stringContaining("over all but the outermost values"))
})

test("a network trained on a grid keeps it: the integers give its scores", async () => {
  const path = join(extraFolder, "torch-qat-torchscript.onnx")
  const model = await importModel(path)
  const { x } = testOf(path)
  const rows = x.map((row) => Float64Array.from(row.flat(3) as number[]))
  const random = rows.flatMap((row) => [row, row.map((value, i) => Math.sin(7 * value + i))])
  const family = await quantizeNetwork(model.graph, { rows: random, scores: model.predictFloat(random) })
  expect(family.candidates).toHaveLength(1)
  expect(family.candidates[0]!.heldOut!.fidelity.worst).toBeLessThan(1e-5)
  expect(family.candidates[0]!.notes).toContain("the grid is the model's own")
})

test("labels of few rows are not taken for those of the rows made up near them", async () => {
  const path = join(extraFolder, "torch-qat-dynamo.onnx")
  const model = await importModel(path)
  const calibration = testOf(path).x.slice(0, 8)
  const labels = model.predictFloat(calibration).map((row) => row.indexOf(Math.max(...row)))
  const { candidates } = (await model.quantize({ calibration, labels })).report()
  // On its own grid the model decides as in floating point, whatever rows it is measured on.
  expect(candidates[0]!.fidelity.agreement).toBe(1)
  expect(candidates[0]!.fidelity.accuracy ?? 1).toBe(1)
})

test("everything that has no integer form is named in one error", async () => {
  const builder = new GraphBuilder()
  const x = builder.input("x", [3])
  const weights = tensor(
    [3, 3],
    Array.from({ length: 9 }, (_, i) => Math.sin(1 + 2 * i)),
  )
  const hidden = builder.add("dense", [x], { weights })
  const folds = (["max", "l2"] as const).map((by) =>
    builder.add("reduce", [hidden], { by, axes: [0], keep: true }),
  )
  const joined = builder.add("concat", folds, { axis: 0 })
  const end = builder.add("dense", [joined], { weights: tensor([1, 2], [0.4, 0.7]) })
  const graph = builder.build([x], [{ name: "y", node: end, scores: "values" }], "float64")
  const rows = Array.from({ length: 30 }, (_, r) =>
    Float64Array.from([Math.sin(r), Math.cos(3 * r), Math.sin(5 * r)]),
  )
  const message = await refusalOf(() => quantizeNetwork(graph, { rows, scores: rows.map(() => [0]) }))
  expect(message).toContain("cannot be quantized as a network")
  expect(message).toMatch(/reduce .*a max over axes/)
  expect(message).toMatch(/reduce .*a l2 over axes/)
})

test("the product of two layers and a residual sum are computed as such", async () => {
  const builder = new GraphBuilder()
  const x = builder.input("x", [3])
  const weights = (rows: number, seed: number) =>
    tensor(
      [rows, 3],
      Array.from({ length: rows * 3 }, (_, i) => Math.sin(seed + 2 * i)),
    )
  const a = builder.add("dense", [x], { weights: weights(3, 1), bias: vector([0.1, 0.2, 0.3]) })
  const b = builder.add("dense", [x], { weights: weights(3, 2) })
  const product = builder.add("combine", [a, b], { function: "mul" })
  const sum = builder.add("combine", [product, a], { function: "add" })
  const end = builder.add("dense", [sum], { weights: weights(3, 3) })
  const graph = builder.build([x], [{ name: "y", node: end, scores: "values" }], "float64")
  const random = Array.from({ length: 60 }, (_, r) =>
    Float64Array.from([Math.sin(r), Math.cos(3 * r), Math.sin(5 * r)]),
  )
  const part = networkPart(graph)
  const network = await lowerNetwork(part)
  const data = await calibrate(part.graph, part, network, random)
  const plan = { ...uniform({ kind: "powers", powers: [2], precision: 9 }, 1, 9), outputPrecision: 9 }
  const { network: integer } = await buildNetwork(network, data, plan)
  const outputs = await simulateNetwork(
    integer,
    data.inputs.map((values, c) => toIntegers(values, integer.grid, c)),
  )
  data.values.get(end)!.forEach((wanted, o) => {
    wanted.forEach((value, r) => {
      expect(Math.abs(outputs[o]![r]! * integer.scale[o]! - value)).toBeLessThan(0.03)
    })
  })
})

test("the frontier leaves out what another model beats both in time and in loss", () => {
  const points = [
    { label: "a", time: 100, loss: 2 },
    { label: "b", time: 300, loss: 0.5 },
    { label: "c & d", time: 400, loss: 1 },
  ]
  expect(frontierOf(points).map(({ label }) => label)).toEqual(["a", "b"])
  const svg = frontierSvg(points)
  expect(svg.match(/<circle/g)).toHaveLength(3)
  expect(svg).toContain("c &amp; d")
})
