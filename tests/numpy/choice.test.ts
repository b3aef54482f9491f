// Case groups 18, 38 and 40: where, tables of a comparison, relu of all widths.
import { describe, it } from "vitest"
import { enc, int, lookup, range, relu, uint, where } from "../../src/frontend/index.ts"
import { elementwise } from "./reference.ts"
import { type Case, that } from "./support.ts"

describe("where", () => {
  it.each([
    that(
      "where(x < 5, 3 x, x)",
      { x: enc(range(0, 10), [11]) },
      ({ x }) => where(x.lt(5), x.mul(3), x),
      ({ x }) => elementwise((v) => (v < 5 ? 3 * v : v), x),
    ),
    that(
      "[10, 5][x > 5]",
      { x: enc(range(0, 10), [11]) },
      ({ x }) => lookup(x.gt(5), [10, 5]),
      ({ x }) => elementwise((v) => (v > 5 ? 5 : 10), x),
    ),
    that(
      "where with a clear condition and constants",
      { c: enc(uint(1), [3]), x: enc(int(4), [2, 1]) },
      ({ c, x }) => [where(c, x, 7), where(c, [1, 2, 3], x), where([1, 0, 1], x, c)],
      ({ c, x }) => [
        elementwise((p, q) => (p ? q : 7), c, x),
        elementwise((p, q, r) => (p ? q : r), c, [1, 2, 3], x),
        elementwise((p, q, r) => (p ? q : r), [1, 0, 1], x, c),
      ],
    ),
    ...[3, 4, 5].flatMap((bits) =>
      [uint, int].flatMap((type) =>
        ([[], [3], [2, 3]] as const).map(
          (shape): Case =>
            that(
              `where of ${bits} bits, ${type.name}, shape [${shape}]`,
              { c: enc(uint(1), shape), a: enc(type(bits), shape), b: enc(type(bits), shape) },
              ({ c, a, b }) => where(c, a, b).add(100),
              ({ c, a, b }) => elementwise((p, q, r) => (p === 1 ? q : r) + 100, c, a, b),
            ),
        ),
      ),
    ),
  ])("%s", (_name, run) => run())
})

describe("relu", () => {
  it.each(
    [1, 2, 3, 4, 5, 8, 12, 16].flatMap((bits) =>
      [uint, int].map((type) =>
        that(
          `relu of ${bits} bits, ${type.name}`,
          { x: enc(type(bits), [4]) },
          ({ x }) => relu(x),
          ({ x }) => elementwise((v) => Math.max(v, 0), x),
          { lowered: bits <= 8 },
        ),
      ),
    ),
  )("%s", (_name, run) => run())
})
