import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { compileModuleFor, type Definition, type ModuleOptions } from "../src/compiler/compile-module.ts"
import {
  clear,
  compile,
  compileModule,
  define,
  enc,
  int,
  type Module,
  ProgramError,
  RuntimeError,
  range,
  type Tensor,
  uint,
} from "../src/index.ts"
import { definitionsOf, PATH, stepsOn, walkSlots } from "./support/module-path.ts"

const messageOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(ProgramError)
    return (error as Error).message
  }
  throw new Error("nothing was thrown")
}

const digit = { x: enc(range(0, 9)) }
const inc = define(digit, ({ x }) => x.add(1).mod(10))
const dec = define(digit, ({ x }) => x.sub(1).mod(10))
const byte = define({ x: enc(uint(8)) }, ({ x }) => x.add(1))

describe("wires", () => {
  const wiresOf = (module: Module): readonly string[] => module.report().wires

  test("all pairs that fit are wired unless told otherwise", () => {
    expect(wiresOf(compileModule({ inc, dec }))).toEqual([
      "inc.y -> inc.x",
      "inc.y -> dec.x",
      "dec.y -> inc.x",
      "dec.y -> dec.x",
    ])
  })

  test("only those that are listed are there", () => {
    expect(wiresOf(compileModule({ inc, dec }, { wires: [["inc.y", "dec.x"]] }))).toEqual(["inc.y -> dec.x"])
    expect(wiresOf(compileModule({ inc, dec }, { wires: [] }))).toEqual([])
  })

  test("a range that does not fit is refused with both types", () => {
    expect(messageOf(() => compileModule({ byte }, { wires: [["byte.y", "byte.x"]] }))).toBe(
      "byte.y is enc 1..256, which does not fit byte.x: enc 0..255\n" +
        "an output fits when it is encrypted, has the shape of the input, and its proved range lies inside the declared one: " +
        "close it with mod, clip or assume, or declare a wider input",
    )
  })

  test("so are another shape and a value in the clear", () => {
    const definitions = {
      f: define({ x: enc(uint(2), [3]), k: clear(uint(2)) }, ({ x, k }) => ({ x, k })),
      g: define({ x: enc(uint(2), [2]), k: enc(uint(2)) }, ({ x, k }) => x.mul(k)),
    }
    const wires = [
      ["f.x", "g.x"],
      ["f.k", "g.k"],
    ] as const
    expect(
      messageOf(() => compileModule(definitions, { wires }))
        .split("\n")
        .slice(0, 2),
    ).toEqual([
      "f.x is enc 0..3[3], which does not fit g.x: enc 0..3[2]",
      "f.k is clear 0..3, which does not fit g.k: enc 0..3",
    ])
  })

  test("ends that are not there are refused with those that are", () => {
    expect(messageOf(() => compileModule({ inc, dec }, { wires: [["inc.z", "dec.x"]] }))).toBe(
      'a wire names output "inc.z", which there is not\nthere are inc.y, dec.y',
    )
    expect(messageOf(() => compileModule({ inc }, { wires: [["inc.y", "dec.x"]] }))).toBe(
      'a wire names input "dec.x", which there is not\nthere are inc.x',
    )
    expect(messageOf(() => compileModule({ inc }, { wires: [["inc.y"]] as never }))).toBe(
      'a wire is a pair such as ["inc.y", "dec.x"], not ["inc.y"]',
    )
  })

  test("steps without any pair that fits are refused with what does not", () => {
    expect(messageOf(() => compileModule({ byte }, { steps: 3 }))).toContain(
      "no output fits an input, so that no value can go through several functions\n" +
        "byte.y is enc 1..256, which does not fit byte.x: enc 0..255\n",
    )
    expect(compileModule({ byte }).spec.steps).toBe(1)
  })
})

