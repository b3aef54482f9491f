import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest"
import type { Circuit, Instruction } from "../../src/backend/index.ts"
import { Builder, intType, literal } from "../../src/ir/index.ts"
import { Client, SealContext, Server } from "../../src/runtime/index.ts"
import { circuitOf, clearVector, DOUBLE, LAYOUT, SMALL, sixteen, specOf, vector } from "../runtime/support.ts"

const x = sixteen((i) => i - 5)
const ring = (factor: number) => ({ kind: "ring", values: literal(sixteen((i) => factor * i + 1)) }) as const

/** Every kind of instruction, with conversions between forms and values that are never freed. */
const VARIED = circuitOf([
  { op: "input", name: "x", piece: 0 },
  { op: "multiply", a: 0, b: 0 },
  { op: "relinearize", a: 1 },
  { op: "free", a: 1 },
  { op: "rotate", a: 0, steps: 128 },
  { op: "multiplyPlain", a: 3, plain: ring(1) },
  { op: "multiplyPlain", a: 0, plain: ring(2) },
  { op: "add", a: 4, b: 5 },
  { op: "negate", a: 6 },
  { op: "sub", a: 7, b: 2 },
  { op: "addPlain", a: 8, plain: ring(3) },
  { op: "blind", a: 9, period: 16, used: 16 },
])
const VARIED_RESULT = sixteen(
  (i) => -(x[(i + 1) % 16]! * (i + 1) + x[i]! * (2 * i + 1)) - x[i]! ** 2 + 3 * i + 1,
)

let context: SealContext
beforeAll(async () => {
  context = await SealContext.create(SMALL)
})
afterAll(() => context.dispose())
afterEach(() => vi.restoreAllMocks())

/** Lets 60 ms pass at each look at the clock, so that a run gives way at every other instruction. */
const hurry = () => {
  let now = 0
  vi.spyOn(performance, "now").mockImplementation(() => {
    now += 60
    return now
  })
}

const setUp = async (circuit: Circuit, cacheBytes?: number) => {
  const client = await Client.create(specOf(circuit), { context })
  const options = cacheBytes === undefined ? { context } : { context, cacheBytes }
  const server = await Server.create(specOf(circuit), circuit, client.evaluationKeys(), options)
  return { client, server }
}

test("client and server give everything back when they are disposed, also twice", async () => {
  const before = context.liveObjects
  const { client, server } = await setUp(VARIED)
  expect(client.decrypt(await server.run(client.encrypt({ x })))).toEqual(VARIED_RESULT)
  expect(context.liveObjects).toBeGreaterThan(before + 5)
  server.dispose()
  server.dispose()
  client.dispose()
  client.dispose()
  expect(context.liveObjects).toBe(before)
})

test("a disposed context has nothing left", async () => {
  const mine = await SealContext.create(SMALL)
  expect(mine.liveObjects).toBeGreaterThan(0)
  mine.dispose()
  expect(mine.liveObjects).toBe(0)
})

test("a run that fails at any step leaves nothing behind", async () => {
  const { client, server } = await setUp(VARIED)
  const request = client.encrypt({ x })
  await server.run(request)
  const live = context.liveObjects
  for (let step = 1; step <= VARIED.instructions.length; step++) {
    const onProgress = (done: number) => {
      if (done === step) throw new Error(`stop at ${step}`)
    }
    await expect(server.run(request, { onProgress })).rejects.toThrow(`stop at ${step}`)
    expect(context.liveObjects).toBe(live)
  }
  expect(client.decrypt(await server.run(request))).toEqual(VARIED_RESULT)
  client.dispose()
  server.dispose()
})

test("a value that is freed gives back both of its forms at once", async () => {
  const circuit = circuitOf([
    { op: "input", name: "x", piece: 0 },
    { op: "multiplyPlain", a: 0, plain: ring(1) },
    { op: "free", a: 0 },
    { op: "negate", a: 1 },
  ])
  const { client, server } = await setUp(circuit, 0)
  const before = context.liveObjects
  const live: number[] = []
  await server.run(client.encrypt({ x }), { onProgress: () => live.push(context.liveObjects - before) })
  // x; x in two forms and the product; the product; the product and its negative.
  expect(live).toEqual([1, 3, 1, 2])
  client.dispose()
  server.dispose()
})

test("a key or context that is refused leaves nothing behind", async () => {
  const live = context.liveObjects
  await expect(Client.create(specOf(VARIED), { context, keys: new Uint8Array(9) })).rejects.toThrow()
  await expect(Server.create(specOf(VARIED), VARIED, new Uint8Array(9), { context })).rejects.toThrow()
  expect(context.liveObjects).toBe(live)
})

