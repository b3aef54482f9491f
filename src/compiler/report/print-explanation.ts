import type { Choice } from "../../backend/index.ts"
import { formatTime, warningLines } from "../../data/index.ts"
import { levelCount } from "../../passes/index.ts"
import type { AssumedRange, Explanation, OtherBatch, Resized, Share, TableWidth } from "./explanation.ts"

const SHOWN = 8

/** An explanation for people: its sections as indented lists, long ones cut short. */
export const printExplanation = (parts: Omit<Explanation, "toString">, { cost, rounds }: Choice): string => {
  const { lines, tags, path, assumed, tables, batches, warnings } = parts
  const levels = path.reduce((sum, step) => sum + step.levels, 0)
  const sections: [string, string[]][] = [
    [
      `time by source line, ${formatTime(cost.time)} a run`,
      rounds === undefined ? lines.map(shareRow) : ["is not told for a program of several rounds"],
    ],
    ["time by tag", tags.map(shareRow)],
    [
      `deepest output, ${levelCount(levels)}`,
      path.map((step) => `${levelCount(step.levels).padEnd(9)} ${step.what}${inBrackets(step.place)}`),
    ],
    ["assumed and not proved", assumed.map(assumedRow)],
    ["one bit of what is looked up, at the same primes", tables.map(widthRow)],
    ["batches", batchRows(batches)],
  ]
  const found = warningLines(warnings).map((line) => `  ${line}`)
  return [
    ...sections
      .filter(([, rows]) => rows.length > 0)
      .flatMap(([title, rows]) => [title, ...atMost(rows).map((row) => `  ${row}`)]),
    ...(found.length === 0 ? [] : ["likely mistakes", ...found]),
  ].join("\n")
}

const atMost = (rows: readonly string[]): string[] =>
  rows.length <= SHOWN ? [...rows] : [...rows.slice(0, SHOWN - 1), `… ${rows.length - SHOWN + 1} more`]

const shareRow = ({ place, time, share, products, rotations }: Share): string => {
  const counts = [
    ...(products > 0 ? [`${products} ${products === 1 ? "product" : "products"}`] : []),
    ...(rotations > 0 ? [`${rotations} ${rotations === 1 ? "rotation" : "rotations"}`] : []),
  ]
  const percent = `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
  return `${percent.padStart(6)}  ${formatTime(time).padStart(7)}  ${[place, ...counts].join(", ")}`
}

const assumedRow = ({ range, proved, by, place }: AssumedRange): string =>
  `${range} ${by === "user" ? "by assume" : "measured on samples"}, proved is ${proved}${inBrackets(place)}`

const widthRow = ({ place, entries, depth, nodes, narrower, wider }: TableWidth): string => {
  const say = (resized: Resized | undefined): string =>
    resized === undefined
      ? "no such table"
      : `${resized.entries} entries: depth ${resized.depth}, ${formatTime(resized.run)} a run`
  const times = nodes === 1 ? "" : `${nodes} times `
  return `${times}${entries} entries: depth ${depth}${inBrackets(place)}; ${say(narrower)}; ${say(wider)}`
}

const batchRows = (batches: readonly OtherBatch[]): string[] => {
  const [now] = batches
  if (now === undefined) return []
  const rows = batches.map((one, i) => {
    const samples = one.batch === 1 ? "1 sample" : `${one.batch} samples`
    const how = `${one.scheme.toUpperCase()}, n = ${one.n}, rings of ${one.ring}`
    return `${samples}${i === 0 ? ", as compiled" : ""}: ${formatTime(one.sample)} a sample (${how})`
  })
  const best = batches.reduce((a, b) => (b.sample < a.sample ? b : a))
  if (batches.length === 1) return rows
  return [
    ...rows,
    best.sample > now.sample * 0.95
      ? "no other batch is cheaper a sample"
      : `cheapest a sample: compile with { batch: ${best.batch} }`,
  ]
}

const inBrackets = (place: string): string => (place === "" ? "" : `   (${place})`)
