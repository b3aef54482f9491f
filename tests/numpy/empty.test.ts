import { describe, expect, test } from "vitest"
import type { Outputs } from "../../src/frontend/index.ts"
import { compile, enc, type Nested, range, type Specification, type Tensor } from "../../src/index.ts"

const few = (...shape: number[]): Specification => enc(range(1, 8), shape)

type Case = [
  name: string,
  inputs: Record<string, Specification>,
  fn: (inputs: Record<string, Tensor>) => Outputs,
  values: Record<string, Nested>,
  want: unknown,
]

const cases: Case[] = [
  ["a slice that is empty", { x: few(2) }, ({ x }) => x!.slice([2, null]), { x: [1, 2] }, []],
  ["[0, 3] + 1", { x: few(0, 3) }, ({ x }) => x!.add(1), { x: [] }, []],
  ["[0, 3] summed to [3]", { x: few(0, 3) }, ({ x }) => x!.sum({ axis: 0 }), { x: [] }, [0, 0, 0]],
  ["[3, 0] squared", { x: few(3, 0) }, ({ x }) => x!.mul(x!), { x: [[], [], []] }, [[], [], []]],
  [
    "[2, 0] times [0, 3]",
    { x: few(2, 0), y: few(0, 3) },
    ({ x, y }) => x!.matmul(y!),
    { x: [[], []], y: [] },
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
  ],
  ["a table", { x: few(0) }, ({ x }) => x!.div(3).round(), { x: [] }, []],
  [
    "one empty of two inputs",
    { x: few(0), y: few(2) },
    ({ x, y }) => [x!.neg(), y!.square()],
    { x: [], y: [2, 3] },
    [[], [4, 9]],
  ],
  ["concat", { x: few(0), y: few(2) }, ({ x, y }) => x!.concat([y!]), { x: [], y: [2, 3] }, [2, 3]],
  [
    "no places of three",
    { x: few(3), i: enc(range(0, 2), [0]) },
    ({ x, i }) => x!.take(i!),
    { x: [1, 2, 3], i: [] },
    [],
  ],
  [
    "a table of pairs",
    { x: few(0), y: few(0) },
    ({ x, y }) => x!.map2(y!, (a, b) => a * b),
    { x: [], y: [] },
    [],
  ],
  ["split", { x: few(2) }, ({ x }) => x!.split([0, 1, 5]), { x: [1, 2] }, [[], [1], [2], []]],
  [
    "orders",
    { x: few(0, 2) },
    ({ x }) => [x!.argsort(), x!.sort(), x!.max({ axis: 1 })],
    { x: [] },
    [[], [], []],
  ],
  [
    "truth",
    { x: few(2, 0) },
    ({ x }) => [x!.gt(3).any(), x!.gt(3).all(), x!.prod()],
    { x: [[], []] },
    [0, 1, 1],
  ],
]

describe("tensors without elements", () => {
  test.each(cases)("%s", (_name, inputs, fn, values, want) => {
    const program = compile(inputs, fn)
    expect(program.evaluate(values)).toEqual(want)
    expect(program.simulate(values)).toEqual(want)
  })

  test("an empty input of another shape is refused", () => {
    const program = compile({ x: few(3, 0) }, ({ x }) => x.add(1))
    expect(() => program.evaluate({ x: [] })).toThrow(
      'input "x" has shape [0] where the program takes [3, 0]',
    )
    expect(() => program.evaluate({ x: [[], []] })).toThrow("has shape [2, 0]")
    const other = compile({ x: few(0, 3) }, ({ x }) => x.add(1))
    expect(() => other.evaluate({ x: [[]] })).toThrow("has shape [1, 0]")
    expect(() => other.evaluate({ x: 5 })).toThrow("has shape []")
  })
})
