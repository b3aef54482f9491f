import { expect, test } from "vitest"
import { compileModule, define, enc, range, uint } from "../src/index.ts"

const slots = 8
const places = Array.from({ length: slots }, (_, i) => i)
const entry = { store: enc(uint(3), [slots]), key: enc(range(0, slots - 1)) }
const definitions = {
  put: define({ ...entry, value: enc(uint(3)) }, ({ store, key, value }) => ({
    store: store.add(key.eq(places).mul(value.sub(store))).assume(0, 7),
  })),
  get: define(entry, ({ store, key }) => key.eq(places).mul(store).sum().assume(0, 7)),
}
const wires = [
  ["put.store", "put.store"],
  ["put.store", "get.store"],
] as const

test("inputs that no wire leads to are sent one-hot where that is cheaper", () => {
  const module = compileModule(definitions, { steps: 2, wires })
  const plain = compileModule(definitions, { steps: 2, wires, encodeInputs: false })
  const { put, get } = module.report().functions
  expect([put!.oneHot, get!.oneHot].map((inputs) => inputs.map(({ name }) => name))).toEqual([
    ["key"],
    ["key"],
  ])
  expect(Object.values(plain.report().functions).flatMap(({ oneHot }) => oneHot)).toEqual([])
  expect(put!.depth).toBeLessThan(plain.report().functions["put"]!.depth)
  expect(module.parameters.n).toBeLessThan(plain.parameters.n)
  expect(String(module.report())).toContain("key one-hot")
  const store = [3, 1, 4, 1, 5, 2, 6, 7]
  for (const key of places) {
    const inserted = { store: store.map((held, i) => (i === key ? 0 : held)) }
    expect(module.simulate("put", { store, key, value: 0 })).toEqual(inserted)
    expect(module.evaluate("put", { store, key, value: 0 })).toEqual(inserted)
    expect(module.simulate("get", { store, key })).toBe(store[key])
  }
})

test("inputs that other functions give are not, however large their tables", () => {
  const digit = { x: enc(range(0, 9)) }
  const step = define(digit, ({ x }) => x.lookup([3, 1, 4, 1, 5, 9, 2, 6, 5, 8]))
  const oneHot = (wires: readonly (readonly [string, string])[]) =>
    compileModule({ step }, { wires }).report().functions["step"]!.oneHot.length
  expect(oneHot([["step.y", "step.x"]])).toBe(0)
  expect(oneHot([])).toBe(1)
})
