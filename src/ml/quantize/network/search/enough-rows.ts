import { sizeOf } from "../../../../data/index.ts"
import { execute } from "../../../graph/execute.ts"
import type { FloatGraph } from "../../../graph/graph.ts"
import { seeded } from "../../../math/random.ts"
import type { Calibration } from "../../integer-model.ts"

/** Ranges and fits from fewer rows than this would hold for nothing else. */
const LEAST_ROWS = 24
const MADE_ROWS = 96

/** The calibration itself, or, of few rows, with others made up near them: each value moved by as much as it may vary. */
export const enoughRows = (graph: FloatGraph, calibration: Calibration): Calibration => {
  const { rows } = calibration
  if (rows.length >= LEAST_ROWS || rows.length === 0) return calibration
  const sizes = rows.flatMap((row) => Array.from(row, Math.abs))
  const typical = Math.sqrt(sizes.reduce((sum, x) => sum + x * x, 0) / sizes.length) || 1
  const spreads = Array.from(rows[0]!, (_, c) => {
    const column = rows.map((row) => row[c]!)
    const span = Math.max(...column) - Math.min(...column)
    return span > 0 ? span / 2 : Math.max(Math.abs(column[0]!), typical) / 2
  })
  // Models are quantized alike every time.
  const random = seeded(1)
  const made = Array.from({ length: MADE_ROWS }, (_, i) =>
    rows[i % rows.length]!.map((x, c) => x + spreads[c]! * (random() + random() + random() - 1.5)),
  )
  const all = [...rows, ...made]
  return { rows: all, scores: [...calibration.scores, ...made.map((row) => scoresOf(graph, row))] }
}

const scoresOf = (graph: FloatGraph, row: Float64Array): number[] => {
  let start = 0
  const sample = graph.inputs.map(({ shape }) => {
    start += sizeOf(shape)
    return row.slice(start - sizeOf(shape), start)
  })
  return Array.from(execute(graph, sample)[0]!)
}
