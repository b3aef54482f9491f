import { describe, expect, test } from "vitest"
import {
  accuracy,
  type FloatModel,
  type FloatNode,
  gradientBoosting,
  labelOf,
  linearRegression,
  logisticRegression,
  type Progress,
  r2,
  trainTestSplit,
} from "../../src/ml/index.ts"
import { exp, log } from "../../src/ml/math/elementary.ts"
import { readData, splitData } from "./data-sets.ts"
import { refusalOf } from "./support.ts"

const nodeOf = <K extends FloatNode["kind"]>(model: FloatModel, kind: K): FloatNode & { kind: K } =>
  model.graph.nodes.find((node): node is FloatNode & { kind: K } => node.kind === kind)!

const standardised = (model: FloatModel, rows: readonly number[][]): number[][] => {
  const { scale, shift } = nodeOf(model, "affine").attributes
  return rows.map((row) => row.map((x, j) => x * scale.values[j]! + shift.values[j]!))
}

describe("elementary functions", () => {
  test("exp and log agree with the engine's to a few units in the last place", () => {
    for (let x = -700; x <= 700; x += 0.37) {
      expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-14)
      const y = Math.exp(x)
      expect(Math.abs(log(y) - x)).toBeLessThan(1e-13 * Math.max(1, Math.abs(x)))
    }
  })

  test("exp ends at 0 and infinity", () => {
    expect([exp(-1000), exp(0), exp(1000)]).toEqual([0, 1, Number.POSITIVE_INFINITY])
  })
})

describe("rows and labels", () => {
  const fit = (x: number[][], y: (number | string)[]) => () => logisticRegression().fit(x, y)

  test("what cannot be learnt from is refused with its place", async () => {
    expect(await refusalOf(fit([], []))).toBe("there are no rows to learn from")
    expect(await refusalOf(fit([[1, 2], [3]], [0, 1]))).toBe(
      "row 1 has 1 numbers, and row 0 has 2\nrows of one length are needed",
    )
    expect(await refusalOf(fit([[1], [Number.NaN]], [0, 1]))).toBe(
      "row 1 has no number in column 0\na finite number is needed; only trees learn from missing values",
    )
    expect(await refusalOf(fit([[1], [2]], [0]))).toBe(
      "there are 2 rows and 1 targets\none for each row is needed",
    )
    expect(await refusalOf(fit([[1], [2]], ["a", "a"]))).toBe(
      'all labels are "a"\nrows of at least two classes are needed',
    )
    expect(await refusalOf(fit([[1], [2]], ["a", 1]))).toBe(
      "some labels are numbers and some are strings\nlabels of one type are needed",
    )
    expect(await refusalOf(() => linearRegression().fit([[1]], [Number.NaN]))).toBe(
      "target 0 is not a number\na regression needs finite numbers",
    )
    expect(await refusalOf(() => gradientBoosting().fit([[1], [Infinity]], [0, 1]))).toBe(
      "row 1 has Infinity in column 0\na finite number is needed, or not-a-number, which is 0 / 0, where it is missing",
    )
  })

  test("options out of range are refused by name", async () => {
    expect(await refusalOf(() => linearRegression({ l2: -1 }))).toBe("l2 is -1\na number from 0 is needed")
    expect(await refusalOf(() => gradientBoosting({ bins: 1000 }))).toBe(
      "bins is 1000\na whole number from 2 to 254 is needed",
    )
  })

  test("labels of any kind become classes in order", () => {
    const rows = [[0], [1], [5], [6], [10], [11]]
    const model = logisticRegression({ l2: 0.01 }).fit(rows, ["b", "b", "c", "c", "a", "a"])
    expect(model.graph.outputs[0]!.classes).toEqual(["a", "b", "c"])
    expect(model.predictFloat(rows).map((scores) => labelOf(model, scores))).toEqual([..."bbccaa"])
    expect(logisticRegression().fit(rows, [10, 10, 9, 9, 10, 9]).graph.outputs[0]!.classes).toEqual([9, 10])
  })

  test("a split holds back the same rows each time and loses none", () => {
    const { x, y } = readData("wine")
    const once = trainTestSplit(x, y, { test: 40, seed: 3 })
    expect(once).toEqual(trainTestSplit(x, y, { test: 40, seed: 3 }))
    expect(once).not.toEqual(trainTestSplit(x, y, { test: 40, seed: 4 }))
    expect(once.test.x.length).toBe(40)
    expect(new Set([...once.train.x, ...once.test.x])).toEqual(new Set(x))
  })
})

