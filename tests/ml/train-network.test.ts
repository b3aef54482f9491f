import { describe, expect, test } from "vitest"
import {
  type AttributesOf,
  accuracy,
  type ConvolutionalOptions,
  convolutional,
  evaluateNodes,
  type FloatModel,
  type FloatNode,
  type PerceptronOptions,
  perceptron,
  r2,
} from "../../src/ml/index.ts"
import { seeded } from "../../src/ml/math/random.ts"
import { activationLayer, roundingLayer } from "../../src/ml/train/network/activation-layers.ts"
import { trainConvolutional } from "../../src/ml/train/network/convolutional.ts"
import type { Trained } from "../../src/ml/train/network/fit-network.ts"
import type { Layer } from "../../src/ml/train/network/layer.ts"
import { convLayer, denseLayer } from "../../src/ml/train/network/linear-layers.ts"
import { trainPerceptron } from "../../src/ml/train/network/perceptron.ts"
import { poolLayer } from "../../src/ml/train/network/pool-layer.ts"
import { readData, splitData } from "./data-sets.ts"

const digits = splitData("digits")
const wine = splitData("wine")
const image = { shape: [1, 8, 8] } as const
const fourBits = { weightBits: 4, activationBits: 4 } as const

/** The results of the last layer, before the link of the client. */
const logits = (model: FloatModel, rows: readonly number[][]): number[][] =>
  model.predictFloat(rows).map((scores) => {
    if (model.graph.outputs[0]!.scores === "values") return scores
    return scores.length === 1 ? [Math.log(scores[0]! / (1 - scores[0]!))] : scores.map(Math.log)
  })

const centred = (row: ArrayLike<number>): number[] => {
  const all = Array.from(row)
  return all.length === 1 ? all : all.map((x) => x - all.reduce((a, b) => a + b) / all.length)
}

describe("the graph computes what training computed", () => {
  const x = digits.train.x.slice(0, 200)
  const y = digits.train.y.slice(0, 200)
  const short = { epochs: 3 } as const
  const worst = ({ model, results }: Trained, rows: readonly number[][]): number => {
    const found = logits(model, rows)
    return results().reduce((most, row, i) => {
      const [a, b] = [centred(row), centred(found[i]!)]
      return a.reduce((max, value, k) => Math.max(max, Math.abs(value - b[k]!)), most)
    }, 0)
  }

  const perceptrons: Record<string, PerceptronOptions> = {
    "real numbers": short,
    "four bits": { ...short, ...fourBits },
    "four bits of all pixels alike": { ...short, ...fourBits, scaling: "all" },
    "narrow sums": { ...short, ...fourBits, scaling: "all", inputBits: 2, accumulatorBits: 6 },
    squares: { ...short, ...fourBits, activation: "square" },
    "two tables": { ...short, ...fourBits, activation: "tanh", hidden: [16, 8] },
    sigmoids: { ...short, ...fourBits, activation: "sigmoid" },
    "no hidden layer": { ...short, hidden: [] },
  }
  test.each(Object.entries(perceptrons))("a perceptron of %s", (_, options) => {
    expect(worst(trainPerceptron(options, x, y), x)).toBeLessThan(1e-9)
  })

  const networks: Record<string, ConvolutionalOptions> = {
    "real numbers": { ...image, ...short },
    "four bits": { ...image, ...short, ...fourBits, hidden: [12] },
    "narrow sums": {
      ...image,
      ...short,
      ...fourBits,
      accumulatorBits: 9,
      layers: [
        { channels: 4, stride: 2, padding: 1 },
        { channels: 6, kernel: 2, pool: 3 },
      ],
    },
    squares: { ...image, ...short, ...fourBits, activation: "square" },
  }
  test.each(Object.entries(networks))("a convolutional network of %s", (_, options) => {
    expect(worst(trainConvolutional(options, x, y), x)).toBeLessThan(1e-9)
  })

  test("a regression, in the units of its values", () => {
    const { x, y } = readData("diabetes")
    const { model, results } = trainPerceptron({ ...fourBits, task: "regression", epochs: 5 }, x, y)
    const [a, b] = [0, 1].map((i) => results()[i]![0]!)
    const [first, second] = model.predictFloat(x.slice(0, 2)).map(([score]) => score!)
    const mean = y.reduce((sum, value) => sum + value) / y.length
    const deviation = Math.sqrt(y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / y.length)
    expect(first).toBeCloseTo(mean + deviation * a!, 9)
    expect(second).toBeCloseTo(mean + deviation * b!, 9)
  })
})

