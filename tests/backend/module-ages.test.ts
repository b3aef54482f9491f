import { describe, expect, test } from "vitest"
import { type AgeWalk, walkAges } from "../../src/backend/choose/module-noise-by-age.ts"
import { COST_MODELS, noiseModel, type Parameters } from "../../src/backend/index.ts"
import { compileModuleFor, type Definition } from "../../src/compiler/compile-module.ts"
import { define, enc, range } from "../../src/index.ts"

const parameters: Parameters = {
  scheme: "bgv",
  n: 16384,
  t: 65537n,
  primes: [53, 53, 53, 53, 54, 54, 54, 54],
  security: 128,
}

describe("correction factors that are not known", () => {
  const model = noiseModel(parameters)
  const { fresh } = model
  const x = { ...fresh, unknown: model.unknownFactor("x") }
  const y = { ...fresh, unknown: model.unknownFactor("y") }

  test("values with the same one are added as if it were 1", () => {
    expect(model.add(x, x).noise).toBe(model.add(fresh, fresh).noise)
    expect(model.add(x, model.dropLevel(x)).noise).toBe(model.add(fresh, model.dropLevel(fresh)).noise)
    expect(model.add(x, model.dropLevel(x)).unknown).toBe(x.unknown)
  })

  test("values with others may be multiplied by any residue before they are added", () => {
    const sum = model.add(x, y)
    expect(sum.noise).toBeCloseTo(model.add(fresh, fresh).noise + Math.log2(65537), 6)
    expect([0n, x.unknown, y.unknown]).not.toContain(sum.unknown)
    expect(model.add(x, fresh).noise).toBe(sum.noise)
    expect(model.add(x, y).unknown).toBe(sum.unknown)
  })

  test("those of products are products, in whatever order", () => {
    const [a, b] = [model.multiply(x, y), model.multiply(y, x)]
    expect(a.unknown).toBe(b.unknown)
    expect(a.unknown).not.toBe(x.unknown)
    expect(model.multiply(model.multiply(x, x), y).unknown).toBe(
      model.multiply(model.multiply(x, y), x).unknown,
    )
    expect(model.multiply(x, x).unknown).not.toBe(model.multiply(x, y).unknown)
    expect(model.keySwitch(a).unknown).toBe(a.unknown)
    expect(model.multiplyPlain(a, { kind: "scalar", value: 3n }).unknown).toBe(a.unknown)
  })

  test("in BFV there are none", () => {
    const bfv = noiseModel({ ...parameters, scheme: "bfv" })
    expect(bfv.unknownFactor("x")).toBe(0n)
  })
})

const three = { x: enc(range(0, 2)) }
const step = define(three, ({ x }) => x.add(1).mod(3))
const back = define(three, ({ x }) => x.sub(1).mod(3))
const square = define(three, ({ x }) => x.mul(x).assume(0, 2))

const eighth = define(three, ({ x }) => {
  let y = x
  for (let i = 0; i < 3; i++) y = y.mul(y).assume(0, 2)
  return y
})

const walkOf = (definitions: Record<string, Definition>, steps: number): AgeWalk => {
  const module = compileModuleFor(definitions, { steps }, { scheme: "bgv", n: 16384 })
  const model = noiseModel(module.parameters)
  return walkAges(
    Object.values(module.plan[0]!.functions).flat(),
    module.parameters,
    model,
    COST_MODELS.bgv,
    10,
  )
}

describe("forms of values by age", () => {
  test("functions of the same depth agree on the factor, others do not", () => {
    expect(walkOf({ step, back }, 2).forms.map(({ factor }) => factor === null)).toEqual([false, false])
    expect(walkOf({ square, eighth }, 2).forms.map(({ factor }) => factor === null)).toEqual([false, true])
  })

  test("older values are no less noisy than younger ones brought to their level", () => {
    const { forms, budgets } = walkOf({ step, square }, 3)
    const { parameters } = compileModuleFor({ step, square }, { steps: 3 }, { scheme: "bgv", n: 16384 })
    const model = noiseModel(parameters)
    forms.slice(1).forEach((form, i) => {
      let younger = { ...model.fresh, ...forms[i]!, factor: 1n, isFlat: false }
      while (younger.level > form.level) younger = model.dropLevel(younger)
      expect(younger.level).toBe(form.level)
      expect(younger.noise).toBeLessThanOrEqual(form.noise)
    })
    expect(budgets).toHaveLength(3)
    expect(budgets.every((budget, i) => budget <= (budgets[i - 1] ?? Infinity))).toBe(true)
  })

  test("a walk ends where the margin is not left any more", () => {
    const module = compileModuleFor({ step }, { steps: 2 }, { scheme: "bfv", n: 16384 })
    const model = noiseModel(module.parameters)
    const one = { ...module.plan[0]!.functions["step"]![0]!, ages: 9 }
    const walk = walkAges([one], module.parameters, model, COST_MODELS.bfv, 10)
    expect(walk.budgets.length).toBeLessThan(9)
    expect(walk.budgets.at(-1)).toBeLessThan(10)
    expect(walk.budgets.slice(0, -1).every((budget) => budget >= 10)).toBe(true)
  })
})
