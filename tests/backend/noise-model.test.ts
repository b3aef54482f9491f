import { describe, expect, test } from "vitest"
import { noiseModel, type Parameters } from "../../src/backend/index.ts"
import { literal } from "../../src/ir/index.ts"

const PRIMES = [60, 60, 60, 60]
const vector = { kind: "ring", values: literal([1, 2]) } as const

describe.each<Parameters["scheme"]>(["bfv", "bgv"])("sums in %s", (scheme) => {
  const model = noiseModel({ scheme, n: 8192, t: 65537n, primes: PRIMES })
  const product = () => model.multiplyPlain(model.fresh, vector)

  test("of different products with vectors add the squares of their noises", () => {
    const sum = model.add(model.add(product(), product()), model.add(product(), product()))
    expect(sum.noise - product().noise).toBeCloseTo(1, 5)
  })

  test("of a product and a rotation of it add the noises, however it was made", () => {
    const one = model.add(product(), product())
    const folded = model.add(one, model.keySwitch(one))
    const twice = model.add(folded, model.keySwitch(folded))
    expect(twice.noise - one.noise).toBeGreaterThanOrEqual(2)
  })

  test("of anything else add the noises", () => {
    expect(model.add(model.fresh, model.fresh).noise - model.fresh.noise).toBeCloseTo(1, 5)
    const square = model.multiply(product(), product())
    expect(model.add(square, square).noise - square.noise).toBeCloseTo(1, 5)
  })
})
