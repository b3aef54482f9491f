// Case group 41: functions of their own results, ten times over, and the sequences of Concrete's documentation.
import { describe, expect, it } from "vitest"
import { compile } from "../../src/compiler/compile.ts"
import { enc, range, type Tensor, uint, where } from "../../src/frontend/index.ts"
import { that } from "./support.ts"

describe("functions of their own results", () => {
  it("(x + 1) % 100, ten runs", () => {
    const step = compile({ x: enc(range(0, 99)) }, ({ x }) => x.add(1).mod(100))
    let value = 94
    for (let i = 1; i <= 10; i++) {
      value = step.simulate({ x: value }) as number
      expect(value).toBe((94 + i) % 100)
    }
  })

  it("Fibonacci numbers, one pair a run", () => {
    const next = compile({ a: enc(range(0, 89)), b: enc(range(0, 89)) }, ({ a, b }) => ({
      a: b,
      b: a.add(b),
    }))
    let pair = { a: 0, b: 1 }
    const seen: number[] = []
    for (let i = 0; i < 10; i++) {
      seen.push(pair.a)
      pair = next.simulate(pair) as typeof pair
    }
    expect(seen).toEqual([0, 1, 1, 2, 3, 5, 8, 13, 21, 34])
  })

  it("Collatz from 19", () => {
    const next = compile({ x: enc(range(1, 88)) }, ({ x }) =>
      where(x.mod(2).eq(0), x.floorDiv(2), x.mul(3).add(1)),
    )
    let value = 19
    const seen = [value]
    while (value !== 1) {
      value = next.simulate({ x: value }) as number
      seen.push(value)
    }
    expect(seen).toEqual([19, 58, 29, 88, 44, 22, 11, 34, 17, 52, 26, 13, 40, 20, 10, 5, 16, 8, 4, 2, 1])
  })

  const repeated = (x: Tensor): Tensor => {
    let at = x
    for (let i = 0; i < 10; i++) at = at.add(1).mod(100)
    return at
  }
  it.each([
    that(
      "(x + 1) % 100 ten times in one program is one table",
      { x: enc(range(0, 99), [3]) },
      ({ x }) => repeated(x),
      ({ x }) => (x as number[]).map((v) => (v + 10) % 100),
    ),
    that(
      "a step of the game of life on a ring of 4 by 4",
      { x: enc(uint(1), [4, 4]) },
      ({ x }) => {
        const turns = [-1, 0, 1].flatMap((i) => [-1, 0, 1].map((j) => x.roll([i, j], { axis: [0, 1] })))
        const all = turns
          .reduce((total, turn) => total.add(turn))
          .mul(2)
          .sub(x)
        return all.map((v) => v === 5 || v === 6 || v === 7)
      },
      ({ x }) =>
        (x as number[][]).map((row, i) =>
          row.map((alive, j) => {
            let around = 0
            for (const di of [-1, 0, 1])
              for (const dj of [-1, 0, 1])
                if (di !== 0 || dj !== 0) around += (x as number[][])[(i + di + 4) % 4]![(j + dj + 4) % 4]!
            return Number(around === 3 || (alive === 1 && around === 2))
          }),
        ),
    ),
  ])("%s", (_name, run) => run())
})