describe("steps", () => {
  const chain = {
    first: define({ a: enc(uint(2)) }, ({ a }) => ({ b: a.add(4) })),
    second: define({ b: enc(range(4, 7)) }, ({ b }) => ({ c: b.add(4) })),
    third: define({ c: enc(range(8, 11)) }, ({ c }) => ({ d: c.add(4) })),
  }

  test("they are as long as the wires, and two in circles, unless given", () => {
    expect(compileModule(chain).spec.steps).toBe(3)
    expect(compileModule({ inc, dec }).spec.steps).toBe(2)
    expect(compileModule({ inc, dec }, { steps: 1 }).spec.steps).toBe(1)
    expect(compileModule(chain, { steps: 9 }).spec.steps).toBe(3)
  })

  test("a function is made for the ages that values can have there, and no others", () => {
    const { functions } = compileModule(chain).spec
    expect(functions.map(({ replyLevels }) => replyLevels.length)).toEqual([1, 2, 3])
  })

  test("too many are refused with how many do", () => {
    expect(messageOf(() => compileModule({ inc, dec }, { name: "counter", steps: 50 }))).toMatch(
      /^no parameters have enough noise budget for 50 steps of module "counter"; there is room for \d\ncompile it for \{ steps: \d \}/,
    )
  })

  test("as many as the refusal says can be had", () => {
    const refused = messageOf(() => compileModuleFor({ inc }, { steps: 50 }, { n: 16384 }))
    const steps = Number(/room for (\d+)/.exec(refused)![1])
    expect(steps).toBeGreaterThan(1)
    expect(compileModuleFor({ inc }, { steps }, { n: 16384 }).spec.steps).toBe(steps)
    expect(() => compileModuleFor({ inc }, { steps: steps + 1 }, { n: 16384 })).toThrow(ProgramError)
  })

  test("a function that no parameters have room for is shown", () => {
    const deep = define({ x: enc(uint(12)) }, ({ x }) => {
      let y = x
      for (let i = 0; i < 3; i++) y = y.map((v) => (v * v + 7 * v) % 4093).mod(4096)
      return y
    })
    expect(messageOf(() => compileModuleFor({ deep }, {}, { n: 8192 }))).toContain("%")
  })

  test("sums last for hundreds", () => {
    const sum = define({ x: enc(uint(8)) }, ({ x }) => x.add(1).assume(0, 255))
    const { parameters, spec } = compileModule({ sum }, { steps: 300 })
    expect(spec.steps).toBe(300)
    expect(parameters.n).toBe(4096)
  })

  test.each([0, 1.5, -1, 1e6, "3" as never])("%s is no number of steps", (steps) => {
    expect(messageOf(() => compileModule({ inc }, { steps }))).toContain("it counts functions")
  })
})

describe("a module", () => {
  test("needs functions with inputs", () => {
    expect(messageOf(() => compileModule({}))).toContain("a module is a record of functions")
    expect(messageOf(() => compileModule({ f: (() => 1) as never }))).toContain(
      'function "f" of the module is no function',
    )
    expect(messageOf(() => compileModule({ "a b": inc }))).toContain('"a b" is no name')
    expect(messageOf(() => compileModule({ inc }, { samples: { dec: [] } }))).toContain(
      'samples are given for "dec"',
    )
    expect(messageOf(() => compileModule({ inc }, { batch: 0 }))).toContain("batch is 0")
  })

  test("evaluates and simulates each function alone", () => {
    const module = compileModule({ inc, dec })
    for (let x = 0; x < 10; x++) {
      expect(module.evaluate("inc", { x })).toBe((x + 1) % 10)
      expect(module.simulate("inc", { x })).toBe((x + 1) % 10)
      expect(module.simulate("dec", { x })).toBe((x + 9) % 10)
    }
    expect(() => module.evaluate("nought" as never, { x: 1 })).toThrow(
      'module "module" has no function "nought"; there are inc, dec',
    )
    expect(() => module.simulate("inc", { x: 10 })).toThrow(RuntimeError)
  })

  test("has another hash for other functions, wires or steps, and the same for the same", () => {
    const hash = (definitions: Record<string, Definition>, options?: ModuleOptions) =>
      compileModule(definitions, options).spec.hash
    const all = [
      hash({ inc, dec }),
      hash({ inc }),
      hash({ inc: dec, dec: inc }),
      hash({ inc, dec }, { wires: [["inc.y", "dec.x"]] }),
      hash({ inc, dec }, { steps: 1 }),
    ]
    expect(new Set(all).size).toBe(all.length)
    expect(hash({ inc, dec })).toBe(all[0])
    expect(compile(digit, ({ x }) => x.add(1).mod(10), { name: "inc" }).spec.hash).not.toBe(all[1])
  })

  test("has the keys that any function needs, and one set of parameters", () => {
    const module = compileModuleFor(
      {
        sum: define({ x: enc(int(4), [8]) }, ({ x }) => x.sum()),
        square: define({ x: enc(int(4), [8]) }, ({ x }) => x.mul(x)),
      },
      {},
      { ring: 8 },
    )
    expect(module.spec.keys.relinearization).toBe(true)
    expect(module.spec.keys.rotations.length).toBeGreaterThan(0)
  })

  test("says in its report what steps cost", () => {
    const report = compileModule({ inc, dec }, { name: "counter", steps: 2 }).report()
    expect(report.noiseMargins).toHaveLength(2)
    expect(report.noiseMargins[0]).toBeGreaterThan(report.noiseMargins[1]!)
    expect(report.noiseMargins[1]).toBeGreaterThanOrEqual(10)
    expect(report.functions["inc"]!.times[1]).toBeLessThan(report.functions["inc"]!.times[0]!)
    expect(String(report)).toContain("a value may go through 2 functions")
    expect(String(report)).toContain("inc.y -> dec.x")
  })

  test("measures ranges on samples of a function", () => {
    const grow = define({ x: enc(uint(8)) }, ({ x }) => x.add(1))
    const samples = { grow: [{ x: 3 }, { x: 200 }] }
    const module = compileModule({ grow }, { samples })
    expect(module.report().wires).toEqual(["grow.y -> grow.x"])
    expect(module.evaluate("grow", { x: 255 })).toBe(256)
  })
})

