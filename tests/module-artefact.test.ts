import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import {
  clear,
  compile,
  compileModule,
  define,
  enc,
  int,
  load,
  loadBytes,
  loadModule,
  loadModuleBytes,
  type Module,
  type ModuleSpec,
  RuntimeError,
  range,
} from "../src/index.ts"
import { packSpec, readModuleSpec, readSpec, withModuleHash } from "../src/runtime/index.ts"

const folder = mkdtempSync(join(tmpdir(), "lutra-modules-"))
afterAll(() => rmSync(folder, { recursive: true }))

const digit = enc(range(0, 6))
const inRounds = compileModule(
  {
    step: define({ x: digit, add: clear(range(0, 6)) }, ({ x, add }) =>
      x.mul(x).mod(7).refresh().mul(3).add(add).mod(7),
    ),
    next: define({ x: digit }, ({ x }) => ({ x: x.add(1).mod(7) })),
  },
  { name: "digits", steps: 2 },
)
const wide = compileModule(
  {
    add: define({ total: enc(int(63)), by: enc(int(40)) }, ({ total, by }) =>
      total.add(by).assume(-(2n ** 62n), 2n ** 62n - 1n),
    ),
  },
  { name: "ledger", steps: 3 },
)
const modules: readonly (readonly [Module, string, Record<string, number | bigint>])[] = [
  [inRounds, "step", { x: 5, add: 4 }],
  [wide, "add", { total: 2n ** 61n, by: -7 }],
]

const errorOf = (run: () => unknown): RuntimeError => {
  try {
    run()
  } catch (error) {
    if (error instanceof RuntimeError) return error
    throw error
  }
  throw new Error("nothing was thrown")
}

describe.each(modules)("a saved module", (module, name, inputs) => {
  test("is the same when it is loaded", () => {
    const file = join(folder, `${module.spec.name}.lutra`)
    module.save(file)
    const loaded = loadModule(file)
    expect(loaded.spec).toEqual(module.spec)
    expect(String(loaded.report())).toBe(String(module.report()))
    expect(loaded.toBytes()).toEqual(module.toBytes())
    expect(loaded.evaluate(name, inputs)).toEqual(module.evaluate(name, inputs))
    expect(loaded.simulate(name, inputs)).toEqual(module.evaluate(name, inputs))
  })

  test("is no program, and its client's part tells no constants", () => {
    const bytes = module.toBytes()
    for (const read of [loadBytes, readSpec])
      expect(errorOf(() => read(bytes)).message).toContain("this is a module of several functions")
    const part = packSpec(module.spec)
    expect(readModuleSpec(part)).toEqual(module.spec)
    expect(readModuleSpec(bytes, { hash: module.spec.hash })).toEqual(module.spec)
    expect(errorOf(() => loadModuleBytes(part)).message).toContain(
      "the client's part of a compiled module only",
    )
    expect(part.length).toBeLessThan(bytes.length / 1.5)
  })
})

test("a program is no module", () => {
  const program = compile({ x: digit }, ({ x }) => x.add(1))
  expect(errorOf(() => loadModuleBytes(program.toBytes())).message).toContain(
    "this is a compiled program, not a module",
  )
  const file = join(folder, "module.lutra")
  inRounds.save(file)
  expect(errorOf(() => load(file)).message).toContain("loadModule")
})

test("inputs that travel in the clear are named with their functions", () => {
  const part = packSpec(inRounds.spec)
  expect(errorOf(() => readModuleSpec(part, { clear: [] })).code).toBe("exposed-input")
  expect(errorOf(() => readModuleSpec(part, { clear: ["add"] })).code).toBe("unknown-name")
  expect(readModuleSpec(part, { clear: ["step.add"] })).toEqual(inRounds.spec)
  expect(errorOf(() => readModuleSpec(part, { hash: wide.spec.hash })).code).toBe("unexpected-program")
})

/** The paths of all leaves of plain data, with the data that has another value there. */
const changes = (value: unknown, path: string): (readonly [string, unknown])[] => {
  if (Array.isArray(value)) {
    return [
      [`${path} longer`, [...value, value.at(-1) ?? 1]],
      ...value.flatMap((each, i) =>
        changes(each, `${path}.${i}`).map(([at, changed]) => [at, value.with(i, changed)] as const),
      ),
    ]
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, each]) =>
      changes(each, `${path}.${key}`).map(([at, changed]) => [at, { ...value, [key]: changed }] as const),
    )
  }
  if (typeof value === "number") return [[path, value + 1]]
  if (typeof value === "bigint") return [[path, value + 1n]]
  if (typeof value === "boolean") return [[path, !value]]
  return [[path, value === null ? { length: 1, period: 1 } : `${value}_`]]
}

test.each(modules)("the hash covers every field of a specification", (module) => {
  const { hash, ...rest } = module.spec
  const all = changes(rest, "spec")
  expect(all.length).toBeGreaterThan(50)
  for (const [path, changed] of all) {
    const spec = changed as Omit<ModuleSpec, "hash">
    expect(withModuleHash(spec).hash, path).not.toBe(hash)
    // Under the old hash it is refused, whatever else is wrong with it.
    expect(() => readModuleSpec(packSpec({ ...spec, hash })), path).toThrow(RuntimeError)
  }
})

describe("a specification whose parts do not fit", () => {
  const { hash: _, ...rest } = inRounds.spec
  const [step, next] = rest.functions as [ModuleSpec["functions"][number], ModuleSpec["functions"][number]]
  const [wire] = rest.wires as [ModuleSpec["wires"][number]]
  test.each<[string, Partial<ModuleSpec>, string]>([
    ["two functions of one name", { functions: [step, step] }, "two functions have the same name"],
    ["a step too many", { steps: 3 }, "no function takes values that have been through 2 others"],
    [
      "ages that are missing",
      { functions: [{ ...step, replyLevels: [] }, next] },
      "levels are told of 0 ages",
    ],
    [
      "rounds without levels",
      { functions: [{ ...step, rounds: step.rounds!.map((one) => ({ ...one, replyLevels: [] })) }, next] },
      "levels are told of 0 ages",
    ],
    [
      "a level above the highest",
      { functions: [step, { ...next, replyLevels: next.replyLevels.map((own) => own.map(() => 60)) }] },
      "no level has 60",
    ],
    [
      "a wire from nowhere",
      { wires: [{ ...wire, from: { function: "step", output: "z" } }] },
      "one of its ends is not there (in wires.0)",
    ],
    [
      "a wire whose values do not fit",
      {
        functions: [step, { ...next, inputs: next.inputs.map((input) => ({ ...input, hi: 5n })) }],
      },
      "does not fit x",
    ],
    [
      "a wire to a clear input",
      { wires: [{ from: wire.from, to: { function: "step", input: "add" } }] },
      "does not fit add",
    ],
    [
      "moduli that functions do not have",
      { residues: [{ parameters: rest.parameters, keys: rest.keys }] },
      "levels are told of 0 plaintext moduli where there are 1",
    ],
  ])("%s", (_, changed, message) => {
    const spec = withModuleHash({ ...rest, ...changed })
    const found = errorOf(() => readModuleSpec(packSpec(spec)))
    expect(found.code).toBe("damaged")
    expect(found.message).toContain(message)
  })
})
