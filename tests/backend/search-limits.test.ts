import { expect, test } from "vitest"
import { batchingPrime } from "../../src/backend/arithmetic/primes.ts"
import { LoweredCircuits } from "../../src/backend/choose/lowered-circuits.ts"
import { chainsOf } from "../../src/backend/choose/modulus-chains.ts"
import { leastLevels } from "../../src/backend/choose/search-space.ts"
import { COST_MODELS, leastTime } from "../../src/backend/cost/cost.ts"
import { lower } from "../../src/backend/lower/lower.ts"
import { TablePolynomials } from "../../src/backend/tables/table-polynomials.ts"
import { compile, enc, uint } from "../../src/index.ts"

const weights = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => ((i * 7 + j * 3) % 9) - 4))

const programs = {
  squares: () =>
    compile({ x: enc(uint(4), [32]) }, ({ x }) =>
      x.matmul(weights(32, 16)).square().matmul(weights(16, 4)).square().matmul(weights(4, 2)),
    ),
  table: () => compile({ x: enc(uint(4), [16]) }, ({ x }) => x.matmul(weights(16, 4)).relu()),
  product: () =>
    compile({ x: enc(uint(6), [8]), y: enc(uint(6), [8]) }, ({ x, y }) => x.mul(y).matmul(weights(8, 2))),
}

test.each(Object.entries(programs))(
  "a search does not give up the circuit that it chose before: %s",
  (_, make) => {
    const { circuit, parameters, optimized, report } = chosen(make())
    const { scheme, n, t } = parameters
    const polynomials = new TablePolynomials()
    const chains = chainsOf({ scheme, n, t, security: 128 })
    const levels = leastLevels(optimized, circuit.layout, polynomials, chains, 10)
    const limit = {
      instructions: Infinity,
      time: report.time.run * (1 + 1e-9),
      leastTime: (op: Parameters<typeof leastTime>[0], node: Parameters<typeof levels.get>[0] | undefined) =>
        leastTime(op, n, COST_MODELS[scheme], node === undefined ? 1 : levels.get(node)),
    }
    expect(Math.max(...levels.values())).toBeGreaterThan(1)
    const tables = report.tables.strategy
    expect(() => lower(optimized, circuit.layout, t, { polynomials, tables, limit })).not.toThrow()
  },
)

test("without tables a circuit is lowered once for all moduli that its numbers are small for", () => {
  const { circuit, optimized } = chosen(programs.squares())
  const { layout } = circuit
  const circuits = new LoweredCircuits(optimized)
  const [first, second] = [batchingPrime(layout.n, 2n ** 20n), batchingPrime(layout.n, 2n ** 30n)]
  circuits.get(layout, first, () => lower(optimized, layout, first))
  const shared = circuits.get(layout, second, () => undefined)
  expect(shared).toEqual(lower(optimized, layout, second))
})

test("a circuit with a table is lowered again", () => {
  const { circuit, optimized } = chosen(programs.table())
  const circuits = new LoweredCircuits(optimized)
  const { layout, t } = circuit
  circuits.get(layout, t, () => circuit)
  expect(circuits.get(layout, t, () => undefined)).toBeUndefined()
})

const chosen = (compiled: ReturnType<typeof compile>) => {
  const { parameters, circuit, optimized } = compiled
  return { parameters, circuit, optimized, report: compiled.report() }
}
