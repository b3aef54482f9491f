import { afterEach, expect, test, vi } from "vitest"
import type { Instruction } from "../../src/backend/index.ts"
import { type Compiled, compile, compileModule, define, enc, range, uint } from "../../src/index.ts"
import { literal } from "../../src/ir/index.ts"
import { Client, SealContext, Server } from "../../src/runtime/index.ts"
import { PlainCache } from "../../src/runtime/seal/plain-cache.ts"
import { circuitOf, SMALL, sixteen, specOf } from "../runtime/support.ts"

afterEach(() => vi.restoreAllMocks())

const x = sixteen((i) => i - 5)
const ring = (factor: number) => ({ kind: "ring", values: literal(sixteen((i) => factor * i + 1)) }) as const
const scalar = (value: bigint) => ({ kind: "scalar", value }) as const

/** Constants in both forms, of fresh and of dropped levels, met before and after conversions. */
const INSTRUCTIONS: readonly Instruction[] = [
  { op: "input", name: "x", piece: 0 },
  { op: "multiplyPlain", a: 0, plain: ring(1) },
  { op: "multiplyPlain", a: 1, plain: scalar(3n) },
  { op: "addPlain", a: 2, plain: ring(3) },
  { op: "multiplyPlain", a: 3, plain: scalar(-2n) },
  { op: "add", a: 4, b: 1 },
  { op: "negate", a: 5 },
  { op: "addPlain", a: 6, plain: scalar(7n) },
  { op: "sub", a: 7, b: 1 },
]
const expected = sixteen((i) => {
  const p = x[i]! * (i + 1)
  return 2 * (3 * p + 3 * i + 1) - p + 7 - p
})

const encodings = (context: SealContext) => {
  const plain = vi.spyOn(context, "encode")
  const ntt = vi.spyOn(context, "transform")
  return () => [plain.mock.calls.length, ntt.mock.calls.length]
}

test.each(["bfv", "bgv"] as const)("the first run of %s encodes no constant", async (scheme) => {
  using context = await SealContext.create({ ...SMALL, scheme })
  const circuit = circuitOf(INSTRUCTIONS)
  const spec = { ...specOf(circuit), parameters: { ...SMALL, scheme } }
  using client = await Client.create(spec, { context })
  using server = await Server.create(spec, circuit, client.evaluationKeys(), { context })
  const request = client.encrypt({ x })
  const count = encodings(context)
  const reply = await server.run(request)
  expect(count()).toEqual([0, 0])
  expect(client.decrypt(reply)).toEqual(expected)
})

test("what does not fit in the cache is not encoded ahead", async () => {
  using context = await SealContext.create(SMALL)
  const circuit = circuitOf(INSTRUCTIONS)
  using client = await Client.create(specOf(circuit), { context })
  const keys = client.evaluationKeys()
  const count = encodings(context)
  using server = await Server.create(specOf(circuit), circuit, keys, { context, cacheBytes: 0 })
  expect(count()).toEqual([0, 0])
  expect(client.decrypt(await server.run(client.encrypt({ x })))).toEqual(expected)
})

/** The constants that are used, each with its form: for two sets of them to be compared. */
const uses = () => {
  const use = vi.spyOn(PlainCache.prototype, "use")
  const numbers = new Map<unknown, number>()
  const numberOf = (value: unknown): number => {
    if (!numbers.has(value)) numbers.set(value, numbers.size)
    return numbers.get(value)!
  }
  return () => {
    // Values of a run go by their names.
    const constants = use.mock.calls.filter(([value]) => typeof value !== "string")
    const used = new Set(constants.map(([value, form]) => `${numberOf(value)} in form ${form}`))
    use.mockClear()
    return [...used].sort()
  }
}

const matrix = Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (_, j) => ((i * j) % 5) - 2))
const input = { x: enc(uint(3), [8]) }

/** Matrices, tables, products, rounds and several moduli, as the compiler lowers them. */
const PROGRAMS: readonly [string, Compiled][] = [
  ["a matrix", compile(input, ({ x }) => x.matmul(matrix), { encodeInputs: false })],
  ["a table", compile(input, ({ x }) => x.map((v) => (v * v) % 7), { encodeInputs: false })],
  ["products", compile(input, ({ x }) => x.matmul(matrix).mul(x).add([1, 2, 3, 4, 5, 6, 7, 8]).sum())],
  ["two rounds", compile(input, ({ x }) => x.mul(x).refresh().matmul(matrix))],
  ["large values", compile({ x: enc(uint(28), [4]) }, ({ x }) => x.mul(x).mul(5).sum())],
]

test.each(PROGRAMS)("what is encoded ahead for %s is what the first run uses", async (_, program) => {
  using client = await program.client()
  const keys = client.evaluationKeys()
  const used = uses()
  using server = await program.server(keys)
  const ahead = used()
  expect(ahead.length).toBeGreaterThan(0)
  const names = program.spec.inputs.flatMap(({ name, shape }) => [[name, new Array(shape[0]!).fill(3)]])
  const inputs = Object.fromEntries(names)
  let reply = await server.run(client.encrypt(inputs))
  while (!client.isFinal(reply)) reply = await server.run(client.refresh(reply))
  expect(used()).toEqual(ahead)
  expect(client.decrypt(reply)).toEqual(program.evaluate(inputs))
})

test("functions of a module encode no constant in their first runs, whatever the age of their values", async () => {
  const define3 = (by: number) => define({ x: enc(range(0, 2)) }, ({ x }) => x.add(by).mod(3))
  const counter = compileModule({ one: define3(1), two: define3(2) }, { steps: 2 })
  using context = await SealContext.create(counter.parameters)
  using client = await counter.client({ context })
  using server = await counter.server(client.evaluationKeys(), { context })
  const request = client.encrypt("one", { x: 2 })
  const count = encodings(context)
  const first = await server.run("one", request)
  const second = await server.run("two", first)
  expect(count()).toEqual([0, 0])
  expect([client.decrypt(first), client.decrypt(second)]).toEqual([0, 2])
})
