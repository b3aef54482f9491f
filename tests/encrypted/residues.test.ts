import { describe, expect, test } from "vitest"
import { clear, compile, enc, int, range } from "../../src/index.ts"
import { SealContext } from "../../src/runtime/index.ts"
import { forge } from "../runtime/support.ts"

describe("values beyond one prime", () => {
  test("the product of two secrets of 31 bits, and what is added in the clear", async () => {
    const compiled = compile(
      { x: enc(int(31)), y: enc(int(31)), z: clear(int(40)) },
      ({ x, y, z }) => ({ product: x.mul(y).add(z), z: z.sub(1) }),
      { name: "product" },
    )
    expect(compiled.report().moduli.length).toBeGreaterThan(1)
    const most = 2 ** 30
    const samples = [
      { x: -most, y: most - 1, z: -(2 ** 39) },
      { x: -most, y: -most, z: 2 ** 39 - 1 },
      { x: 123456789, y: -987654321, z: 0 },
    ]
    const expected = samples.map((sample) => compiled.evaluate(sample))
    expect(compiled.simulateBatch(samples)).toEqual(expected)
    expect(await compiled.runBatch(samples)).toEqual(expected)
    await compiled.dispose()
  })

  test("a dot product of values of 63 bits", async () => {
    const weights = Array.from({ length: 16 }, (_, i) => BigInt(i % 2 === 0 ? i + 1 : -i) * 3n ** 17n)
    const compiled = compile(
      { x: enc(range(-(2n ** 28n), 2n ** 28n - 1n), [16]), y: enc(range(0, 2n ** 63n - 1n)) },
      ({ x, y }) => [x.matmul(weights), y],
      { name: "dot" },
    )
    const inputs = [
      {
        x: Array.from({ length: 16 }, (_, i) => (i % 3 === 0 ? -(2 ** 28) : 2 ** 28 - 1)),
        y: 2n ** 63n - 1n,
      },
      { x: Array.from({ length: 16 }, (_, i) => i * 1_000_003), y: 5n },
    ]
    for (const input of inputs) {
      const expected = compiled.evaluate(input)
      expect(compiled.simulate(input)).toEqual(expected)
      expect(await compiled.run(input)).toEqual(expected)
    }
    await compiled.dispose()
  })

  test("client and server of their own, in worker threads, with a key that was stored", async () => {
    const compiled = compile({ x: enc(int(32)), y: enc(int(32)) }, ({ x, y }) => x.mul(y), { name: "own" })
    using first = await compiled.client()
    const keys = first.secretKey()
    using client = await compiled.client({ keys })
    using server = await compiled.server(first.evaluationKeys(), { threads: 2 })
    const lanes = compiled.report().lanes
    const samples = Array.from({ length: lanes + 1 }, (_, k) => ({
      x: k * 261_943 - 2 ** 31,
      y: 2 ** 31 - 1 - k,
    }))
    const request = client.encryptBatch(samples)
    const reply = await server.run(request)
    const results = client.decryptBatch(reply)
    for (const k of [0, 1, lanes - 1, lanes]) expect(results[k]).toBe(compiled.evaluate(samples[k]!))
    expect(results).toEqual(samples.map(({ x, y }) => BigInt(x) * BigInt(y)))
    expect(client.noiseBudget(reply)).toBeGreaterThan(0)
    const parts = new DataView(request.buffer).getUint32(44, true)
    // A coefficient of 60 bits, all of them 1, is not below its prime.
    let forged = request
    for (let at = 0; at < 8; at++) forged = forge(forged, at, (byte) => byte | 0xff, parts - 1)
    await expect(server.run(forged)).rejects.toThrow(`part ${parts}`)
  })

  test("one context is not enough for several moduli", async () => {
    const compiled = compile({ x: enc(int(32)), y: enc(int(32)) }, ({ x, y }) => x.mul(y), { name: "own" })
    using context = await SealContext.create(compiled.parameters)
    await expect(compiled.client({ context })).rejects.toThrow(
      "2 plaintext moduli where 1 SEAL contexts are given",
    )
  })
})
