import { readTable } from "../examples/csv.ts"

/** So many rows calibrate a model. */
const MOST_ROWS = 400

const TABLES = { digits: "digits", cancer: "breast-cancer", diabetes: "diabetes" } as const

type Rows = readonly number[][]

/**
 * What a model is quantized on: rows of its data set that are none of its test rows, where the examples carry it; the
 * test rows themselves of any other. Networks of digits read grey levels from 0 to 1 and not to 16.
 */
export const calibrationFor = (file: string, tested: Rows): Rows => {
  const name = Object.keys(TABLES).find((prefix) => file.startsWith(prefix)) as
    | keyof typeof TABLES
    | undefined
  if (name === undefined) return tested
  const table = TABLES[name]
  const { x } = readTable(new URL(`../examples/${table}/data/${table}.csv`, import.meta.url))
  const flat = tested.map((row) => row.flat(3) as number[])
  const isScaled = name === "digits" && flat.every((row) => Math.max(...row) <= 1)
  const all = isScaled ? x.map((row) => row.map((pixel) => pixel / 16)) : x
  const key = (row: readonly number[]): string => row.map((value) => value.toPrecision(5)).join()
  const known = new Set(flat.map(key))
  const others = all.filter((row) => !known.has(key(row)))
  return others.length < all.length ? others.slice(0, MOST_ROWS) : tested
}
