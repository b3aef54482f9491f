import { afterEach, expect, test, vi } from "vitest"
import type { Parameters } from "../../src/backend/index.ts"
import { Client, SealContext, Server } from "../../src/runtime/index.ts"
import { SealSecret } from "../../src/runtime/seal/seal-secret.ts"
import { circuitOf, DOUBLE, LAYOUT, MEDIUM, SMALL, sixteen, specOf } from "../runtime/support.ts"

afterEach(() => vi.restoreAllMocks())

test("the saved secret key that a client packs or loads is wiped", async () => {
  using context = await SealContext.create(SMALL)
  const spec = specOf(DOUBLE)
  using client = await Client.create(spec, { context })
  const save = vi.spyOn(SealSecret.prototype, "save")
  const keys = client.secretKey()
  const saved = save.mock.results[0]!.value as Uint8Array
  expect(saved.length).toBeGreaterThan(1000)
  expect(saved.every((byte) => byte === 0)).toBe(true)
  const load = vi.spyOn(context.seal.SecretKey.prototype, "loadFromArray")
  using restored = await Client.create(spec, { context, keys })
  const loaded = load.mock.calls[0]![1] as Uint8Array
  expect(loaded.length).toBe(saved.length)
  expect(loaded.every((byte) => byte === 0)).toBe(true)
  expect(restored.secretKey()).toEqual(keys)
})

/** A context, and the memory of its WASM instance as WebAssembly gave it. */
const contextWithMemory = async (parameters: Parameters) => {
  const memories: WebAssembly.Memory[] = []
  const original = WebAssembly.instantiate as (...given: unknown[]) => Promise<unknown>
  vi.spyOn(WebAssembly, "instantiate").mockImplementation((async (...given: unknown[]) => {
    const made = (await original(...given)) as { instance?: WebAssembly.Instance }
    const { exports } = made.instance ?? (made as WebAssembly.Instance)
    memories.push(...Object.values(exports).filter((each) => each instanceof WebAssembly.Memory))
    return made
  }) as typeof WebAssembly.instantiate)
  const context = await SealContext.create(parameters)
  const [memory] = memories as [WebAssembly.Memory]
  return { context, memory }
}

/** Coefficients of a key as SEAL saves it. */
const HEADERS = 88
const PIECES = 16
/** What a copy of the key looks like: parts from all over its coefficients. */
const piecesOf = (saved: Uint8Array): Uint8Array[] =>
  Array.from({ length: PIECES }, (_, i) => {
    const from = HEADERS + 8 * Math.floor((i * (saved.length - HEADERS - 32)) / PIECES / 8)
    return saved.slice(from, from + 24)
  })
const countIn = (memory: WebAssembly.Memory, pieces: readonly Uint8Array[]): number => {
  const bytes = Buffer.from(memory.buffer)
  let count = 0
  for (const piece of pieces)
    for (let at = bytes.indexOf(piece); at >= 0; at = bytes.indexOf(piece, at + 1)) count++
  return count
}

const parametersOf = { "BFV at n = 4096": SMALL, "BGV at n = 8192": { ...MEDIUM, scheme: "bgv" } } as const

test.each(Object.entries(parametersOf))(
  "the memory of WebAssembly keeps no saved secret key, and none when the client is disposed: %s",
  async (_, parameters) => {
    const layout = { ...LAYOUT, n: parameters.n }
    const circuit = circuitOf(DOUBLE.instructions, { layout, t: parameters.t })
    const spec = specOf(circuit, parameters)
    const { context, memory } = await contextWithMemory(parameters)
    const save = SealSecret.prototype.save
    let saved = new Uint8Array()
    vi.spyOn(SealSecret.prototype, "save").mockImplementation(function (this: SealSecret) {
      const bytes = save.call(this)
      saved = bytes.slice()
      return bytes
    })
    const serialized = () => [saved.slice(HEADERS - 24, HEADERS + 8)]

    const client = await Client.create(spec, { context })
    const keys = client.secretKey()
    const pieces = piecesOf(saved)
    const inUse = countIn(memory, pieces)
    expect(inUse).toBeGreaterThanOrEqual(PIECES)
    expect(inUse % PIECES).toBe(0)
    expect(countIn(memory, serialized())).toBe(0)
    client.secretKey()
    expect(countIn(memory, pieces)).toBe(inUse)

    const restored = await Client.create(spec, { context, keys })
    expect(countIn(memory, serialized())).toBe(0)
    await expect(Client.create(spec, { context, keys: keys.slice(0, -1) })).rejects.toThrow()

    // Both still have their keys.
    const server = await Server.create(spec, circuit, restored.evaluationKeys(), { context })
    const x = sixteen((i) => 3 * i - 20)
    for (const [from, to] of [
      [client, restored],
      [restored, client],
    ] as const) {
      expect(to.decrypt(await server.run(from.encrypt({ x })))).toEqual(x.map((value) => 2 * value))
    }
    expect(restored.secretKey()).toEqual(keys)

    client.dispose()
    expect(countIn(memory, pieces)).toBeGreaterThan(0)
    restored.dispose()
    expect(countIn(memory, pieces)).toBe(0)
    server.dispose()
    context.dispose()
  },
)
