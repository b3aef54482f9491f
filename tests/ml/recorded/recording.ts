import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** What a framework says of one model, as `scripts/record_models.py` writes it. */
export interface RecordedCase {
  readonly name: string
  /** The model's file. */
  readonly bytes: Uint8Array
  readonly x: readonly (readonly number[])[]
  readonly scores: readonly (readonly number[])[]
  /** What the framework's `predict` gives, of classifiers. */
  readonly labels?: readonly (number | string)[]
  /** A part of the warning that belongs to the model. */
  readonly warns?: string
}

interface File {
  readonly rows: Readonly<Record<string, number[][]>>
  readonly cases: readonly {
    readonly name: string
    readonly text?: string
    readonly base64?: string
    readonly rows: string
    readonly scores: readonly (number | readonly number[])[]
    readonly labels?: readonly (number | string)[]
    readonly warns?: string
  }[]
}

const folder = import.meta.dirname

/** The names of all recordings. */
export const recordings = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(/\.json$/, ""))
  .sort()

/** The cases of a recording; null in its rows is NaN. */
export const casesOf = (recording: string): RecordedCase[] => {
  const text = readFileSync(join(folder, `${recording}.json`), "utf8")
  const file = JSON.parse(text, (_, value) => (value === null ? Number.NaN : value)) as File
  return file.cases.map(({ name, text, base64, rows, scores, labels, warns }) => ({
    name,
    bytes: new Uint8Array(text === undefined ? Buffer.from(base64!, "base64") : Buffer.from(text)),
    x: file.rows[rows]!,
    scores: scores.map((row) => [row].flat()),
    ...(labels !== undefined && { labels }),
    ...(warns !== undefined && { warns }),
  }))
}
