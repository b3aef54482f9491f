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

/** A model that is not imported, and words of the message. */
export interface RefusedCase {
  readonly name: string
  readonly bytes: Uint8Array
  readonly refused: string
}

interface File {
  readonly rows: Readonly<Record<string, number[][]>>
  readonly refusals?: Readonly<Record<string, string>>
  readonly cases: readonly {
    readonly name: string
    readonly text?: string
    readonly base64?: string
    readonly refused?: string
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

const read = (recording: string): File => {
  const text = readFileSync(join(folder, `${recording}.json`), "utf8")
  return JSON.parse(text, (_, value) => (value === null ? Number.NaN : value)) as File
}

const bytesOf = ({ text, base64 }: { readonly text?: string; readonly base64?: string }): Uint8Array =>
  new Uint8Array(text === undefined ? Buffer.from(base64!, "base64") : Buffer.from(text))

/** The cases of a recording; null in its rows is NaN. */
export const casesOf = (recording: string): RecordedCase[] => {
  const file = read(recording)
  return file.cases
    .filter(({ refused }) => refused === undefined)
    .map((one) => ({
      name: one.name,
      bytes: bytesOf(one),
      x: file.rows[one.rows]!,
      scores: one.scores.map((row) => [row].flat()),
      ...(one.labels !== undefined && { labels: one.labels }),
      ...(one.warns !== undefined && { warns: one.warns }),
    }))
}

/** What `scripts/export_sklearn.py` says of models that it does not export, by the name of the estimator. */
export const refusalsOfExporter = (): [name: string, message: string][] =>
  Object.entries(read("sklearn").refusals ?? {}).map(([name, message]) => [
    name.replace(/ \d+$/, ""),
    message,
  ])

/** The models of a recording that are refused. */
export const refusedOf = (recording: string): RefusedCase[] =>
  read(recording).cases.flatMap((one) =>
    one.refused === undefined ? [] : [{ name: one.name, bytes: bytesOf(one), refused: one.refused }],
  )
