import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { compileModuleFor } from "../src/compiler/compile-module.ts"
import {
  clear,
  compileModule,
  define,
  enc,
  int,
  ProgramError,
  range,
  type Tensor,
  uint,
} from "../src/index.ts"

/** The remainder of a square after two tables, as numpy's `mod` gives it. */
const squareMod = (x: number, m: number): number => (((x * x) % m) + m) % m

const small = { x: enc(range(0, 9)), by: enc(range(0, 9)) }

describe("functions in rounds", () => {
  const counter = compileModule(
    {
      twice: define({ x: enc(range(0, 9)) }, ({ x }) => x.mul(x).mod(7).refresh().mul(3).mod(10)),
      plus: define(small, ({ x, by }) => x.add(by).mod(10)),
    },
    { steps: 3 },
  )

  test("are cut at their refreshes", () => {
    const { twice, plus } = counter.report().functions
    expect([twice!.rounds, plus!.rounds]).toEqual([2, 1])
    expect(String(counter.report())).toMatch(/twice +depth \d+, 2 rounds, /)
    expect(counter.spec.functions.map(({ rounds }) => rounds?.length)).toEqual([2, undefined])
  })

  test("give what the function gives on every input, in clear and in simulation", () => {
    for (let x = 0; x < 10; x++) {
      const right = (3 * squareMod(x, 7)) % 10
      expect(counter.evaluate("twice", { x })).toBe(right)
      expect(counter.simulate("twice", { x })).toBe(right)
    }
    const samples = Array.from({ length: 10 }, (_, x) => ({ x }))
    expect(counter.simulateBatch("twice", samples)).toEqual(
      samples.map(({ x }) => (3 * squareMod(x, 7)) % 10),
    )
  })

  test("give values that have been through one function, whatever they were given", () => {
    const twice = define({ x: enc(range(0, 9)) }, ({ x }) => x.add(1).mod(10).refresh().mul(3).mod(10))
    // However many steps are asked for, its own values come back to it at age 1.
    expect(compileModule({ twice }, { steps: 5 }).spec.steps).toBe(2)
    const ages = counter.spec.functions.map(({ replyLevels }) => replyLevels.length)
    expect(ages).toEqual([3, 3])
    expect(counter.spec.functions[0]!.rounds!.map(({ replyLevels }) => replyLevels.length)).toEqual([3, 1])
  })
})

describe("values of more bits than one plaintext modulus has", () => {
  const wide = enc(int(63))
  const ledger = compileModule(
    {
      add: define({ total: wide, by: enc(int(40)) }, ({ total, by }) =>
        total.add(by).assume(-(2n ** 62n), 2n ** 62n - 1n),
      ),
      scale: define({ total: wide }, ({ total }) => total.mul(-2)),
    },
    { steps: 2 },
  )

  test("take several", () => {
    const { moduli } = ledger.report()
    expect(moduli.length).toBeGreaterThan(1)
    expect(moduli.reduce((a, b) => a * b)).toBeGreaterThanOrEqual(2n ** 64n)
    expect(ledger.spec.residues!.map(({ parameters }) => parameters.t)).toEqual(moduli)
    expect(String(ledger.report())).toContain(`t = ${moduli.join(" and ")}`)
  })

  test("are exact in simulation at both ends of their ranges", () => {
    for (const total of [-(2n ** 62n), -1n, 0n, 2n ** 62n - 1n]) {
      expect(ledger.simulate("scale", { total })).toBe(-2n * total)
      const by = total < 0n ? 2n ** 39n - 1n : -(2n ** 39n)
      expect(ledger.simulate("add", { total, by })).toBe(total + by)
    }
  })

  test("do not share a module with tables", () => {
    const definitions = {
      scale: define({ total: wide }, ({ total }) => total.mul(-2)),
      parity: define({ x: enc(uint(4)) }, ({ x }) => x.mod(2)),
    }
    const compiling = () => compileModule(definitions)
    expect(compiling).toThrow(ProgramError)
    expect(compiling).toThrow(
      'function "scale" gives values of more than 60 bits, which take several plaintext moduli; "parity" looks values up',
    )
  })
})

/** One step of a generated function, modulo `m`: on tensors, and on numbers. */
interface Step {
  readonly kind: "add" | "scale" | "square" | "table" | "clear" | "refresh"
  readonly by: number
}

const onTensor = (x: Tensor, s: Tensor, { kind, by }: Step, m: number): Tensor => {
  switch (kind) {
    case "add":
      return x.add(by).mod(m)
    case "scale":
      return x.mul(by).mod(m)
    case "square":
      return x.mul(x).mod(m)
    case "table":
      return x.lookup(Array.from({ length: m }, (_, v) => (v * v * by + v + 1) % m))
    case "clear":
      return x.add(s.mul(by)).mod(m)
    case "refresh":
      return x.refresh()
  }
}

const onNumber = (x: number, s: number, { kind, by }: Step, m: number): number => {
  switch (kind) {
    case "add":
      return (x + by) % m
    case "scale":
      return (x * by) % m
    case "square":
      return (x * x) % m
    case "table":
      return (x * x * by + x + 1) % m
    case "clear":
      return (x + s * by) % m
    case "refresh":
      return x
  }
}

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom("add", "scale", "square", "table", "clear", "refresh", "refresh"),
    by: fc.integer({ min: 0, max: 6 }),
  }),
  { minLength: 1, maxLength: 5 },
)

test("generated functions with refreshes anywhere give what plain numbers give, one after the other", () => {
  fc.assert(
    fc.property(steps, steps, fc.integer({ min: 2, max: 5 }), (first, second, m) => {
      const functionOf = (own: readonly Step[]) =>
        define({ x: enc(range(0, m - 1), [2]), s: clear(range(0, 3)) }, ({ x, s }) =>
          own.reduce((value, step) => onTensor(value, s, step, m), x.add(0)),
        )
      const module = compileModuleFor(
        { f: functionOf(first), g: functionOf(second) },
        { steps: 1 },
        { scheme: "bfv", n: 32768 },
      )
      const samples = Array.from({ length: m }, (_, v) => ({ x: [v, m - 1 - v], s: v % 4 }))
      const after = (own: readonly Step[], x: number, s: number): number =>
        own.reduce((value, step) => onNumber(value, s, step, m), x)
      const halfway = samples.map(({ x, s }) => x.map((each) => after(first, each, s)))
      expect(module.simulateBatch("f", samples)).toEqual(halfway)
      const given = samples.map(({ s }, i) => ({ x: halfway[i]!, s }))
      expect(module.simulateBatch("g", given)).toEqual(
        samples.map(({ x, s }) => x.map((each) => after(second, after(first, each, s), s))),
      )
      for (const [name, own] of [
        ["f", first],
        ["g", second],
      ] as const) {
        const { rounds, replyLevels } = module.spec.functions.find((one) => one.name === name)!
        const cuts = own.filter(({ kind }) => kind === "refresh").length
        expect(rounds?.length ?? 1).toBeLessThanOrEqual(cuts + 1)
        expect(replyLevels).toHaveLength(1)
      }
    }),
    { numRuns: Number(process.env["LUTRA_RUNS"] ?? 8) },
  )
})
