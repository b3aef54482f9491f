import { expect, test } from "vitest"
import { compileModuleFor } from "../../src/compiler/compile-module.ts"
import { clear, define, enc, range } from "../../src/index.ts"

const digit = enc(range(0, 2))
const module = compileModuleFor(
  {
    inc: define({ x: digit, k: clear(range(0, 1)) }, ({ x, k }) => ({ x: x.add(k).mod(3), k: k.add(1) })),
    plus: define({ a: digit, b: digit }, ({ a, b }) => ({ x: a.add(b).mod(3) })),
  },
  { steps: 2 },
  { n: 16384, scheme: "bgv" },
)

test("functions of a module run on worker threads, on values of every age", async () => {
  using client = await module.client()
  const keys = client.evaluationKeys()
  using server = await module.server(keys, { threads: 2 })
  using single = await module.server(keys)
  expect([server.threads, single.threads]).toEqual([2, 1])
  const samples = Array.from({ length: module.report().lanes + 2 }, (_, i) => ({ x: i % 3, k: i % 2 }))
  const request = client.encryptBatch("inc", samples)
  const steps: number[] = []
  const once = await server.run("inc", request, { onProgress: (done, total) => steps.push(done / total) })
  expect(steps.at(-1)).toBe(1)
  expect(once).toEqual(await single.run("inc", request))
  // The worker gets another circuit for each function and age, and keeps it.
  for (let turn = 0; turn < 2; turn++) {
    const twice = await server.run("plus", {
      a: once,
      b: client.encryptBatch(
        "plus",
        samples.map(({ x }) => ({ b: x })),
      ),
    })
    expect(client.decrypt(twice)).toEqual(samples.map(({ x, k }) => ({ x: (2 * x + k) % 3 })))
  }
  const fresh = await server.run("plus", { a: client.refresh(once), b: client.refresh(once) })
  expect(client.decrypt(fresh)).toEqual(samples.map(({ x, k }) => ({ x: (2 * (x + k)) % 3 })))
  await expect(module.server(keys, { threads: 0 })).rejects.toThrow("threads is 0")
}, 120_000)

test("more bytes of keys than allowed are refused", async () => {
  await expect(module.client({ maxKeyBytes: 1000 })).rejects.toThrow("more than the 1000 of maxKeyBytes")
})
