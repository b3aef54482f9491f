import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { load, RuntimeError } from "../../src/index.ts"
import { modelFolder } from "../ml/models.ts"
import { quantizedFrom } from "../ml/support.ts"

const folder = mkdtempSync(join(tmpdir(), "lutra-models-"))
afterAll(() => rmSync(folder, { recursive: true }))

/** Models of the two kinds that are exact, and rows of a batch: more than one run takes is tried with few lanes. */
const models = [
  ["diabetes-ridge.onnx", 133],
  ["cancer-logistic.onnx", 133],
  ["cancer-tree.onnx", 133],
  ["cancer-forest.onnx", 3],
  ["cancer-boost.lightgbm.txt", 3],
  ["diabetes-forest.onnx", 2],
  ["digits-forest.onnx", 1],
] as const

describe("encrypted scores are those of integers in clear, in every bit", () => {
  test.each(models)("%s", async (name, count) => {
    const { quantized, test } = await quantizedFrom(join(modelFolder, name), { rows: 40 })
    const program = quantized.compile({ name: basename(name).replace(/\W.*/, "") })
    const rows = test.x.slice(0, count)
    const clear = program.predictClear(rows)
    try {
      expect(await program.predict(rows)).toEqual(clear)
    } finally {
      await program.dispose()
    }
  })
})

test("a batch of trees gives the same scores, in rings of one element", async () => {
  const { quantized, test } = await quantizedFrom(join(modelFolder, "cancer-tree.onnx"))
  const program = quantized.compile({ batch: 8192 })
  expect(program.report().lanes).toBe(8192)
  try {
    expect(await program.predict(test.x)).toEqual(program.predictClear(test.x))
  } finally {
    await program.dispose()
  }
})

test("a program that was saved takes rows when it is loaded, and so does its client alone", async () => {
  const { quantized, test } = await quantizedFrom(join(modelFolder, "cancer-logistic.onnx"))
  const program = quantized.compile()
  const path = join(folder, "cancer.lutra")
  program.save(path)
  const loaded = load(path)
  const rows = test.x.slice(0, 2)
  const clear = program.predictClear(rows)
  expect(loaded.predictClear(rows)).toEqual(clear)
  expect(() => loaded.predictFloat(rows)).toThrow("was loaded and holds no real numbers")
  using client = await loaded.client()
  using server = await loaded.server(client.evaluationKeys())
  expect(client.decryptRows(await server.run(client.encryptRows(rows)))).toEqual(clear)
  expect(() => client.encryptRows([test.x[0]!, test.x[0]!.with(3, Number.NaN)])).toThrow(
    new RuntimeError(
      "row 1 has no number in column 3\nthis model knows no missing values: fill them in, or train with an imputer in the pipeline",
      { code: "wrong-input" },
    ),
  )
})