describe("layers", () => {
  const rows = 3
  const options = {
    bits: undefined,
    accumulatorBits: undefined,
    batch: rows,
    isFirst: false,
    random: seeded(5),
    before: undefined,
  } as const
  const window = { kernel: [2, 2], strides: [1, 1], dilations: [1, 1], padsBefore: [1, 0], padsAfter: [0, 1] }
  const conv = convLayer([2, 4, 4], 3, window, undefined, options)
  const layers: Record<string, { layer: Layer; inputs: number }> = {
    dense: { layer: denseLayer(5, 4, undefined, options), inputs: 5 },
    convolution: { layer: conv, inputs: 32 },
    pool: { layer: poolLayer([2, 4, 4], 2, undefined, rows), inputs: 32 },
    square: { layer: activationLayer("square", [6], undefined, rows), inputs: 6 },
    relu: { layer: activationLayer("relu", [6], undefined, rows), inputs: 6 },
    sigmoid: { layer: activationLayer("sigmoid", [6], undefined, rows), inputs: 6 },
    tanh: { layer: activationLayer("tanh", [6], undefined, rows), inputs: 6 },
  }

  test.each(Object.entries(layers))("%s goes back by its derivatives", (_, { layer, inputs }) => {
    const random = seeded(9)
    const x = new Float64Array(rows * inputs).map(() => 2 * random() - 1)
    layer.constrain?.(0)
    const weights = layer.forward(x, rows).map(() => 2 * random() - 1)
    const loss = (): number => {
      layer.constrain?.(0)
      return layer.forward(x, rows).reduce((sum, y, i) => sum + y * weights[i]!, 0)
    }
    const slopeAt = (values: Float64Array, i: number): number => {
      const value = values[i]!
      values[i] = value + 1e-6
      const above = loss()
      values[i] = value - 1e-6
      const difference = above - loss()
      values[i] = value
      return difference / 2e-6
    }
    loss()
    const back = layer.backward(weights, rows).slice()
    const gradients = layer.parameters.map(({ gradient }) => gradient.slice())
    for (const i of x.keys()) expect(back[i]).toBeCloseTo(slopeAt(x, i), 6)
    layer.parameters.forEach(({ values }, p) => {
      for (const i of values.keys()) expect(gradients[p]![i]).toBeCloseTo(slopeAt(values, i), 6)
    })
  })

  test("rounding lets derivatives through within its range, and widens it where values are cut", () => {
    const layer = roundingLayer("relu", 2, [4], 1)
    expect([...layer.forward(Float64Array.of(0, 1.4, 2.6, 3), 1)]).toEqual([0, 1, 3, 3])
    layer.forward(Float64Array.of(-2, 1.4, 2.6, 5), 1)
    expect([...layer.backward(Float64Array.of(1, 2, 3, 4), 1)]).toEqual([0, 2, 3, 0])
    expect([...layer.parameters[0]!.gradient]).toEqual([4])
  })
})

