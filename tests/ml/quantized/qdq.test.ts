import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { type FloatModel, importModel } from "../../../src/ml/index.ts"

/** Models that scripts/record_qdq.py made, with the scores of ONNX Runtime. */
interface Recording {
  readonly rows: Readonly<Record<string, number[][]>>
  readonly cases: readonly {
    readonly name: string
    readonly rows: string
    readonly model: string
    readonly scores: number[][]
  }[]
}

const { rows, cases } = JSON.parse(readFileSync(join(import.meta.dirname, "qdq.json"), "utf8")) as Recording
const modelOf = (base64: string): Promise<FloatModel> =>
  importModel(new Uint8Array(Buffer.from(base64, "base64")))

const worstOf = (found: number[][], wanted: number[][]): number =>
  Math.max(...wanted.flatMap((row, i) => row.map((score, j) => Math.abs(score - found[i]![j]!))))

describe("scores are those of the runtime, at halves of a step too", () => {
  test.each(cases)("$name", async ({ rows: name, model, scores }) => {
    expect(worstOf((await modelOf(model)).predictFloat(rows[name]!), scores)).toBeLessThanOrEqual(1e-6)
  })
})

describe("integers on the model's own grid are those of the runtime on every row", () => {
  // Sums of few values: pricing a table of thousands takes half a minute.
  const few = cases.filter(({ name }) =>
    /^ties, |^ties within, u?int4|^(Relu|cut), (uint8 0\.\.7|int8 -4)/.test(name),
  )
  test.each(few)("$name", async (one) => {
    const x = rows[one.rows]!
    const quantized = await (await modelOf(one.model)).quantize({ calibration: x })
    const [{ program }] = quantized.candidates as readonly [(typeof quantized.candidates)[0]]
    expect(quantized.report().candidates[0]!.notes).toContain("the grid is the model's own")
    expect(
      worstOf(
        x.map((row) => program.predict(row)),
        one.scores,
      ),
    ).toBeLessThanOrEqual(1e-6)
  })
})
