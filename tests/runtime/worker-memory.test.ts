import { expect, test } from "vitest"
import type { Circuit, Instruction } from "../../src/backend/index.ts"
import { literal } from "../../src/ir/index.ts"
import { estimateWorkerBytes } from "../../src/runtime/server/threads/worker-memory.ts"
import { circuitOf, DOUBLE, MEDIUM, SMALL, sixteen } from "./support.ts"

const estimate = (circuit: Circuit, parameters = SMALL, rotations: number[] = [], cacheBytes = 2 ** 30) =>
  estimateWorkerBytes({ parameters, keys: { relinearization: false, rotations } }, circuit, cacheBytes)
const ring = (factor: number) => ({ kind: "ring", values: literal(sixteen((i) => factor * i)) }) as const
const products: Instruction[] = [1, 2, 3, 4].map((k) => ({ op: "multiplyPlain", a: 0, plain: ring(k) }))

test("keys, parameters, live ciphertexts and constants within the cache add to the memory of a worker", () => {
  const least = estimate(DOUBLE)
  const key = 2 * 2 * 8 * 4096 * 3
  expect(estimate(DOUBLE, SMALL, [1, 2, 4]) - least).toBe(2 * 3 * key)
  expect(estimate(DOUBLE, MEDIUM)).toBeGreaterThan(least)
  const wide = circuitOf([...DOUBLE.instructions.slice(0, 2), ...products])
  const ciphertexts = 2 * 4 * 16 * 4096 * 2
  expect(estimate(wide) - least).toBe(ciphertexts + 4 * 8 * 4096 * 3)
  expect(estimate(wide, SMALL, [], 1000) - least).toBe(ciphertexts + 1000)
})

test("what is freed counts once", () => {
  const turns: Instruction[] = Array.from({ length: 50 }, (_, a) => [
    { op: "rotate", a, steps: 128 } as const,
    { op: "free", a } as const,
  ]).flat()
  expect(estimate(circuitOf([DOUBLE.instructions[0]!, ...turns]))).toBe(estimate(DOUBLE))
})
