import { sizeOf } from "../../../../data/index.ts"
import { evaluateNodes } from "../../../graph/execute.ts"
import type { FloatGraph, FloatNode } from "../../../graph/graph.ts"
import { Budget } from "../../budget.ts"
import type { Batch } from "../lower/linear-rows.ts"
import type { NetworkPart } from "../lower/network-part.ts"
import type { Network } from "../network.ts"

/** What a model computes on calibration rows wherever its network has a linear value. */
export interface CalibrationData {
  readonly count: number
  /** The rows, by column. */
  readonly inputs: Batch
  /** All rows there are, of which these may be some: what a column can be is told by all. */
  readonly all: Batch
  /** By node: what each of its elements is on each row. */
  readonly values: ReadonlyMap<FloatNode, Batch>
}

/** Runs a model in floating point on rows and keeps what the network's layers want to know. */
export const calibrate = async (
  graph: FloatGraph,
  { entries }: NetworkPart,
  network: Network,
  rows: readonly Float64Array[],
  budget = new Budget(),
): Promise<CalibrationData> => {
  const wanted = new Set(
    network.layers.flatMap((layer) =>
      layer.kind === "product" ? [layer.base.node, layer.other.node] : [layer.base.node],
    ),
  ).add(network.output.node)
  const values = new Map(
    [...wanted].map((node) => [
      node,
      Array.from({ length: sizeOf(node.shape) }, () => new Float64Array(rows.length)),
    ]),
  )
  const inputs = Array.from({ length: network.columns }, () => new Float64Array(rows.length))
  for (const [r, row] of rows.entries()) {
    await budget.turn()
    let start = 0
    const sample = graph.inputs.map(({ shape }) => {
      start += sizeOf(shape)
      return row.slice(start - sizeOf(shape), start)
    })
    const results = evaluateNodes(graph, sample)
    for (const [node, columns] of values) {
      const result = results.get(node)!
      for (let i = 0; i < columns.length; i++) columns[i]![r] = result[i]!
    }
    let column = 0
    for (const entry of entries) for (const value of results.get(entry)!) inputs[column++]![r] = value
  }
  return { count: rows.length, inputs, all: inputs, values }
}

/** Some of the rows, by their numbers. */
export const selectRows = (data: CalibrationData, rows: readonly number[]): CalibrationData => {
  const pick = (batch: Batch): Batch => batch.map((values) => Float64Array.from(rows, (r) => values[r]!))
  return {
    count: rows.length,
    inputs: pick(data.inputs),
    all: data.all,
    values: new Map([...data.values].map(([node, batch]) => [node, pick(batch)])),
  }
}
