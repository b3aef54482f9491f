import { readFileSync } from "node:fs"
import { type TrainTest, trainTestSplit } from "../../src/ml/index.ts"

/** The real data that the examples carry. */
export type DataSet = "breast-cancer" | "wine" | "diabetes" | "digits"

export const readData = (name: DataSet): { x: number[][]; y: number[] } => {
  const file = new URL(`../../examples/${name}/data/${name}.csv`, import.meta.url)
  const [, ...lines] = readFileSync(file, "utf8").trim().split(/\r?\n/)
  const rows = lines.map((line) => line.split(",").map(Number))
  return { x: rows.map((row) => row.slice(0, -1)), y: rows.map((row) => row.at(-1)!) }
}

/** Three quarters to learn from and a quarter to measure with, always the same. */
export const splitData = (name: DataSet): TrainTest<number[], number> => {
  const { x, y } = readData(name)
  return trainTestSplit(x, y, { seed: 1 })
}
