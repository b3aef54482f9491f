import { readFileSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { expect, test } from "vitest"
import { ProgramError, sizeOf } from "../../src/data/index.ts"
import { importModel } from "../../src/ml/index.ts"
import { extraFolder, modelFolder } from "./models.ts"

const files = [
  join(modelFolder, "cancer-tree.onnx"),
  join(modelFolder, "digits-cnn.onnx"),
  join(extraFolder, "torch-shapes-torchscript.onnx"),
  join(extraFolder, "torch-acts-dynamo.onnx"),
  join(extraFolder, "qdq-view-1.onnx"),
  join(extraFolder, "lgb-cat.lightgbm.txt"),
  join(extraFolder, "lgb-sig.lightgbm.json"),
  join(extraFolder, "sk-columns.json"),
  join(extraFolder, "sk-wine-gb.json"),
  join(extraFolder, "xgb-binary.json"),
].map((path) => new Uint8Array(readFileSync(path)))

/** Where to change a file, as a part of its length, what to put there, and how many bytes to leave out. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  put: fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc.constantFrom("9", "-1", "1e99", "[", "}", "null", '"').map((text) => new TextEncoder().encode(text)),
  ),
  drop: fc.nat(8),
})

const SMALL = 1e6

test("a damaged file is imported or refused, and never crashes or hangs", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(files.length - 1),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 6 }),
      async (file, changes, cut) => {
        let bytes = files[file]!
        for (const { at, put, drop } of changes) {
          const start = Math.floor(at * bytes.length)
          bytes = new Uint8Array([...bytes.subarray(0, start), ...put, ...bytes.subarray(start + drop)])
        }
        if (cut !== null) bytes = bytes.subarray(0, Math.floor(cut * bytes.length))
        try {
          const model = await importModel(bytes)
          const size = model.graph.inputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
          if (model.work + size < SMALL) model.predictFloat([new Float64Array(size)])
        } catch (error) {
          expect(error).toBeInstanceOf(ProgramError)
        }
      },
    ),
    { numRuns: 300 },
  )
})
