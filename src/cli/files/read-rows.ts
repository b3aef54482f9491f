import type { Label } from "../../ml/index.ts"
import { refuse } from "../refuse.ts"
import { nameOf, readText } from "./read-text.ts"

/** A table of real numbers, and its column of labels when one was asked for. */
export interface Rows {
  readonly rows: number[][]
  readonly labels?: Label[]
}

/**
 * Rows of numbers from comma-separated text, - for standard input. The first line may name the columns; an empty cell, NaN
 * and NA are missing values. `labels` names a column that is taken out, or counts it from 0.
 */
export const readRows = async (file: string, labels?: string): Promise<Rows> => {
  const name = nameOf(file)
  const records = await parse(await readText(file), name)
  const [first] = records
  if (first === undefined) return refuse(`${name} holds no rows`)
  const header = first.some((cell) => !isNumber(cell)) ? first : undefined
  const start = header === undefined ? 0 : 1
  const column = labels === undefined ? undefined : columnOf(labels, header, first.length, name)
  const body = records.slice(start)
  if (body.length === 0) return refuse(`${name} holds no rows, only the names of columns`)
  const rows = body.map((cells, i) =>
    cells.flatMap((cell, at) => (at === column ? [] : [numberIn(cell, `${name}, row ${i}, column ${at}`)])),
  )
  if (column === undefined) return { rows }
  return { rows, labels: body.map((cells) => labelIn(cells[column]!)) }
}

const parse = async (text: string, name: string): Promise<string[][]> => {
  const { parse } = await import("csv-parse/sync")
  try {
    return parse(text, { bom: true, skip_empty_lines: true, trim: true })
  } catch (error) {
    return refuse(
      `${name} is no table of comma-separated numbers: ${(error as Error).message.replaceAll(/\s+/g, " ")}`,
      error,
    )
  }
}

const MISSING = /^(|nan|na|null)$/i

const isNumber = (cell: string): boolean => MISSING.test(cell) || !Number.isNaN(Number(cell))

const numberIn = (cell: string, where: string): number => {
  if (MISSING.test(cell)) return Number.NaN
  const value = Number(cell)
  return Number.isNaN(value) ? refuse(`${where} is ${JSON.stringify(cell)}, which is no number`) : value
}

const labelIn = (cell: string): Label => (cell !== "" && isNumber(cell) ? Number(cell) : cell)

const columnOf = (
  labels: string,
  header: readonly string[] | undefined,
  width: number,
  name: string,
): number => {
  const named = header?.indexOf(labels) ?? -1
  if (named >= 0) return named
  const index = /^\d+$/.test(labels) ? Number(labels) : width
  if (index < width) return index
  const known = header === undefined ? `0 to ${width - 1}` : header.join(", ")
  return refuse(`--labels is ${labels}, which is no column of ${name}\nits columns are ${known}`)
}
