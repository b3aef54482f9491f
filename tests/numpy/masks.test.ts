import { describe, expect, test } from "vitest"
import type { Outputs } from "../../src/frontend/index.ts"
import { clear, compile, constant, enc, range, type Tensor } from "../../src/index.ts"

const M = [
  [1, 2, 3],
  [4, 5, 6],
]
const given = { x: [10, 11, 12, 13], m: M, c: [1, 0, 1, 0] }
const declared = { x: enc(range(0, 15), [4]), m: enc(range(0, 7), [2, 3]), c: clear(range(0, 1), [4]) }
const mask = [true, false, true, false]
const rows = [false, true]
const places = [
  [true, false, false],
  [false, true, true],
]

type Given = { readonly x: Tensor; readonly m: Tensor; readonly c: Tensor }
const compiled = (fn: (inputs: Given) => Outputs) => compile(declared, fn)
const gives = (fn: (inputs: Given) => Outputs): unknown => {
  const program = compiled(fn)
  const result = program.evaluate(given)
  expect(program.simulate(given)).toEqual(result)
  return result
}

/** What numpy 2.4 gives. */
const selections: [string, (inputs: Given) => Tensor, unknown][] = [
  ["at", ({ x }) => x.at(mask), [10, 12]],
  ["slice", ({ x }) => x.slice(mask), [10, 12]],
  ["a constant mask", ({ x }) => x.at(constant(mask)), [10, 12]],
  ["a compared constant", ({ x }) => x.at(constant([3, 1, 2, 0]).gt(1)), [10, 12]],
  ["a moved one", ({ x }) => x.at(constant(mask).flip()), [11, 13]],
  ["rows", ({ m }) => m.at(rows), [[4, 5, 6]]],
  ["rows and a column", ({ m }) => m.at(rows, 1), [5]],
  [
    "columns",
    ({ m }) => m.slice(null, [true, false, true]),
    [
      [1, 3],
      [4, 6],
    ],
  ],
  ["both axes", ({ m }) => m.at(places), [1, 5, 6]],
  ["both axes of a slice", ({ m }) => m.slice(places), [1, 5, 6]],
  ["none", ({ x }) => x.at([false, false, false, false]), []],
  ["set", ({ x }) => x.set([mask], 0), [0, 11, 0, 13]],
  ["set to several", ({ x }) => x.set([mask], [7, 8]), [7, 11, 8, 13]],
  [
    "set on both axes",
    ({ m }) => m.set([places], 0),
    [
      [0, 2, 3],
      [4, 0, 0],
    ],
  ],
  ["set by a secret mask", ({ x }) => x.set([x.gt(11)], 0), [10, 11, 0, 0]],
  ["set by a clear mask", ({ x, c }) => x.set([c.eq(1)], 5), [5, 11, 5, 13]],
  [
    "set of rows by a secret mask",
    ({ m }) => m.set([m.at([0, 1], 0).gt(2)], 0),
    [
      [1, 2, 3],
      [0, 0, 0],
    ],
  ],
  [
    "compress",
    ({ m }) => m.compress([false, true, true], 1),
    [
      [2, 3],
      [5, 6],
    ],
  ],
  ["take by a comparison", ({ x }) => x.take(x.gt(11)), [10, 10, 11, 11]],
]

const refusals: [string, (inputs: Given) => Outputs, string][] = [
  ["a secret mask", ({ x }) => x.at(x.gt(11)), "at by a mask that is not known while tracing"],
  ["a clear mask", ({ x, c }) => x.at(c.eq(1)), "choose with where(mask, x, 0)"],
  ["masks joined by logic", ({ x, c }) => x.slice(x.gt(2).logicalAnd(c.eq(1))), "slice by a mask"],
  ["the other way round", ({ x }) => x.at(x.gt(2).logicalNot()), "at by a mask"],
  ["either of two", ({ x }) => x.at(x.gt(2).logicalOr(x.lt(1)).reshape([4])), "at by a mask"],
  ["take by booleans", ({ x }) => x.take(mask), "reads as the indices 0 and 1"],
  ["take by a constant mask", ({ x }) => x.take(constant(mask)), "x.at(mask)"],
  ["a short mask", ({ x }) => x.at([true, false]), "a mask of shape [2] for axes of shape [4]"],
  ["a long mask", ({ m }) => m.slice(null, [true, false]), "a mask of shape [2] for axes of shape [3]"],
  ["one boolean", ({ x }) => x.at(true), "index"],
  ["several values by a secret mask", ({ x }) => x.set([x.gt(11)], [1, 2]), "set by a mask"],
  ["unique", ({ x }) => x.unique(), "bincount to count each value"],
  ["nonzero", ({ x }) => x.nonzero(), "use countNonzero"],
]

describe("masks", () => {
  test.each(selections)("%s", (_name, fn, want) => expect(gives(fn)).toEqual(want))
  test.each(refusals)("%s is refused", (_name, fn, message) => {
    expect(() => compiled(fn)).toThrow(message)
  })
  test("the integers 1 and 0 are places", () => {
    expect(gives(({ x }) => x.at([1, 0, 1, 0]))).toEqual([11, 10, 11, 10])
    expect(gives(({ x, c }) => x.at(c))).toEqual([11, 10, 11, 10])
  })
})
