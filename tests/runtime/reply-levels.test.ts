import { expect, test } from "vitest"
import { replyLevels } from "../../src/runtime/spec/reply-levels.ts"
import { circuitOf, LAYOUT, SMALL, vector } from "./support.ts"

test("an output has a prime fewer for each drop on its way, whatever was freed", () => {
  const circuit = circuitOf(
    [
      { op: "input", name: "x", piece: 0 },
      { op: "dropLevel", a: 0 },
      { op: "rotate", a: 1, steps: 256 },
      { op: "free", a: 1 },
    ],
    {
      outputs: [
        { ...vector({ layout: LAYOUT }, "y", 16), pieces: [2, 0] },
        { ...vector({ layout: LAYOUT }, "clear", 16), placement: null, pieces: [] },
        { ...vector({ layout: LAYOUT }, "z", 16), pieces: [2] },
      ],
    },
  )
  expect(replyLevels(circuit, SMALL)).toEqual([1, 2, 1])
})

test("operands of different levels and a drop of the last prime are bugs of the compiler", () => {
  const input = { op: "input", name: "x", piece: 0 } as const
  const drop = (a: number) => ({ op: "dropLevel", a }) as const
  const mixed = circuitOf([input, drop(0), { op: "add", a: 0, b: 1 }])
  expect(() => replyLevels(mixed, SMALL)).toThrow("operands with 2 and 1 primes left")
  expect(() => replyLevels(circuitOf([input, drop(0), drop(1)]), SMALL)).toThrow("the last prime is dropped")
})
