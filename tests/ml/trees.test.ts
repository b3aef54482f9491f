import { basename, join } from "node:path"
import * as fc from "fast-check"
import { describe, expect, test } from "vitest"
import { evaluateTrees } from "../../src/ml/graph/trees.ts"
import type { Split, Trees } from "../../src/ml/index.ts"
import { IntegerProgram } from "../../src/ml/quantize/integer-program.ts"
import { quantizeTrees } from "../../src/ml/quantize/trees/quantize-trees.ts"
import { treesPart } from "../../src/ml/quantize/trees/trees-part.ts"
import { extraFolder, modelFolder, modelsIn, worstDifference } from "./models.ts"
import { best, modelOfTrees, quantizedFrom, refusalOf } from "./support.ts"

const shared = ["cancer-tree.onnx", "cancer-forest.onnx", "cancer-boost.lightgbm.txt", "diabetes-forest.onnx"]
const extra = modelsIn(extraFolder).filter((path) => /lgb-|hgb|-rf|-gb|-tree|forest/.test(basename(path)))

const programOf = (trees: Trees, options = {}): IntegerProgram => {
  const { graph } = modelOfTrees(trees)
  const calibration = { rows: [], scores: [] }
  return new IntegerProgram(quantizeTrees(graph, treesPart(graph), calibration, options).candidates[0]!)
}

describe("every shared model of trees decides as its framework on every row", () => {
  test.each(
    [...shared.map((name) => join(modelFolder, name)), ...extra].map((path) => [basename(path), path]),
  )("%s", async (_, path) => {
    const { quantized, test } = await quantizedFrom(path)
    const integers = quantized.candidates[0]!.program
    const found = test.x.map((row) => integers.predict(row))
    const scale = Math.max(1, ...test.scores.flat().map(Math.abs))
    expect(worstDifference(found, test.scores)).toBeLessThan(2e-6 * scale)
    const apart = found.filter((row, i) => {
      const wanted = [test.scores[i]!].flat()
      const sorted = wanted.toSorted((a, b) => b - a)
      return sorted[0]! - (sorted[1] ?? -Infinity) > 1e-6 && best(row) !== best(wanted)
    })
    expect(apart).toEqual([])
  })
})

const THRESHOLDS = [-1, -0, 0, 0.5, 2]
const SPECIAL = [NaN, -1, 0, 1e-36, 0.5, 0.50001, 2, 3, -7, Infinity]
const FEATURES = 3

/** Trees of any shape, with all comparisons, missing values that go either way, and zeros that count as missing. */
const ensembles = fc
  .record({
    shapes: fc.array(fc.array(fc.nat(1000), { minLength: 0, maxLength: 9 }), { minLength: 1, maxLength: 4 }),
    splits: fc.array(
      fc.record({
        feature: fc.nat(FEATURES - 1),
        is: fc.constantFrom("<=", "<", ">=", ">", "==", "!=", "in"),
        threshold: fc.constantFrom(...THRESHOLDS),
        missing: fc.constantFrom("true", "false", "zero"),
        zeroIsMissing: fc.boolean(),
      }),
      { minLength: 36, maxLength: 36 },
    ),
    leaves: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 80, maxLength: 80 }),
    aggregate: fc.constantFrom("sum" as const, "mean" as const),
  })
  .map(({ shapes, splits, leaves, aggregate }): Trees => {
    const all: Split[] = []
    const roots: number[] = []
    let leaf = 0
    for (const shape of shapes) {
      // Every step splits one of the leaves that are there.
      const open: ((at: number) => void)[] = [(at) => roots.push(at)]
      for (const choice of shape) {
        const [place] = open.splice(choice % open.length, 1)
        const { is, threshold, ...rest } = splits[all.length % splits.length]!
        const asked =
          is === "in" ? ({ is, categories: new Set([0, 2]), truncated: true } as const) : { is, threshold }
        const split = { ...rest, test: asked, whenTrue: 0, whenFalse: 0 } as Split & {
          whenTrue: number
          whenFalse: number
        }
        place!(all.push(split) - 1)
        open.push(
          (at) => {
            split.whenTrue = at
          },
          (at) => {
            split.whenFalse = at
          },
        )
      }
      for (const place of open) place(~leaf++)
    }
    const targets = 2
    const values = Float64Array.from({ length: leaf * targets }, (_, i) => leaves[i % leaves.length]!)
    return {
      features: FEATURES,
      targets,
      roots,
      splits: all,
      leaves: values,
      aggregate,
      base: Float64Array.of(1, -1),
    }
  })