test("slots beside a vector that another function gave are blinded again", () => {
  const square = define({ x: enc(uint(1), [3]) }, ({ x }) => x.mul(x).assume(0, 1))
  const blinds = (wires: ModuleOptions["wires"] & object): number =>
    compileModuleFor({ square }, { wires }, { ring: 4 }).circuits.square.instructions.filter(
      ({ op }) => op === "blind",
    ).length
  expect(blinds([["square.y", "square.x"]])).toBe(1)
  expect(blinds([])).toBe(0)
})

test.each([
  ["a matrix", (x: Tensor) => x.slice([0, 4])],
  ["a table", (x: Tensor) => x.slice([0, 4]).lookup([0, 1, 0, 3])],
])("a short vector that %s leaves in a long ring is moved to where the next function looks", (_, head) => {
  const definitions = {
    head: define({ state: enc(uint(2), [16]) }, ({ state }) => head(state)),
    turn: define({ state: enc(uint(2), [4]) }, ({ state }) => state.roll(1)),
  }
  const module = compileModuleFor(definitions, { encodeInputs: false }, { ring: 16 })
  expect(module.spec.functions[0]!.outputs[0]!.placement).toEqual({ length: 4, period: 4 })
  const state = [1, 0, 0, 3, ...Array.from({ length: 12 }, () => 1)]
  expect(walkSlots(module, ["head", "turn"], [state])).toEqual([[3, 1, 0, 0]])
})

test("functions applied one after the other to the same slots give what plain numbers give", () => {
  const arbitrary = fc.record({
    length: fc.constantFrom(1, 3, 4, 6, 9),
    modulus: fc.constantFrom(2, 3, 5),
    ring: fc.constantFrom(1, 2, 4, 16, 64, 8192),
    scheme: fc.constantFrom("bfv" as const, "bgv" as const),
    tables: fc.constantFrom("bounded" as const, "balanced" as const, "spread" as const),
    picks: fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }),
    path: fc.array(fc.nat(2), { minLength: 2, maxLength: 3 }),
    seed: fc.nat(1000),
  })
  let walked = 0
  fc.assert(
    fc.property(arbitrary, ({ length, modulus, ring, scheme, tables, picks, path, seed }) => {
      const all = stepsOn(length, modulus)
      const steps = [...new Set(picks)].map((i) => all[i]!)
      let module: Module
      try {
        module = compileModuleFor(
          definitionsOf(steps),
          { ...PATH, steps: path.length },
          { n: 16384, ring, scheme, tables },
        )
      } catch (error) {
        if (error instanceof ProgramError) return
        throw error
      }
      const lanes = Math.min(3, 16384 / ring)
      const states = Array.from({ length: lanes }, (_, lane) =>
        Array.from({ length }, (_, i) => (seed * (i + 1) + 3 * lane + i * i) % modulus),
      )
      const taken = path.map((i) => steps[i % steps.length]!)
      const expected = states.map((state) =>
        taken.reduce((values: readonly number[], { apply }) => apply(values), state),
      )
      expect(
        walkSlots(
          module,
          taken.map(({ name }) => name),
          states,
        ),
      ).toEqual(expected)
      walked++
    }),
    { numRuns: 150 },
  )
  expect(walked).toBeGreaterThan(30)
})