describe("constraints", () => {
  const isLinear = (node: FloatNode) => node.kind === "dense" || node.kind === "conv"
  /** The integers of a layer's weights, and its bias in units of its sums. */
  const integersOf = (node: FloatNode) => {
    if (node.kind !== "dense" && node.kind !== "conv") throw new Error("not linear")
    const { weights, bias } = node.attributes
    const [step, unit] = [weights.grid!.scale[0]!, bias!.grid!.scale[0]!]
    return {
      weights: Array.from(weights.values, (value) => value / step),
      bias: Array.from(bias!.values, (value) => value / unit),
      inputs: weights.values.length / weights.shape[0]!,
    }
  }
  const fit = (options: PerceptronOptions) =>
    perceptron({ scaling: "all", epochs: 4, ...options }).fit(digits.train.x, digits.train.y)

  test("weights are integers of the bits asked for, biases whole units", () => {
    for (const node of fit({ weightBits: 3, activationBits: 3 }).graph.nodes.filter(isLinear)) {
      const { weights, bias } = integersOf(node)
      expect(weights.every((q) => Number.isInteger(q) && Math.abs(q) <= 3)).toBe(true)
      expect(weights.some((q) => Math.abs(q) === 3)).toBe(true)
      expect(bias.every(Number.isInteger)).toBe(true)
    }
  })

  test.each([
    [6, 2],
    [8, 3],
    [10, 4],
  ])("sums fit %i bits whatever the sample, and are wider without the bound", (bits, inputBits) => {
    const widest = (model: FloatModel): number => {
      const { weights, bias, inputs } = integersOf(model.graph.nodes.find(isLinear)!)
      return bias.reduce((most, b, o) => {
        const row = weights.slice(o * inputs, (o + 1) * inputs)
        const hi = row.reduce((sum, q) => sum + Math.max(0, q), 0) * (2 ** inputBits - 1)
        const lo = row.reduce((sum, q) => sum + Math.min(0, q), 0) * (2 ** inputBits - 1)
        return Math.max(most, b + hi, -1 - b - lo)
      }, 0)
    }
    expect(widest(fit({ ...fourBits, inputBits, accumulatorBits: bits }))).toBeLessThan(2 ** (bits - 1))
    expect(widest(fit({ ...fourBits, inputBits }))).toBeGreaterThanOrEqual(2 ** (bits - 1))
  })

  test.each([
    ["perceptron", fourBits],
    ["perceptron whose columns differ in scale", { ...fourBits, scaling: "columns" }],
    ["perceptron of squares", { ...fourBits, activation: "square" }],
  ] as const)("all sums of a %s are whole numbers of their unit, without rounding", (_, options) => {
    const { graph } = fit(options)
    for (const row of digits.test.x.slice(0, 20)) {
      const values = evaluateNodes(graph, [Float64Array.from(row)])
      for (const node of graph.nodes) {
        if (node.kind !== "dense") continue
        const unit = node.attributes.bias!.grid!.scale[0]!
        expect(values.get(node)!.every((sum) => Number.isInteger(sum / unit))).toBe(true)
      }
    }
  })

  test("means of blocks count as whole numbers of a smaller unit", () => {
    const model = convolutional({ ...image, ...fourBits, epochs: 1 }).fit(digits.train.x, digits.train.y)
    const dense = model.graph.nodes.find((node) => node.kind === "dense")!.attributes as AttributesOf<"dense">
    const step = model.graph.nodes.flatMap((node) =>
      node.kind === "dequantize" ? [node.attributes.grid] : [],
    )[1]!
    expect(dense.bias!.grid!.scale[0]).toBe((dense.weights.grid!.scale[0]! * step.scale[0]!) / 4)
  })

  test("the share of weights that is to be pruned is 0", () => {
    const model = fit({ prune: 0.75 })
    for (const node of model.graph.nodes) {
      if (node.kind !== "dense") continue
      const { values } = node.attributes.weights
      expect(values.filter((w) => w === 0).length).toBe(Math.floor(0.75 * values.length))
    }
  })

  test("what no network fulfils is refused with what to change", () => {
    expect(() => perceptron({ accumulatorBits: 8 })).toThrow(
      "accumulatorBits is given without weightBits and activationBits\nonly sums of integers have a width: give both",
    )
    expect(() => fit({ ...fourBits, accumulatorBits: 3 })).toThrow(
      "accumulatorBits is 3, and one weight of 1 at values from 0 to 15 fills more\n" +
        "use fewer activationBits or inputBits, or more accumulatorBits",
    )
    expect(() => convolutional({ shape: [1, 8, 8] }).fit([[1], [2]], [0, 1])).toThrow(
      "rows have 1 numbers\nfor shape [1, 8, 8] they need 64",
    )
  })
})

describe("accuracy on digits", () => {
  const share = (model: FloatModel) => accuracy(model, model.predictFloat(digits.test.x), digits.test.y)
  const common = { scaling: "all", epochs: 30, hidden: [48] } as const
  const models: [string, number, () => FloatModel][] = [
    ["a perceptron of real numbers", 0.97, () => perceptron(common).fit(digits.train.x, digits.train.y)],
    [
      "a perceptron of 4 bits",
      0.96,
      () => perceptron({ ...common, ...fourBits }).fit(digits.train.x, digits.train.y),
    ],
    [
      "a perceptron of squares",
      0.965,
      () => perceptron({ ...common, activation: "square" }).fit(digits.train.x, digits.train.y),
    ],
    [
      "a perceptron whose sums fit 8 bits",
      0.94,
      () =>
        perceptron({ ...common, ...fourBits, inputBits: 3, accumulatorBits: 8 }).fit(
          digits.train.x,
          digits.train.y,
        ),
    ],
    ["a convolutional network", 0.97, () => convolutional(image).fit(digits.train.x, digits.train.y)],
  ]
  test.each(models)("%s reads a share of at least %f right", (_, bar, fit) => {
    expect(share(fit())).toBeGreaterThanOrEqual(bar)
  })
})

test("a perceptron of 4 bits tells wines apart", () => {
  const model = perceptron({ ...fourBits, hidden: [16] }).fit(wine.train.x, wine.train.y)
  expect(accuracy(model, model.predictFloat(wine.test.x), wine.test.y)).toBeGreaterThanOrEqual(0.95)
})

test("a perceptron of values predicts diabetes", () => {
  const { train, test } = splitData("diabetes")
  const model = perceptron({ task: "regression", hidden: [8], epochs: 40 }).fit(train.x, train.y)
  expect(r2(model.predictFloat(test.x), test.y)).toBeGreaterThan(0.35)
})

test("networks are the same each time, and others for another seed", () => {
  const weights = (seed: number) =>
    perceptron({ ...fourBits, epochs: 3, seed })
      .fit(wine.train.x, wine.train.y)
      .graph.nodes.map(({ attributes }) => attributes)
  expect(weights(1)).toEqual(weights(1))
  expect(weights(1)).not.toEqual(weights(2))
})