describe("trees of any shape", () => {
  const rows = fc.array(fc.array(fc.constantFrom(...SPECIAL), { minLength: FEATURES, maxLength: FEATURES }), {
    minLength: 12,
    maxLength: 12,
  })
  test.each([true, false])(
    "decide on integers as in floating point, with joint answers: %s",
    (jointAnswers) => {
      fc.assert(
        fc.property(ensembles, rows, (trees, sample) => {
          const program = programOf(trees, { jointAnswers })
          for (const row of sample) {
            const wanted = evaluateTrees(trees, Float64Array.from(row))
            const found = program.predict(row)
            expect(Math.max(...found.map((score, t) => Math.abs(score - wanted[t]!)))).toBeLessThan(1e-6)
          }
        }),
        { numRuns: 150 },
      )
    },
  )
})

const stump = (test: Split["test"]): Trees => ({
  features: 1,
  targets: 1,
  roots: [0],
  splits: [{ feature: 0, test, whenTrue: ~0, whenFalse: ~1, missing: "false", zeroIsMissing: false }],
  leaves: Float64Array.of(1, 5),
  aggregate: "sum",
  base: Float64Array.of(0),
})

test("an ensemble of single leaves gives its constant", () => {
  const trees = { ...stump({ is: "<=", threshold: 0 }), roots: [~0, ~1], splits: [] }
  expect(programOf(trees).predict([3])).toEqual([6])
})

test("classes with equal shares in a leaf stay equal, so that the first of them is told", () => {
  const trees: Trees = {
    ...stump({ is: "<=", threshold: 0 }),
    targets: 3,
    // A third of each, and shares that no step divides.
    leaves: Float64Array.of(1 / 3, 1 / 3, 1 / 3, 0.123456789, 0.7, 0.176543211),
    base: new Float64Array(3),
    aggregate: "mean",
  }
  for (const row of [-1, 1]) {
    const found = programOf({ ...trees, roots: [0, ~0, ~0] }).predict([row])
    if (row === -1) expect(new Set(found).size).toBe(1)
    else expect(found[1]).toBeGreaterThan(found[0]!)
  }
})

test("deep ways are asked for in four answers at most, unless joint answers are not wanted", () => {
  const split = (i: number): Split => ({
    feature: i,
    test: { is: "<=", threshold: i },
    whenTrue: i === 6 ? ~7 : i + 1,
    whenFalse: ~i,
    missing: "false",
    zeroIsMissing: false,
  })
  const trees: Trees = {
    ...stump({ is: "<=", threshold: 0 }),
    features: 7,
    splits: Array.from({ length: 7 }, (_, i) => split(i)),
    leaves: Float64Array.from({ length: 8 }, (_, i) => i),
  }
  expect(programOf(trees).model.notes[0]).toContain("at most 4 answers deep")
  // The way that is left of all is one of the two deepest.
  expect(programOf(trees, { jointAnswers: false }).model.notes[0]).toContain("at most 7 answers deep")
})

test("with private thresholds the client learns none of them, and what that costs is reported", async () => {
  const { quantized, test } = await quantizedFrom(join(modelFolder, "cancer-tree.onnx"), {
    thresholds: "private",
    bits: 8,
    maxLoss: 5,
  })
  const { codec } = quantized.candidates[0]!.program.model
  expect(codec.encoding.kind).toBe("uniform")
  const loss = quantized.candidates[0]!.loss
  const found = test.x.map((row) => quantized.candidates[0]!.program.predict(row))
  const apart = found.filter((row, i) => best(row) !== best([test.scores[i]!].flat())).length
  expect(loss).toBeCloseTo((100 * apart) / found.length)
  expect(loss).toBeLessThan(5)
})

test("trees joined by their least leaf are refused", async () => {
  const trees: Trees = { ...stump({ is: "<=", threshold: 0 }), aggregate: "min" }
  const message = await refusalOf(() => modelOfTrees(trees).quantize({ calibration: [[0], [1]] }))
  expect(message).toContain("the trees are joined by their least leaf\nsums and means of leaves")
})