test("run-time operands are those of their own run and piece, and are freed with it", async () => {
  const builder = new Builder()
  const s = builder.make("input", [], { name: "s", type: intType(false, -100n, 100n, [20]) })
  const clear = { name: "clear", inputs: [s], outputs: new Map([["s", s]]), origins: builder.origins }
  const plain = (piece: number) => ({ kind: "given", name: "s", piece }) as const
  const circuit = circuitOf(
    [
      { op: "input", name: "x", piece: 0 },
      { op: "input", name: "x", piece: 1 },
      { op: "multiplyPlain", a: 0, plain: plain(0) },
      { op: "multiplyPlain", a: 1, plain: plain(1) },
    ],
    {
      clear,
      given: [{ name: "s", placement: { length: 20, period: 16 } }],
      inputs: [vector({ layout: LAYOUT }, "x", 20), clearVector("s", 20)],
      outputs: [{ ...vector({ layout: LAYOUT }, "y", 20, 10_000n), pieces: [2, 3] }],
    },
  )
  const { client, server } = await setUp(circuit)
  const live = context.liveObjects
  const x = Array.from({ length: 20 }, (_, i) => i - 9)
  for (const factor of [1, -3]) {
    const s = x.map((value) => factor * value)
    expect(client.decrypt(await server.run(client.encrypt({ x, s })))).toEqual(
      x.map((value, i) => value * s[i]! + 0),
    )
    expect(context.liveObjects).toBe(live)
  }
  client.dispose()
  server.dispose()
})

test("encoded constants are kept within the budget, and results do not depend on it", async () => {
  const kept: number[] = []
  // The three constants take 64 KiB, 64 KiB and 32 KiB, in the order of the circuit.
  for (const cacheBytes of [0, 2 ** 16, 2 ** 17, 2 ** 20]) {
    const before = context.liveObjects
    const { client, server } = await setUp(VARIED, cacheBytes)
    const made = context.liveObjects - before
    for (const _ of [1, 2])
      expect(client.decrypt(await server.run(client.encrypt({ x })))).toEqual(VARIED_RESULT)
    // They are encoded when the server is made, and no run adds any.
    expect(context.liveObjects - before).toBe(made)
    kept.push(made)
    client.dispose()
    server.dispose()
  }
  expect(kept.map((objects) => objects - kept[0]!)).toEqual([0, 1, 2, 3])
})

test("runs that overlap on one server do not mix", async () => {
  const turns: Instruction[] = Array.from({ length: 20 }, (_, a) => ({ op: "rotate", a, steps: 128 }))
  const long = circuitOf([{ op: "input", name: "x", piece: 0 }, ...turns])
  const { client, server } = await setUp(long)
  hurry()
  const samples = [1, 2, 3].map((k) => sixteen((i) => k * i))
  const order: string[] = []
  const replies = await Promise.all(
    samples.map((x, k) =>
      server.run(client.encrypt({ x }), { onProgress: (done) => order.push(`${k} ${done}`) }),
    ),
  )
  expect(replies.map((reply) => client.decrypt(reply))).toEqual(
    samples.map((x) => sixteen((i) => x[(i + 20) % 16]!)),
  )
  expect(order.indexOf("1 1")).toBeLessThan(order.indexOf("0 21"))
  client.dispose()
  server.dispose()
})

test("a server that is disposed during a run ends it with a clear message", async () => {
  const turns: Instruction[] = Array.from({ length: 20 }, (_, a) => ({ op: "rotate", a, steps: 128 }))
  const long = circuitOf([{ op: "input", name: "x", piece: 0 }, ...turns])
  const before = context.liveObjects
  const { client, server } = await setUp(long)
  hurry()
  const run = server.run(client.encrypt({ x }))
  server.dispose()
  await expect(run).rejects.toThrow("this server is disposed")
  await expect(server.run(client.encrypt({ x }))).rejects.toThrow("this server is disposed")
  client.dispose()
  expect(() => client.encrypt({ x })).toThrow("this client is disposed")
  expect(context.liveObjects).toBe(before)
})

test("a thousand runs leave the number of objects and the memory of the process as they were", async () => {
  const { client, server } = await setUp(DOUBLE)
  const runs = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) client.decrypt(await server.run(client.encrypt({ x })))
  }
  await runs(200)
  const live = context.liveObjects
  const before = residentMegabytes()
  await runs(1000)
  expect(context.liveObjects).toBe(live)
  // One ciphertext left behind in each run would be 125 MB.
  expect(residentMegabytes() - before).toBeLessThan(40)
  client.dispose()
  server.dispose()
})

const residentMegabytes = (): number => {
  setFlagsFromString("--expose-gc")
  const collect: () => void = runInNewContext("gc")
  collect()
  collect()
  return process.memoryUsage().rss / 1e6
}
