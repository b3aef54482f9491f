import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

export const modelFolder = join(import.meta.dirname, "../models")
export const extraFolder = join(modelFolder, "extra")

export interface ModelTest {
  readonly x: readonly number[][]
  /** The true class or value of each row. */
  readonly y?: readonly number[]
  readonly scores: readonly (number | readonly number[])[]
}

/** Paths of all models of a folder that have a test beside them. */
export const modelsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => /\.(onnx|txt|json)$/.test(file) && !file.endsWith(".test.json"))
    .sort()
    .map((file) => join(folder, file))

/** The rows and the framework's scores of a model; null in the file is NaN. */
export const testOf = (path: string): ModelTest => {
  const test = readFileSync(path.replace(/(\.lightgbm)?\.(onnx|json|txt)$/, ".test.json"), "utf8")
  return JSON.parse(test, (_, value) => (value === null ? Number.NaN : value)) as ModelTest
}

/** The largest difference of two lists of scores, NaN where only one of them is a number. */
export const worstDifference = (
  found: readonly (readonly number[])[],
  wanted: ModelTest["scores"],
): number => {
  let worst = 0
  for (const [i, row] of found.entries()) {
    const expected = [wanted[i]!].flat()
    if (expected.length !== row.length) return Number.NaN
    for (const [j, score] of row.entries()) {
      const difference = Math.abs(score - expected[j]!)
      if (Number.isNaN(difference)) return difference
      worst = Math.max(worst, difference)
    }
  }
  return worst
}
