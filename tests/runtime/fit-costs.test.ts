import { expect, test } from "vitest"
import { pricing } from "../../src/backend/cost/cost.ts"
import { COST_MODELS, type CostModel, type Costs, type Plain } from "../../src/backend/index.ts"
import { literal } from "../../src/ir/index.ts"
import { fitCosts, type Timing } from "../../src/runtime/calibrate/fit-costs.ts"
import { OPERATIONS, type Operation } from "../../src/runtime/calibrate/seal-steps.ts"

const vector: Plain = { kind: "ring", values: literal([1, 2]) }
const scalar: Plain = { kind: "scalar", value: 3n }

/** What the compiler thinks that an operation takes. */
const priced = (operation: Operation, n: number, level: number, model: CostModel): number => {
  const { ops, cost } = pricing({ n, primes: new Array(level + 1).fill(40) }, model)
  const at = () => ({ level, transformed: false, coefficients: true })
  const ntt = () => ({ level, transformed: true, coefficients: false })
  const one = at()
  const run: Record<Operation, () => unknown> = {
    input: () => ops.input("x", 0),
    multiply: () => ops.multiply(at(), at()),
    square: () => ops.multiply(one, one),
    relinearize: () => ops.relinearize(at()),
    rotate: () => ops.rotate(at(), 1),
    scalarProduct: () => ops.multiplyPlain(at(), scalar),
    vectorProduct: () => ops.multiplyPlain(ntt(), vector),
    enterNtt: () => ops.multiplyPlain(at(), vector),
    leaveNtt: () => ops.negate(ntt()),
    add: () => ops.add(at(), at()),
    addScalar: () => ops.addPlain(at(), scalar),
    addVector: () => ops.addPlain(at(), vector),
    dropLevel: () => ops.dropLevel(at()),
  }
  run[operation]()
  return cost().time
}

/** The transforms have no operation of their own: they are what it takes longer without them. */
const time = (operation: Operation, n: number, level: number, model: CostModel): number =>
  operation === "enterNtt" || operation === "leaveNtt"
    ? priced("enterNtt", n, level, model) - priced("vectorProduct", n, level, model)
    : priced(operation, n, level, model)

const timingsOf = (costs: Costs): Timing[] =>
  (["bfv", "bgv"] as const).flatMap((scheme) =>
    OPERATIONS.flatMap((operation) =>
      [
        [4096, 2],
        [8192, 3],
        [8192, 4],
      ].map(([n, level]) => {
        const ms = time(operation, n!, level!, costs[scheme])
        return { scheme, operation, n: n!, level: level!, ms }
      }),
    ),
  )

const scaled = (factor: (i: number) => number): Costs => {
  const model = (shipped: CostModel): CostModel =>
    Object.fromEntries(Object.entries(shipped).map(([name, cost], i) => [name, cost * factor(i)])) as never
  return { bfv: model(COST_MODELS.bfv), bgv: model(COST_MODELS.bgv) }
}

const expectNear = (found: Costs, wanted: Costs): void => {
  for (const scheme of ["bfv", "bgv"] as const) {
    for (const [name, cost] of Object.entries(wanted[scheme])) {
      expect(found[scheme][name as keyof CostModel], `${scheme} ${name}`).toBeCloseTo(cost, 15)
    }
  }
}

test("times as the compiler estimates them give back the constants of the estimate", () => {
  for (const costs of [COST_MODELS, scaled((i) => 0.5 + i / 4)]) expectNear(fitCosts(timingsOf(costs)), costs)
})

test("times of two machines give constants between those of both", () => {
  const [slow, fast] = [timingsOf(scaled(() => 3)), timingsOf(scaled(() => 1))]
  expectNear(
    fitCosts([...slow, ...fast]),
    scaled(() => 2),
  )
})

test("an operation that was not timed is named", () => {
  const timings = timingsOf(COST_MODELS).filter(({ operation }) => operation !== "dropLevel")
  expect(() => fitCosts(timings)).toThrow("no timings of bfv tell its constant dropLevel")
})
