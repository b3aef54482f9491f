import { applySteps, chainSteps, type RowCodec } from "../../../data/index.ts"
import { enc, uint } from "../../../frontend/index.ts"
import { fail } from "../../fail.ts"
import { columnsOf, type FloatGraph } from "../../graph/graph.ts"
import type { Calibration, IntegerModel } from "../integer-model.ts"
import { type Decisions, runDecisions } from "./decisions.ts"
import type { TreesPart } from "./trees-part.ts"

/** Clients send features in `bits` bits over what calibration rows span; the server, which keeps the thresholds, compares. */
export const uniformTests = (
  graph: FloatGraph,
  { before, after }: TreesPart,
  decisions: Decisions,
  { rows }: Calibration,
  bits: number,
): IntegerModel[] => {
  if (!Number.isSafeInteger(bits) || bits < 1 || bits > 12)
    fail("too-wide", `features of ${bits} bits are no inputs of tables\n1 to 12 bits are`)
  const { decoding, leaves, trees } = decisions
  const tests = decisions.tests.filter((test) => test.is !== "all")
  const inputs = rows.map((row) => applySteps(before, row, graph.precision))
  const used = [...new Set(tests.map(({ column }) => column))].sort((a, b) => a - b)
  const most = 2 ** bits - 1
  const ranges = used.map((column) => {
    const values = inputs.map((row) => row[column]!).filter(Number.isFinite)
    const [lo, hi] = [Math.min(...values), Math.max(...values)]
    return hi > lo ? { lo, step: (hi - lo) / most } : { lo: Number.isFinite(lo) ? lo : 0, step: 1 }
  })
  const tables = tests.map((test) => {
    const { lo, step } = ranges[used.indexOf(test.column)]!
    return Array.from({ length: most + 1 }, (_, q) => {
      const x = lo + q * step
      if (test.is === "in")
        return Number(test.categories.some((category) => Math.round((category - lo) / step) === q))
      if (test.is === "==") return Number(Math.round((test.threshold - lo) / step) === q)
      return Number(x <= test.threshold)
    })
  })
  const codec: RowCodec = {
    columns: columnsOf(graph),
    precision: graph.precision,
    before: [
      ...before,
      { kind: "pick", columns: used },
      { kind: "affine", scale: [1], offset: ranges.map(({ lo }) => -lo) },
    ],
    input: "features",
    encoding: { kind: "uniform", scale: ranges.map(({ step }) => step), zero: [0] },
    output: "sums",
    decoding: chainSteps(decoding, after),
  }
  const notes = [
    `${trees} trees of ${leaves.length} leaves on features of ${bits} bits; the client does not learn thresholds`,
    `compares ${used.length} features with ${tests.length} thresholds under encryption`,
  ]
  return [
    {
      codec,
      inputs: { features: enc(uint(bits), [used.length]) },
      run: ({ features }) =>
        runDecisions(
          decisions,
          features!.take(tests.map(({ column }) => used.indexOf(column))).lookup(tables),
        ),
      server: [
        `${tests.length} comparisons with thresholds`,
        `${trees} trees: which of ${leaves.length} leaves are reached, and what they add up to`,
      ],
      notes,
    },
  ]
}
