import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { execute, type FloatModel, importModel } from "../../src/ml/index.ts"

/** Node tests of onnx 1.23 for operators that are imported; operands after the first are constants where they have to be. */
interface NodeTest {
  readonly name: string
  readonly model: string
  readonly inputs: readonly (number | string | null)[][]
  readonly outputs: readonly {
    readonly shape: readonly number[]
    readonly values: readonly (number | string | null)[]
  }[]
}

const tests = JSON.parse(
  readFileSync(join(import.meta.dirname, "onnx-node-tests.json"), "utf8"),
) as NodeTest[]

const numbers = (values: readonly (number | string | null)[]): Float64Array =>
  Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value)))

/** Some operators take a batch; then its samples go one by one. */
const results = async ({ model, inputs, outputs }: NodeTest): Promise<Float64Array[]> => {
  const bytes = new Uint8Array(Buffer.from(model, "base64"))
  const values = inputs.map(numbers)
  const whole = await importModel(bytes, { batch: false }).catch(() => undefined)
  if (whole !== undefined) return execute(whole.graph, values)
  const byRow: FloatModel = await importModel(bytes)
  const rows = outputs[0]!.shape[0]!
  const parts = Array.from({ length: rows }, (_, row) =>
    execute(
      byRow.graph,
      values.map((all) => all.slice((row * all.length) / rows, ((row + 1) * all.length) / rows)),
    ),
  )
  return outputs.map((_, o) => Float64Array.from(parts.flatMap((part) => Array.from(part[o]!))))
}

describe("ONNX's own node tests", () => {
  test("there are some for most operators", () => {
    expect(tests.length).toBeGreaterThan(150)
  })
  test.each(tests.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    const found = await results(one)
    expect(found.length).toBe(one.outputs.length)
    for (const [o, { values }] of one.outputs.entries()) {
      const wanted = numbers(values)
      const wrong = wanted.findIndex((x, i) => {
        const y = found[o]![i]!
        return !(Object.is(x, y) || x === y || Math.abs(x - y) <= 1e-4 * Math.max(1, Math.abs(x)))
      })
      expect(wrong, `element ${wrong} of output ${o} is ${found[o]![wrong]}, not ${wanted[wrong]}`).toBe(-1)
    }
  })
})
