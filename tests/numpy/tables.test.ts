// Case groups 23, 24, 25 and 30: lookup tables that wrap, that start anywhere, one per element, of several values.
import { describe, it } from "vitest"
import { clear, constant, enc, int, multivariate, range, table, uint } from "../../src/frontend/index.ts"
import { build, elementwise, flat, get } from "./reference.ts"
import { type Case, that } from "./support.ts"

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const random = (n: number, seed: number): number[] =>
  count(n).map((i) => (((i + seed) * 7919 + seed * seed * 31) % 97) - 40)

describe("one table", () => {
  it.each([
    that(
      "range(32)[x + y] wraps below 0",
      { x: enc(range(-10, 10), [3]), y: enc(range(-10, 10), [3]) },
      ({ x, y }) => x.add(y).lookup(count(32), { wrap: true }),
      ({ x, y }) => elementwise((p, q) => (p + q < 0 ? p + q + 32 : p + q), x, y),
    ),
    ...[1, 2, 3, 4, 5, 6, 7].flatMap((bits): Case[] => {
      const n = 2 ** bits
      const entries = random(n, bits)
      const all = build([n], ([i]) => i!)
      const signed = build([n], ([i]) => i! - n / 2)
      return [
        that(
          `identity, negation and a random table of ${bits} bits`,
          { x: enc(uint(bits), [n]) },
          ({ x }) => [x.lookup(count(n)), x.lookup(count(n).map((v) => -v)), x.lookup(entries)],
          ({ x }) => [x, elementwise((v) => -v, x), elementwise((v) => entries[v]!, x)],
          { samples: [{ x: all }] },
        ),
        that(
          `tables of ${bits} bits with a sign, wrapped and with an offset`,
          { x: enc(int(bits), [n]) },
          ({ x }) => [x.lookup(entries, { wrap: true }), x.lookup(entries, { offset: -n / 2 })],
          ({ x }) => [
            elementwise((v) => entries[v < 0 ? v + n : v]!, x),
            elementwise((v) => entries[v + n / 2]!, x),
          ],
          { samples: [{ x: signed }] },
        ),
      ]
    }),
    that(
      "a scalar and a matrix",
      { x: enc(uint(3)), y: enc(uint(3), [3, 2]) },
      ({ x, y }) => {
        const squares = table([0, 1, 4, 9, 16, 25, 36, 49])
        return [x.lookup(squares), y.lookup(squares)]
      },
      ({ x, y }) => [elementwise((v) => v * v, x), elementwise((v) => v * v, y)],
    ),
  ])("%s", (_name, run) => run())
})

const SQUARES = count(8).map((v) => v * v)
const CUBES = count(8).map((v) => v * v * v)
const BY_CELL = [
  [SQUARES, CUBES],
  [CUBES, SQUARES],
  [SQUARES, SQUARES],
]

describe("one table per element", () => {
  it.each([
    that(
      "squares and cubes by cell",
      { x: enc(uint(3), [3, 2]) },
      ({ x }) => x.lookup(BY_CELL),
      ({ x }) => build([3, 2], ([i, j]) => BY_CELL[i!]![j!]![get(x, [i!, j!])]!),
    ),
    that(
      "tables broadcast against the value",
      { x: enc(uint(3), [3, 1]) },
      ({ x }) => x.lookup([SQUARES, CUBES]),
      ({ x }) => build([3, 2], ([i, j]) => [SQUARES, CUBES][j!]![get(x, [i!, 0])]!),
    ),
    that(
      "tables per element that wrap",
      { x: enc(int(3), [2]) },
      ({ x }) => x.lookup([SQUARES, CUBES], { wrap: true }),
      ({ x }) => flat(x).map((v, i) => [SQUARES, CUBES][i]![v < 0 ? v + 8 : v]),
    ),
  ])("%s", (_name, run) => run())
})

describe("tables of values", () => {
  it.each([
    ...[1, 2].flatMap((bits) =>
      [uint, int].map((type) => {
        const n = 2 ** bits
        return that(
          `a clear table of ${bits} bits, ${type.name}`,
          { x: enc(uint(bits), [2]), y: clear(type(bits), [n]) },
          ({ x, y }) => x.lookup(y),
          ({ x, y }) => elementwise((v) => get(y, [v]), x),
        )
      }),
    ),
    that(
      "a clear table that wraps, and one per element",
      { x: enc(range(-3, 2), [2]), y: clear(int(4), [3]), z: clear(int(4), [2, 6]) },
      ({ x, y, z }) => [x.lookup(y, { wrap: true }), x.lookup(z, { offset: -3 })],
      ({ x, y, z }) => [
        elementwise((v) => get(y, [v < 0 ? v + 3 : v]), x),
        flat(x).map((v, i) => get(z, [i, v + 3])),
      ],
    ),
    that(
      "constants read at an encrypted place are one table, rows of them too",
      { x: enc(range(-4, 2), [2]) },
      ({ x }) => [
        constant([5, -1, 7, 2]).take(x),
        constant([
          [1, 2],
          [3, 4],
          [5, 6],
          [7, 8],
        ]).at(x),
      ],
      ({ x }) => [
        elementwise((v) => [5, -1, 7, 2][(v + 4) % 4]!, x),
        flat(x).map(
          (v) =>
            [
              [1, 2],
              [3, 4],
              [5, 6],
              [7, 8],
            ][(v + 4) % 4],
        ),
      ],
    ),
    that(
      "an encrypted table read at an encrypted place",
      { x: enc(uint(2), [2]), y: enc(int(3), [4]) },
      ({ x, y }) => y.take(x),
      ({ x, y }) => elementwise((v) => get(y, [v]), x),
    ),
  ])("%s", (_name, run) => run())
})

describe("functions of several values", () => {
  it.each([
    that(
      "where(y, x, 0)",
      { x: enc(uint(3), [4]), y: enc(uint(1), [4]) },
      ({ x, y }) => multivariate([x, y], (p, q) => (q === 1 ? p : 0)),
      ({ x, y }) => elementwise((p, q) => (q === 1 ? p : 0), x, y),
    ),
    that(
      "of three, of which one differs by place",
      { x: enc(int(2), [2, 1]), y: enc(int(2), [3]), z: enc(range(3, 4)) },
      ({ x, y, z }) => x.multivariate([y, z], (p, q, r) => p * q - 3 * r),
      ({ x, y, z }) => elementwise((p, q, r) => p * q - 3 * r, x, y, z),
    ),
    that(
      "with constants for each element",
      { x: enc(int(3), [3]) },
      ({ x }) => [
        x.map2([1, 5, 1], (p, q) => p * q + (p & q)),
        multivariate([[2, 0, 1], x, x], (p, q, r) => p * q - r),
      ],
      ({ x }) => [
        elementwise((p, q) => p * q + (p & q), x, [1, 5, 1]),
        elementwise((p, q) => p * q - q, [2, 0, 1], x),
      ],
    ),
    that(
      "elements 0 and 2 changed by a third",
      { x: enc(uint(2), [3]), y: enc(uint(2), [3]), z: enc(uint(2)) },
      ({ x, y, z }) => {
        const p = x.map2(y, (a, b) => a * b)
        return p.set([0], p.at(0).sub(z)).set([2], p.at(2).add(z))
      },
      ({ x, y, z }) => {
        const p = flat(elementwise((a, b) => a * b, x, y))
        return [p[0]! - (z as number), p[1], p[2]! + (z as number)]
      },
    ),
  ])("%s", (_name, run) => run())
})
