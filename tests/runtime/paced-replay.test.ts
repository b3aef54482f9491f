import { expect, test } from "vitest"
import { replay, vectorOps } from "../../src/backend/index.ts"
import { pacedReplay } from "../../src/runtime/paced-replay.ts"
import { circuitOf, LAYOUT, SMALL } from "./support.ts"

const circuit = circuitOf([
  { op: "input", name: "x", piece: 0 },
  { op: "rotate", a: 0, steps: 256 },
  { op: "multiply", a: 0, b: 1 },
  { op: "free", a: 0 },
  { op: "relinearize", a: 2 },
  { op: "negate", a: 3 },
  { op: "sub", a: 4, b: 1 },
  { op: "addPlain", a: 5, plain: { kind: "scalar", value: 3n } },
  { op: "multiplyPlain", a: 6, plain: { kind: "scalar", value: -2n } },
  { op: "dropLevel", a: 7 },
  { op: "add", a: 8, b: 8 },
])
const ops = vectorOps(LAYOUT, SMALL.t, {
  input: () => Float64Array.from({ length: 4096 }, (_, i) => i),
  plain: () => new Float64Array(4096),
})

test("a paced replay gives the results, frees and steps of a plain one", async () => {
  const trace = (log: unknown[]) => ({
    free: (value: unknown) => log.push(["free", value]),
    onStep: (...step: unknown[]) => log.push(step),
  })
  const [plain, paced]: unknown[][] = [[], []]
  const expected = replay(circuit, ops, trace(plain!))
  const found = await pacedReplay(circuit, ops, trace(paced!), () => undefined)
  expect(found).toEqual(expected)
  expect(paced).toEqual(plain)
})

test("it does nothing ahead of its pauses, and stops where one rejects", async () => {
  let done = 0
  let pauses = 0
  const pause = async () => {
    await Promise.resolve()
    expect(done).toBe(++pauses)
    if (pauses === 3) throw new Error("enough")
  }
  await expect(pacedReplay(circuit, ops, { onStep: () => done++ }, pause)).rejects.toThrow("enough")
  expect(done).toBe(3)
})
