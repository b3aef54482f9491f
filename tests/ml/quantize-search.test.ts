import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { importModel, type QuantizeProgress } from "../../src/ml/index.ts"
import { modelFolder, testOf } from "./models.ts"
import { refusalOf } from "./support.ts"

const folder = join(modelFolder, "sides")
const load = async (file: string) => ({
  model: await importModel(join(folder, file)),
  ...(testOf(join(folder, file)) as ReturnType<typeof testOf> & { cx: number[][]; cy: number[] }),
})

test("labels make no other model of a network, and one row of 150 is no loss", async () => {
  const { model, cx, cy } = await load("sk-mlp1.onnx")
  const [without, withLabels] = await Promise.all([
    model.quantize({ calibration: cx }),
    model.quantize({ calibration: cx, labels: cy }),
  ])
  const plans = ({ candidates }: typeof without) =>
    candidates.map(({ program, accepted }) => [program.model.notes[0], accepted])
  expect(plans(withLabels)).toEqual(plans(without))
  const { candidates } = withLabels.report()
  expect(candidates[0]!.loss).toBeCloseTo(100 / 150, 6)
  expect(candidates[0]!.fidelity.accuracy).toBeGreaterThan(0.9)
  expect(String(withLabels.report())).toContain("0.67 points lost, as good as nothing on so few rows")
})

test("without time the first integers that there are become the model, and the report warns of it", async () => {
  const { model, cx } = await load("sk-mlp1.onnx")
  const quantized = await model.quantize({ calibration: cx, maxSeconds: 0 })
  expect(quantized.candidates).toHaveLength(1)
  expect(quantized.report().warnings.join()).toContain("the search ended after 0 s with the best so far")
  expect(String(quantized.report())).toContain("warning: the search ended after 0 s")
  const { warnings } = quantized.report()
  expect(warnings.map(({ code }) => code)).toEqual(["search-ended"])
  expect(quantized.compile().warnings).toEqual(warnings)
})

test("progress rises to its end and says what is done", async () => {
  const { model, cx } = await load("sk-gnb.onnx")
  const told: QuantizeProgress[] = []
  await model.quantize({ calibration: cx, onProgress: (progress) => told.push(progress) })
  expect(told.length).toBeGreaterThan(1)
  expect(told.map(({ step }) => step)).toEqual(told.map(({ step }) => step).toSorted((a, b) => a - b))
  expect(told.at(-1)).toMatchObject({ doing: "done" })
  expect(told.at(-1)!.step).toBe(told.at(-1)!.steps)
})

test("a signal ends a search with its reason, before and on the way", async () => {
  const { model, cx } = await load("sk-mlp1.onnx")
  const reason = new Error("enough")
  await expect(model.quantize({ calibration: cx, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  const controller = new AbortController()
  const onProgress = ({ step }: QuantizeProgress) => {
    if (step === 2) controller.abort(reason)
  }
  const running = model.quantize({ calibration: cx, signal: controller.signal, onProgress })
  await expect(running).rejects.toBe(reason)
})

test.each([
  [{ maxSecond: 5 }, 'quantize has no option "maxSecond"'],
  [{ prefer: "fast" }, 'option prefer of quantize is "fast", not "faithful" or "small"'],
  [{ maxSeconds: -1 }, "maxSeconds is -1"],
  [{ labels: "y" }, 'option labels of quantize is "y"'],
])("options that quantize does not know are refused: %o", async (options, message) => {
  const { model, cx } = await load("sk-gnb.onnx")
  expect(await refusalOf(() => model.quantize({ calibration: cx, ...options } as never))).toContain(message)
})

test("labels that a model contradicts more often than chance give a warning", async () => {
  const { model, cx, cy } = await load("sk-calibrated.onnx")
  const warningsFor = async (labels: readonly (number | string)[]) =>
    (await model.quantize({ calibration: cx, labels })).report().warnings
  expect(await warningsFor(cy)).toEqual([])
  const [inverted] = await warningsFor(cy.map((label) => 1 - label))
  expect(inverted!.code).toBe("worse-than-chance")
  expect(inverted!.message).toMatch(
    /right on \d\.\d % of 150 labelled rows, and chance on 50\.0 %: its classes may stand/,
  )
  const [foreign] = await warningsFor(cy.map((label) => (label === 1 ? "yes" : "no")))
  expect(foreign!.message).toContain("the model's classes are 0, 1, and labels are ")
})

describe("what depends on columns alone, and what follows the last encrypted value, is exact", () => {
  const cases = [
    ["ordinal-forest.onnx", "trees", /a value for each category/, /scale and shift/],
    ["binarizer-logistic.onnx", "linear", /greater/, /sigmoid/],
    ["sk-poly-ridge.onnx", "linear", /product of numbers/, /scale and shift/],
    ["sk-gnb.onnx", "linear", /products/, /logSumExp of numbers/],
    ["sk-calibrated.onnx", "linear", /rounding to integers/, /reciprocal, 3 times/],
  ] as const
  test.each(cases)("%s", async (file, family, before, after) => {
    const { model, x, scores, cx } = await load(file)
    const quantized = await model.quantize({ calibration: cx })
    const report = quantized.report()
    expect(report.family).toBe(family)
    expect(report.candidates[0]!.loss).toBeLessThan(1e-6)
    expect(report.sides.before.join("; ")).toMatch(before)
    expect(report.sides.after.join("; ")).toMatch(after)
    expect(report.sides.server.length).toBeGreaterThan(0)
    expect(String(report)).toContain(`client, after   ${report.sides.after.join("; ")}`)
    const program = quantized.candidates[0]!.program
    for (const [i, row] of x.entries()) {
      const wanted = [scores[i]!].flat()
      program.predict(row).forEach((score, j) => {
        expect(Math.abs(score - wanted[j]!)).toBeLessThan(2e-3 * Math.max(1, Math.abs(wanted[j]!)))
      })
    }
  })

  test("the last sigmoid of a perceptron, and [1 - p, p] of it", async () => {
    const { model, x, cx } = await load("mlp-binary.json")
    const quantized = await model.quantize({ calibration: cx })
    const { codec, notes } = quantized.candidates[0]!.program.model
    expect(codec.decoding.map(({ kind }) => kind)).toEqual(["affine", "map", "matrix"])
    expect(notes[0]).not.toMatch(/polynomial.*polynomial/)
    const [p, q] = quantized.candidates[0]!.program.predict(x[0]!) as [number, number]
    expect(p + q).toBeCloseTo(1, 12)
  })
})
