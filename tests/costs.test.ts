import { describe, expect, test } from "vitest"
import { COST_MODELS, type CostModel, chooseParameters } from "../src/backend/index.ts"
import { type Costs, compile, enc, range, type Tensor, uint } from "../src/index.ts"

const times = (model: CostModel, factor: number): CostModel =>
  Object.fromEntries(Object.entries(model).map(([name, cost]) => [name, cost * factor])) as never

const schemeBy = (costs: Costs): string =>
  compile({ x: enc(uint(4), [8]) }, ({ x }) => x.square(), { costs }).parameters.scheme

describe("the costs that a program is compiled for", () => {
  test("decide what is chosen", () => {
    expect(schemeBy({ bfv: COST_MODELS.bfv, bgv: times(COST_MODELS.bgv, 1000) })).toBe("bfv")
    expect(schemeBy({ bfv: times(COST_MODELS.bfv, 1000), bgv: COST_MODELS.bgv })).toBe("bgv")
  })

  test("are the shipped ones unless they are given", () => {
    const square = ({ x }: { x: Tensor }) => x.square()
    const inputs = { x: enc(uint(4), [8]) }
    const plain = compile(inputs, square)
    expect(compile(inputs, square, { costs: COST_MODELS }).spec.hash).toBe(plain.spec.hash)
    const twice = { bfv: times(COST_MODELS.bfv, 2), bgv: times(COST_MODELS.bgv, 2) }
    expect(compile(inputs, square, { costs: twice }).report().time.run).toBeCloseTo(
      2 * plain.report().time.run,
      10,
    )
  })

  test("are refused when they lack a constant", () => {
    const { add: _, ...rest } = COST_MODELS.bfv
    expect(() => schemeBy({ ...COST_MODELS, bfv: rest as never })).toThrow(
      "costs lacks a constant, or one is no time in milliseconds\n" +
        "give it what calibrate() returns, or leave it out",
    )
  })
})

test("a choice can be held to a ring degree and a table strategy", () => {
  const entries = Array.from({ length: 13 }, (_, i) => (i * i * 7) % 16)
  const inputs = { x: enc(range(0, 12)) }
  const { optimized } = compile(inputs, ({ x }) => x.lookup(entries), { batch: 8192, encodeInputs: false })
  const options = { batch: 8192, margin: 10, maxKeyBytes: Infinity, security: 128 } as const
  for (const n of [8192, 16384]) {
    expect(chooseParameters(optimized, { ...options, n })).toMatchObject({ parameters: { n } })
  }
  for (const tables of ["bounded", "balanced"] as const) {
    expect(chooseParameters(optimized, { ...options, n: 16384, tables })).toMatchObject({ tables })
  }
  expect(chooseParameters(optimized, { ...options, n: 4096 })).toMatchObject({ reason: "noise" })
})
