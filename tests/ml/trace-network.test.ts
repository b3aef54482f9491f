import { describe, expect, test } from "vitest"
import { enc, range, trace } from "../../src/frontend/index.ts"
import { evaluate } from "../../src/ir/index.ts"
import { type IntegerNetwork, simulateNetwork } from "../../src/ml/quantize/network/integer-network.ts"
import type { Row } from "../../src/ml/quantize/network/lower/linear-rows.ts"
import { traceNetwork } from "../../src/ml/quantize/network/trace-network.ts"

const COLUMNS = 2100
const ELEMENTS = 500

/** A table of sums whose matrix has more elements than types hold the bounds of; the first row reads `most` columns. */
const largeNetwork = (most: number): IntegerNetwork => {
  const rows = Array.from({ length: ELEMENTS }, (_, i): Row => {
    const count = i === 0 ? most : 3
    const weights = Float64Array.from({ length: count }, (_, k) => (k % 2 === 0 ? 1 : -1))
    return {
      columns: Int32Array.from({ length: count }, (_, k) => (i + k) % COLUMNS),
      weights,
      bias: weights.filter((weight) => weight < 0).length,
    }
  })
  const tables = rows.map((_, i) => Float64Array.from({ length: most + 1 }, (_, k) => (k * (i + 1)) % 7))
  return {
    grid: { scale: [], zero: [], lo: 0, hi: 1, isSingle: false, constant: [] },
    layers: [{ name: "relu", rows, activation: { kind: "table", lo: 0, tables } }],
    output: [
      {
        columns: Int32Array.from({ length: ELEMENTS }, (_, i) => COLUMNS + i),
        weights: new Float64Array(ELEMENTS).fill(1),
        bias: 0,
      },
    ],
    scale: Float64Array.of(1),
    offset: Float64Array.of(0),
  }
}

describe("a matrix of more than a million elements before a table", () => {
  test.each([
    ["of few columns a row", 3],
    ["with a row of all columns", COLUMNS],
  ])("%s is computed as it is simulated", async (_, most) => {
    const network = largeNetwork(most)
    const { program } = trace("network", { row: enc(range(0, 1), [COLUMNS]) }, ({ row }) =>
      traceNetwork(network, row),
    )
    const row = Array.from({ length: COLUMNS }, (_, c) => Number(c % 3 === 0))
    const wanted = await simulateNetwork(
      network,
      row.map((value) => Float64Array.of(value)),
    )
    expect(evaluate(program, { row })["y"]).toEqual(wanted.map(([value]) => value))
  })
})