describe("linear regression", () => {
  const { x, y } = readData("diabetes")

  test("reaches the R² of least squares that is published for the whole diabetes data", () => {
    const model = linearRegression().fit(x, y)
    expect(r2(model.predictFloat(x), y)).toBeCloseTo(0.5177484222203499, 10)
  })

  test("is where the derivative of the penalised squares is 0", () => {
    const l2 = 10
    const model = linearRegression({ l2 }).fit(x, y)
    const weights = nodeOf(model, "dense").attributes.weights.values
    const errors = model.predictFloat(x).map(([score], i) => score! - y[i]!)
    const rows = standardised(model, x)
    weights.forEach((weight, j) => {
      const slope = rows.reduce((sum, row, i) => sum + row[j]! * errors[i]!, l2 * weight)
      expect(Math.abs(slope)).toBeLessThan(1e-6)
    })
  })

  test("predicts diabetes on rows it has not seen", () => {
    const { train, test } = splitData("diabetes")
    const model = linearRegression({ l2: 1 }).fit(train.x, train.y)
    expect(r2(model.predictFloat(test.x), test.y)).toBeGreaterThan(0.44)
  })

  test("columns that depend on each other or do not vary do no harm", () => {
    const rows = [1, 2, 3, 4].map((n) => [n, 2 * n, 7])
    const model = linearRegression().fit(rows, [3, 5, 7, 9])
    expect(model.predictFloat([[10, 20, 7]])[0]![0]).toBeCloseTo(21, 9)
  })
})

describe("logistic regression", () => {
  test.each(["breast-cancer", "wine"] as const)("is where the derivative of the loss is 0: %s", (name) => {
    const { x, y } = readData(name)
    const l2 = 0.5
    const model = logisticRegression({ l2 }).fit(x, y)
    const { weights } = nodeOf(model, "dense").attributes
    const [scores, features] = weights.shape as [number, number]
    const rows = standardised(model, x)
    const found = model.predictFloat(x)
    for (let k = 0; k < scores; k++) {
      for (let j = 0; j < features; j++) {
        const slope = rows.reduce(
          (sum, row, i) => sum + row[j]! * (found[i]![k]! - Number(y[i] === (scores === 1 ? 1 : k))),
          l2 * weights.values[k * features + j]!,
        )
        expect(Math.abs(slope) / x.length).toBeLessThan(1e-5)
      }
    }
  })

  test("reads at least 95 % of breast cancer and 96 % of wine and digits right", () => {
    for (const [name, share] of [
      ["breast-cancer", 0.95],
      ["wine", 0.96],
      ["digits", 0.96],
    ] as const) {
      const { train, test } = splitData(name)
      const model = logisticRegression().fit(train.x, train.y)
      expect(accuracy(model, model.predictFloat(test.x), test.y)).toBeGreaterThanOrEqual(share)
    }
  })

  test("tells how far it is, with a loss that falls", () => {
    const { x, y } = readData("wine")
    const seen: Progress[] = []
    logisticRegression({ maxIterations: 12, onProgress: (one) => seen.push(one) }).fit(x, y)
    expect(seen.map(({ step, steps }) => [step, steps])).toEqual(seen.map((_, i) => [i + 1, 12]))
    const losses = seen.map(({ loss }) => loss!)
    expect(losses).toEqual(losses.toSorted((a, b) => b - a))
  })
})
