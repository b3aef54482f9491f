import { readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { describe, expect, test } from "vitest"
import { importModel } from "../../src/ml/index.ts"
import { extraFolder, modelFolder, modelsIn, testOf, worstDifference } from "./models.ts"

const shared = modelsIn(modelFolder)
const extra = modelsIn(extraFolder).filter((path) => !basename(path).startsWith("xgb-"))

test("there are models to import", () => {
  expect(shared.length).toBe(12)
  expect(extra.length).toBeGreaterThan(60)
})

describe("scores are the framework's within 1e-4", () => {
  test.each([...shared, ...extra].map((path) => [basename(path), path]))("%s", async (_, path) => {
    const model = await importModel(path)
    const { x, scores } = testOf(path)
    expect(worstDifference(model.predictFloat(x), scores)).toBeLessThan(1e-4)
  })
})

test("bytes are imported as files are, by content alone", async () => {
  for (const name of ["cancer-tree.onnx", "cancer-boost.lightgbm.txt", "cancer-boost.lightgbm.json"]) {
    const path = join(modelFolder, name)
    const model = await importModel(new Uint8Array(readFileSync(path)))
    const { x, scores } = testOf(path)
    expect(worstDifference(model.predictFloat(x.slice(0, 5)), scores.slice(0, 5))).toBeLessThan(1e-4)
  }
})

test("XGBoost by hand: less-than on single precision, missing values, categories to the right, base score as a logit", async () => {
  const model = await importModel(join(extraFolder, "xgb-binary.json"))
  const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z))
  const base = Math.log(0.25 / 0.75)
  const rows = [
    [0.05, 0, 1], // 0.05 < 0.1; category 1 goes right
    [0.1, 2, 0], // 0.1 is not less than 0.1, 2 < 3; category 0 goes left
    [7, 3, 4], // 3 is not less than 3
    [Number.NaN, 0, Number.NaN], // by default left, and right
    [7, Number.NaN, 9], // by default right; an unknown category goes left
  ]
  const margins = [0.5 + 0.6, 0.75 - 0.4, -1.5 + 0.6, 0.5 + 0.6, -1.5 - 0.4]
  const found = model.predictFloat(rows).map(([p]) => p)
  expect(found.map((p, i) => Math.abs(p! - sigmoid(base + margins[i]!)) < 1e-6)).toEqual(rows.map(() => true))
  expect(model.graph.outputs[0]).toMatchObject({ scores: "probabilities", classes: [0, 1] })
})

test("XGBoost multiclass, dart and linear boosters", async () => {
  const file = JSON.parse(readFileSync(join(extraFolder, "xgb-binary.json"), "utf8"))
  const bytes = (change: (learner: typeof file.learner) => void): Uint8Array => {
    const copy = structuredClone(file)
    change(copy.learner)
    return new TextEncoder().encode(JSON.stringify(copy))
  }
  const multi = await importModel(
    bytes((learner) => {
      learner.learner_model_param.num_class = "2"
      learner.learner_model_param.base_score = "[5E-1,5E-1]"
      learner.objective.name = "multi:softprob"
      learner.gradient_booster.model.tree_info = [0, 1]
    }),
  )
  const [e0, e1] = [Math.exp(0.5), Math.exp(0.6)]
  expect(multi.predictFloat([[0, 0, 1]])[0]![0]).toBeCloseTo(e0 / (e0 + e1), 6)
  const dart = await importModel(
    bytes((learner) => {
      const { model } = learner.gradient_booster
      learner.gradient_booster = { name: "dart", gbtree: { name: "gbtree", model }, weight_drop: [0.5, 2] }
      learner.objective.name = "reg:squarederror"
    }),
  )
  expect(dart.predictFloat([[0, 0, 1]])[0]![0]).toBeCloseTo(0.25 + 0.25 + 1.2, 6)
  const linear = await importModel(
    bytes((learner) => {
      learner.gradient_booster = { name: "gblinear", model: { weights: [1, 2, 3, 4] } }
      learner.objective.name = "count:poisson"
    }),
  )
  expect(linear.predictFloat([[0.1, 0.2, 0.3]])[0]![0]).toBeCloseTo(Math.exp(1.4 + 4) * 0.25, 3)
})

test("a classifier keeps its classes, through ZipMap, ArgMax and Normalizer", async () => {
  const classes = async (name: string): Promise<unknown> =>
    (await importModel(join(extraFolder, name))).graph.outputs[0]!.classes
  expect(await classes("ml-lin-ovr.onnx")).toEqual([4, 5, 6])
  expect(await classes("ml-argmaxlabel.onnx")).toEqual([7, 8, 9])
  expect(await classes("sk-wine-gb.json")).toEqual([0, 1, 2])
})

test("quantizers of training and of QDQ files come out as quantizers with integer weights", async () => {
  const qat = await importModel(join(extraFolder, "torch-qat-dynamo.onnx"))
  expect(qat.graph.nodes.map(({ kind }) => kind)).toEqual([
    "input",
    "quantize",
    "dequantize",
    "dense",
    "activation",
    "quantize",
    "dequantize",
    "dense",
  ])
  const [, quantizer] = qat.graph.nodes
  expect(quantizer).toMatchObject({ attributes: { grid: { lo: -8, hi: 7 } } })
  const qdq = await importModel(join(extraFolder, "qdq-view-1.onnx"))
  const conv = qdq.graph.nodes.find(({ kind }) => kind === "conv")
  expect(conv).toMatchObject({ attributes: { weights: { grid: { axis: 0, lo: -128, hi: 127 } } } })
})

test("a row of another size is refused with the shape that is needed", async () => {
  const model = await importModel(join(modelFolder, "digits-mlp.onnx"))
  expect(() => model.predictFloat([[1, 2, 3]])).toThrow("row 0 has 3 numbers, not 64\na row holds x [64]")
  expect(() => model.predictFloat([["a"] as never])).toThrow("row 0: it holds a, which is no number")
})

test("a description has a line for each node", async () => {
  const model = await importModel(join(modelFolder, "digits-mlp-square.onnx"))
  expect(model.describe()).toBe(
    "%0 [64] = input\n%1 [32] = dense %0\n%2 [32] = activation square %1\n%3 [10] = dense %2\ny = %3 (values)\n",
  )
})
