import { applySteps, chainSteps, type RowCodec, type Specification } from "../../../data/index.ts"
import { enc, range } from "../../../frontend/index.ts"
import { columnsOf, type FloatGraph } from "../../graph/graph.ts"
import type { Calibration, Family, IntegerModel } from "../integer-model.ts"
import type { AffinePart } from "./affine-part.ts"

/** Bits of each input, and of the largest weight of a sum: as fine as single precision, so that only ties are decided anew. */
const INPUT_BITS = 25
const WEIGHT_BITS = 25

/** How far beyond the calibration rows inputs may lie on either side, in parts of what those span. */
const HEADROOM = 1

/** Two relinearization-sized keys; linear models need a few rotations or none. */
const MAX_KEY_BYTES = 12e6

/** Linear and generalised linear models: a matrix of integers, the link function computed by the client. */
export const quantizeLinear = (graph: FloatGraph, part: AffinePart, calibration: Calibration): Family => {
  const ranges = rangesOf(graph, part, calibration)
  return {
    name: "linear",
    candidates: [integerModel(graph, part, ranges)],
    maxKeyBytes: MAX_KEY_BYTES,
  }
}

interface Range {
  readonly lo: number
  readonly hi: number
}

/** What each input spans on the calibration rows, and as much again on either side. */
const rangesOf = ({ precision }: FloatGraph, { before }: AffinePart, { rows }: Calibration): Range[] => {
  const inputs = rows.map((row) => applySteps(before, row, precision))
  const width = inputs[0]!.length
  return Array.from({ length: width }, (_, column) => {
    let [lo, hi] = [Infinity, -Infinity]
    for (const values of inputs) {
      if (!Number.isFinite(values[column]!)) continue
      lo = Math.min(lo, values[column]!)
      hi = Math.max(hi, values[column]!)
    }
    if (lo > hi) return { lo: -1, hi: 1 }
    // A column that never varied may be anything of its size.
    const span = hi > lo ? hi - lo : Math.max(Math.abs(lo), 1)
    return { lo: lo - HEADROOM * span, hi: hi + HEADROOM * span }
  })
}

const integerModel = (
  graph: FloatGraph,
  { before, weights, bias, after }: AffinePart,
  ranges: readonly Range[],
): IntegerModel => {
  const width = ranges.length
  const most = 2 ** (INPUT_BITS - 1)
  const scale = ranges.map(({ lo, hi }) => (hi - lo) / (2 * most - 2))
  const middle = ranges.map(({ lo, hi }, i) => Math.round((lo + hi) / 2 / scale[i]!))
  // score = sum over i of weight_i scale_i (q_i + middle_i) + bias
  const steps = weights.map((row) => {
    const largest = row.reduce((max, weight, i) => Math.max(max, Math.abs(weight * scale[i]!)), 0)
    return largest === 0 ? 1 : largest / (2 ** (WEIGHT_BITS - 1) - 1)
  })
  const matrix = Array.from({ length: width }, (_, i) =>
    weights.map((row, o) => Math.round((row[i]! * scale[i]!) / steps[o]!)),
  )
  const offset = weights.map((row, o) =>
    row.reduce((sum, weight, i) => sum + weight * scale[i]! * middle[i]!, bias[o]!),
  )
  const input: Specification = enc(range(-most, most), [width])
  const codec: RowCodec = {
    columns: columnsOf(graph),
    precision: graph.precision,
    ...(before.length > 0 && { before }),
    input: "row",
    encoding: { kind: "uniform", scale, zero: middle.map((m) => -m) },
    output: "sums",
    decoding: chainSteps([{ kind: "affine", scale: steps, offset }], after),
  }
  const notes = [
    `${width} inputs of ${INPUT_BITS} bits, weights of ${WEIGHT_BITS} bits, ${weights.length === 1 ? "one sum" : `${weights.length} sums`}`,
    "inputs are clipped to what calibration rows span and as much again on either side",
  ]
  const server = [`a matrix of ${width} x ${weights.length}`]
  return { codec, inputs: { row: input }, run: ({ row }) => row!.matmul(matrix), server, notes }
}
