import { expect } from "vitest"
import { ProgramError } from "../../src/data/index.ts"
import { GraphBuilder } from "../../src/ml/graph/graph.ts"
import {
  FloatModel,
  importModel,
  type QuantizedModel,
  type QuantizeOptions,
  type Trees,
} from "../../src/ml/index.ts"
import { type ModelTest, testOf } from "./models.ts"

/** A shared model, quantized on its own test rows, or on the first of them. */
export const quantizedFrom = async (
  path: string,
  { rows, ...options }: Partial<QuantizeOptions> & { readonly rows?: number } = {},
): Promise<{ quantized: QuantizedModel; test: ModelTest }> => {
  const model = await importModel(path)
  const test = testOf(path)
  return { quantized: await model.quantize({ calibration: test.x.slice(0, rows), ...options }), test }
}

/** The column of the largest score. */
export const best = (scores: readonly number[]): number => scores.indexOf(Math.max(...scores))

/** An ensemble as a model on its own. */
export const modelOfTrees = (trees: Trees): FloatModel => {
  const builder = new GraphBuilder()
  const input = builder.input("x", [trees.features])
  const node = builder.add("trees", [input], { trees })
  const output = { name: "y", node, scores: "values" } as const
  return new FloatModel(builder.build([input], [output], "float64"), "sklearn")
}

/** The message of the ProgramError that `run` throws. */
export const refusalOf = async (run: () => unknown): Promise<string> => {
  try {
    await run()
  } catch (error) {
    expect(error).toBeInstanceOf(ProgramError)
    return (error as Error).message
  }
  throw new Error("nothing was refused")
}
