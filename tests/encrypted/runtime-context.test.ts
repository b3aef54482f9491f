import { readFileSync } from "node:fs"
import { afterEach, expect, test, vi } from "vitest"
import type { Parameters } from "../../src/backend/index.ts"
import { RuntimeError } from "../../src/data/index.ts"
import { Client, SealContext, Server } from "../../src/runtime/index.ts"
import { DOUBLE, MEDIUM, SMALL, sixteen, specOf } from "../runtime/support.ts"

afterEach(() => vi.restoreAllMocks())

test.each<[string, Partial<Parameters>, string]>([
  [
    "primes beyond the bound",
    { primes: [36, 36, 36] },
    "its primes have 108 bits together, and 128-bit security at n = 4096 allows 106",
  ],
  [
    "primes beyond the bound of 192 bits",
    { security: 192, primes: [37, 37] },
    "192-bit security at n = 4096 allows 73",
  ],
  [
    "primes beyond the bound of 256 bits",
    { security: 256, primes: [29, 28] },
    "256-bit security at n = 4096 allows 56",
  ],
  [
    "a degree without a bound",
    { n: 2048, primes: [20, 20] },
    "128-bit security at n = 2048 allows no modulus",
  ],
  ["a single prime", { primes: [36] }, "a data prime and a special prime are needed"],
  ["a modulus without slots", { t: 40963n }, "t = 40963 has no slots at n = 4096"],
  ["primes that SEAL does not have", { primes: [61, 36] }, "SEAL could not set up the parameters"],
])("%s is refused", async (_, change, message) => {
  const error = await SealContext.create({ ...SMALL, ...change }).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(RuntimeError)
  expect((error as Error).message).toContain(message)
})

test("the bounds themselves are accepted, at every level of security", async () => {
  const bounds: [128 | 192 | 256, number[]][] = [
    [128, [35, 35, 36]],
    [192, [36, 37]],
    [256, [28, 28]],
  ]
  for (const [security, primes] of bounds) {
    using context = await SealContext.create({ ...SMALL, security, primes })
    expect(context.liveObjects).toBeGreaterThan(0)
  }
})

test("a context for other parameters is refused by client and server", async () => {
  using context = await SealContext.create(SMALL)
  const spec = specOf(DOUBLE, { ...SMALL, primes: [34, 33, 36] })
  const message = "was made for bfv n=4096 t=40961 primes=34,34,36 security=128 where the program needs"
  await expect(Client.create(spec, { context })).rejects.toThrow(message)
  await expect(Server.create(spec, DOUBLE, new Uint8Array(), { context })).rejects.toThrow(message)
})

test("client and server without a context make and free their own, on two machines as it were", async () => {
  const spec = specOf(DOUBLE)
  using client = await Client.create(spec)
  using server = await Server.create(spec, DOUBLE, client.evaluationKeys())
  const x = sixteen((i) => i)
  expect(client.decrypt(await server.run(client.encrypt({ x })))).toEqual(sixteen((i) => 2 * i))
})

test("a context of their own is freed with them, and when they cannot be made", async () => {
  const dispose = vi.spyOn(SealContext.prototype, "dispose")
  const spec = specOf(DOUBLE)
  await expect(Client.create(spec, { keys: new Uint8Array(9) })).rejects.toThrow("no Lutra message")
  expect(dispose).toHaveBeenCalledTimes(1)
  await expect(Server.create(spec, DOUBLE, new Uint8Array(9))).rejects.toThrow("no Lutra message")
  expect(dispose).toHaveBeenCalledTimes(2)
  const client = await Client.create(spec)
  const server = await Server.create(spec, DOUBLE, client.evaluationKeys())
  server.dispose()
  client.dispose()
  expect(dispose).toHaveBeenCalledTimes(4)
})

test("a platform without the WebAssembly that SEAL needs is told which one to use", async () => {
  vi.spyOn(WebAssembly, "validate").mockReturnValue(false)
  await expect(SealContext.create(SMALL)).rejects.toThrow(
    /Node 22.22.2 or later, Node 24.15 or later, Chrome 137/,
  )
})

test("SEAL is loaded from where a bundler has put it, and a wrong place is named", async () => {
  const wasmUrl = new URL("seal_allows.wasm", import.meta.resolve("node-seal/allows"))
  expect(readFileSync(wasmUrl).length).toBeGreaterThan(1e6)
  using context = await SealContext.create(SMALL, { wasmUrl })
  expect(context.liveObjects).toBeGreaterThan(0)
  const wrong = SealContext.create(SMALL, { wasmUrl: "/nowhere/seal.wasm" })
  await expect(wrong).rejects.toThrow("SEAL could not be loaded from /nowhere/seal.wasm")
})

test("progress goes up to its total, for a new client and for a run", async () => {
  using context = await SealContext.create(SMALL)
  const steps: [number, number, string][] = []
  const onProgress = (...step: [number, number, string]) => steps.push(step)
  using client = await Client.create(specOf(DOUBLE), { context, onProgress })
  expect(steps.map(([done, total]) => `${done}/${total}`)).toEqual(["0/2", "1/2", "2/2"])
  using server = await Server.create(specOf(DOUBLE), DOUBLE, client.evaluationKeys(), { context })
  steps.length = 0
  await server.run(client.encrypt({ x: sixteen(() => 0) }), { onProgress })
  expect(steps).toEqual([
    [1, 3, "input"],
    [2, 3, "add"],
    [3, 3, "free"],
  ])
})

test("a context survives neither its disposal nor silently", async () => {
  const context = await SealContext.create(MEDIUM)
  context.dispose()
  await expect(Client.create(specOf(DOUBLE, MEDIUM), { context })).rejects.toThrow(
    "the SEAL context is disposed",
  )
})
