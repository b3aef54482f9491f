import { describe, expect, test } from "vitest"
import {
  accuracy,
  decisionTree,
  type FloatModel,
  gradientBoosting,
  r2,
  randomForest,
  type Trees,
} from "../../src/ml/index.ts"
import { binFeatures } from "../../src/ml/train/trees/bins.ts"
import { readData, splitData } from "./data-sets.ts"

const treesOf = (model: FloatModel): Trees => {
  const node = model.graph.nodes.find(({ kind }) => kind === "trees")
  return node?.kind === "trees" ? node.attributes.trees : (undefined as never)
}

const cancer = splitData("breast-cancer")
const wine = splitData("wine")

describe("a decision tree", () => {
  test("asks first what lowers Gini's impurity most, as trying every question shows", () => {
    const { x, y } = readData("wine")
    const impurity = (rows: number[]) => {
      const counts = [0, 1, 2].map((k) => rows.filter((i) => y[i] === k).length)
      return rows.length - counts.reduce((sum, n) => sum + n * n, 0) / rows.length
    }
    const all = x.map((_, i) => i)
    let best = Infinity
    for (let j = 0; j < 13; j++) {
      for (const cut of new Set(x.map((row) => row[j]!))) {
        const left = all.filter((i) => x[i]![j]! <= cut)
        if (left.length < x.length)
          best = Math.min(best, impurity(left) + impurity(all.filter((i) => x[i]![j]! > cut)))
      }
    }
    const trees = treesOf(decisionTree({ depth: 1, bins: 254 }).fit(x, y))
    const { feature, test } = trees.splits[0]!
    const threshold = test.is === "<=" ? test.threshold : Number.NaN
    const found =
      impurity(all.filter((i) => x[i]![feature]! <= threshold)) +
      impurity(all.filter((i) => x[i]![feature]! > threshold))
    expect(trees.splits.length).toBe(1)
    expect(found).toBeCloseTo(best, 9)
  })

  test("keeps to its depth, its leaves and the rows of a leaf", () => {
    const { x, y } = cancer.train
    const shallow = treesOf(decisionTree({ depth: 3 }).fit(x, y))
    expect(shallow.splits.length).toBeLessThanOrEqual(7)
    const few = treesOf(decisionTree({ depth: 20, leaves: 5 }).fit(x, y))
    expect(few.splits.length).toBe(4)
    const large = decisionTree({ depth: 20, minLeaf: 100 }).fit(x, y)
    const leaves = new Map<string, number>()
    for (const [score] of large.predictFloat(x))
      leaves.set(String(score), (leaves.get(String(score)) ?? 0) + 1)
    expect(Math.min(...leaves.values())).toBeGreaterThanOrEqual(100)
  })

  test("gives the mean of the values in a leaf", () => {
    const model = decisionTree({ task: "regression", depth: 1 }).fit([[1], [2], [8], [9]], [1, 3, 10, 14])
    expect(model.predictFloat([[0], [100]])).toEqual([[2], [12]])
  })

  test("sends missing values where they fit, and those it never saw with most rows", () => {
    const rows = [[1], [2], [Number.NaN], [Number.NaN], [8], [9]]
    const scoreOfMissing = (labels: number[]) =>
      decisionTree({ depth: 1 })
        .fit(rows, labels)
        .predictFloat([[Number.NaN]])[0]![0]
    expect(scoreOfMissing([0, 0, 1, 1, 1, 1])).toBe(1)
    expect(scoreOfMissing([0, 0, 0, 0, 1, 1])).toBe(0)
    const complete = decisionTree({ depth: 1 }).fit([[1], [2], [3], [9]], [0, 0, 0, 1])
    expect(complete.predictFloat([[Number.NaN]])).toEqual([[0]])
  })
})

