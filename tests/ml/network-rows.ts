import { join } from "node:path"
import { type FloatModel, importModel } from "../../src/ml/index.ts"
import { readData } from "./data-sets.ts"
import { modelFolder, testOf } from "./models.ts"

/** Perceptrons and convolutional networks among the shared models. */
export const networks = ["digits-mlp", "digits-mlp-square", "digits-cnn", "cancer-mlp"] as const

/** A shared network, its test rows, and rows of the same data set that are none of them. */
export const networkCase = async (
  name: (typeof networks)[number],
  count: number,
): Promise<{ model: FloatModel; x: number[][]; y: number[]; calibration: number[][]; labels: number[] }> => {
  const path = join(modelFolder, `${name}.onnx`)
  const { x, y } = testOf(path) as unknown as { x: number[][]; y: number[] }
  const rows = x.map((row) => row.flat(3) as number[])
  const isDigits = name.startsWith("digits")
  const data = readData(isDigits ? "digits" : "breast-cancer")
  const all = isDigits ? data.x.map((row) => row.map((pixel) => pixel / 16)) : data.x
  const key = (row: readonly number[]): string => row.map((value) => value.toPrecision(5)).join()
  const tested = new Set(rows.map(key))
  const others = Array.from(all.keys()).filter((i) => !tested.has(key(all[i]!)))
  const taken = others.slice(0, count)
  return {
    model: await importModel(path),
    x: rows,
    y,
    calibration: taken.map((i) => all[i]!),
    labels: taken.map((i) => data.y[i]!),
  }
}
