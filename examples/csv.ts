import { readFileSync } from "node:fs"

/** Rows of numbers and what belongs to each of them: the last column of the file. */
export interface Table {
  readonly columns: readonly string[]
  readonly x: number[][]
  readonly y: number[]
}

/** Reads a file of numbers with a line of column names. */
export function readTable(file: URL): Table {
  const [header = "", ...lines] = readFileSync(file, "utf8").trim().split(/\r?\n/)
  const rows = lines.map((line) => line.split(",").map(Number))
  return {
    columns: header.split(",").slice(0, -1),
    x: rows.map((row) => row.slice(0, -1)),
    y: rows.map((row) => row.at(-1)!),
  }
}