describe("boosted trees", () => {
  test("have the leaves that the second derivatives say", () => {
    const model = gradientBoosting({ trees: 1, depth: 1, learningRate: 0.5, l2: 2, minLeaf: 1 }).fit(
      [[1], [2], [3], [4]],
      [0, 0, 0, 1],
    )
    const { leaves, base } = treesOf(model)
    expect(base[0]).toBeCloseTo(Math.log(1 / 3), 12)
    // p = 1/4 everywhere: G = 3/4 and H = 9/16 on the left, G = -3/4 and H = 3/16 on the right
    expect(leaves[0]).toBeCloseTo((-0.5 * 0.75) / (9 / 16 + 2), 9)
    expect(leaves[1]).toBeCloseTo((0.5 * 0.75) / (3 / 16 + 2), 9)
  })

  test.each([
    ["two classes", "breast-cancer", "classification", 0.7],
    ["three classes", "wine", "classification", 0.7],
    ["values", "diabetes", "regression", 1],
  ] as const)("compute in the graph what training computed: %s", (_, name, task, subsample) => {
    const { x, y } = readData(name)
    let loss = 0
    const onProgress = (progress: { readonly loss?: number }) => {
      loss = progress.loss!
    }
    const model = gradientBoosting({ trees: 20, task, subsample, onProgress }).fit(x, y)
    const found = model.predictFloat(x).map((scores, i) => {
      if (task === "regression") return (scores[0]! - y[i]!) ** 2
      return -Math.log(scores.length > 1 ? scores[y[i]!]! : y[i] === 1 ? scores[0]! : 1 - scores[0]!)
    })
    expect(found.reduce((sum, one) => sum + one, 0) / x.length).toBeCloseTo(loss, 8)
  })

  test("have no more thresholds of a feature than its bins allow", () => {
    const { splits } = treesOf(gradientBoosting({ bins: 4 }).fit(cancer.train.x, cancer.train.y))
    const thresholds = new Map<number, Set<number>>()
    for (const { feature, test } of splits) {
      if (test.is === "<=")
        thresholds.set(feature, (thresholds.get(feature) ?? new Set()).add(test.threshold))
    }
    expect(Math.max(...[...thresholds.values()].map(({ size }) => size))).toBeLessThanOrEqual(3)
  })

  test("see a feature of few values in its bins too", () => {
    const column = [1, 1, 2, 3, 4, 5, 6, 6]
    const binned = (bins: number) => {
      const values = Float64Array.from(column)
      return binFeatures({ rows: 8, features: 1, values }, bins)
    }
    expect(binned(4).thresholds).toEqual([Float64Array.of(1.5, 3.5, 5.5)])
    expect([...binned(4).bins]).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
    expect(binned(6).thresholds).toEqual([Float64Array.of(1.5, 2.5, 3.5, 4.5, 5.5)])
  })

  test("read at least 95 % of breast cancer right", () => {
    const model = gradientBoosting().fit(cancer.train.x, cancer.train.y)
    expect(accuracy(model, model.predictFloat(cancer.test.x), cancer.test.y)).toBeGreaterThanOrEqual(0.95)
  })

  test("still read it when a tenth of the numbers is missing", () => {
    const holes = cancer.train.x.map((row, i) =>
      row.map((x, j) => ((i * 7 + j * 3) % 10 === 0 ? Number.NaN : x)),
    )
    const model = gradientBoosting().fit(holes, cancer.train.y)
    expect(accuracy(model, model.predictFloat(cancer.test.x), cancer.test.y)).toBeGreaterThanOrEqual(0.94)
  })

  test("are the same each time, and others for another seed", () => {
    const fit = (seed: number) =>
      treesOf(gradientBoosting({ subsample: 0.5, trees: 5, seed }).fit(wine.train.x, wine.train.y))
    expect(fit(1)).toEqual(fit(1))
    expect(fit(1)).not.toEqual(fit(2))
  })
})

describe("a forest", () => {
  test("reads at least 95 % of breast cancer and 96 % of wine right", () => {
    for (const [{ train, test }, share] of [
      [cancer, 0.95],
      [wine, 0.96],
    ] as const) {
      const model = randomForest().fit(train.x, train.y)
      expect(accuracy(model, model.predictFloat(test.x), test.y)).toBeGreaterThanOrEqual(share)
    }
  })

  test("of values explains diabetes better than one tree", () => {
    const { train, test } = splitData("diabetes")
    const forest = randomForest({ task: "regression" }).fit(train.x, train.y)
    const tree = decisionTree({ task: "regression" }).fit(train.x, train.y)
    const [ofForest, ofTree] = [forest, tree].map((model) => r2(model.predictFloat(test.x), test.y))
    expect(ofForest).toBeGreaterThan(Math.max(0.3, ofTree!))
  })

  test("gives shares of classes that sum to 1", () => {
    const model = randomForest({ trees: 7 }).fit(wine.train.x, wine.train.y)
    for (const scores of model.predictFloat(wine.test.x))
      expect(scores.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
  })

  test("is the same each time, and another for another seed", () => {
    const fit = (seed: number) => treesOf(randomForest({ trees: 5, seed }).fit(wine.train.x, wine.train.y))
    expect(fit(1)).toEqual(fit(1))
    expect(fit(1)).not.toEqual(fit(2))
  })
})
