import { expect, test } from "vitest"
import { compileModule, define, enc, range, uint } from "../../src/index.ts"

test("one-hot inputs of a function meet values of every age", async () => {
  const places = [0, 1, 2, 3, 4, 5]
  const entry = { store: enc(uint(3), [6]), key: enc(range(0, 5)) }
  await using module = Object.assign(
    compileModule(
      {
        put: define({ ...entry, value: enc(uint(3)) }, ({ store, key, value }) => ({
          store: store.add(key.eq(places).mul(value.sub(store))).assume(0, 7),
        })),
        get: define(entry, ({ store, key }) => key.eq(places).mul(store).sum().assume(0, 7)),
      },
      {
        steps: 3,
        wires: [
          ["put.store", "put.store"],
          ["put.store", "get.store"],
        ],
      },
    ),
    { [Symbol.asyncDispose]: () => module.dispose() },
  )
  expect(module.report().functions["put"]!.oneHot).toHaveLength(1)
  using client = await module.client()
  using server = await module.server(client.evaluationKeys())
  const plain = [7, 0, 3, 1, 2, 6]
  let store: Uint8Array = new Uint8Array()
  for (const [i, key] of [5, 0, 3, 2].entries()) {
    const value = (3 * i + 1) % 8
    const insert = client.encrypt("put", { key, value, ...(i === 0 && { store: plain }) })
    if (i === 2) store = client.refresh(store)
    store = await server.run("put", i === 0 ? insert : { key: insert, value: insert, store })
    plain[key] = value
    expect(client.decrypt(store)).toEqual({ store: plain })
  }
  const margins = module.report().noiseMargins
  expect(client.noiseBudget(store)).toBeGreaterThanOrEqual(margins[1]!)
  const found = await server.run("get", { store, key: client.encrypt("get", { key: 2 }) })
  expect(client.decrypt(found)).toBe(plain[2])
}, 60_000)
