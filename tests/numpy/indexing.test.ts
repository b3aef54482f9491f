// Case groups 31, 32 and 42: parts of tensors read and replaced at static, clear and encrypted places.
import { describe, expect, it } from "vitest"
import { compile } from "../../src/compiler/compile.ts"
import {
  clear,
  constant,
  enc,
  eq,
  int,
  range,
  type SliceEntry,
  type Tensor,
  trace,
  uint,
} from "../../src/frontend/index.ts"
import { evaluate } from "../../src/ir/index.ts"
import { build, flat, get, type Nested, shapeOf } from "./reference.ts"
import { type Case, that } from "./support.ts"

/** The places of an axis that a static entry names, by Python's rules, and whether the axis stays. */
const placesOf = (entry: SliceEntry, n: number): number[] => {
  if (entry === null) return build([n], ([i]) => i!) as number[]
  if (typeof entry === "number") return [entry < 0 ? entry + n : entry]
  const [start, stop, step = 1] = entry as readonly (number | null)[]
  const by = step ?? 1
  const low = by < 0 ? -1 : 0
  const high = by < 0 ? n - 1 : n
  const clamp = (v: number) => Math.max(low, Math.min(high, v < 0 ? v + n : v))
  const from = start == null ? (by < 0 ? high : low) : clamp(start)
  const to = stop == null ? (by < 0 ? low : high) : clamp(stop)
  const result: number[] = []
  for (let i = from; by > 0 ? i < to : i > to; i += by) result.push(i)
  return result
}

const part = (x: Nested, entries: readonly SliceEntry[]): Nested => {
  const shape = shapeOf(x)
  const lists = shape.map((n, axis) => placesOf(entries[axis] ?? null, n))
  const kept = lists.flatMap((list, axis) => (typeof entries[axis] === "number" ? [] : [list]))
  return build(
    kept.map((list) => list.length),
    (at) => {
      let next = 0
      return get(
        x,
        lists.map((list, axis) => (typeof entries[axis] === "number" ? list[0]! : list[at[next++]!]!)),
      )
    },
  )
}

const replaced = (x: Nested, entries: readonly SliceEntry[], value: (at: number[]) => number): Nested => {
  const shape = shapeOf(x)
  const lists = shape.map((n, axis) => placesOf(entries[axis] ?? null, n))
  return build(shape, (at) => {
    const inside = at.map((i, axis) => lists[axis]!.indexOf(i))
    if (inside.some((place) => place < 0)) return get(x, at)
    return value(inside.filter((_, axis) => typeof entries[axis] !== "number"))
  })
}

const ENTRIES: readonly [number[], SliceEntry[]][] = [
  [[3], [0]],
  [[3], [-1]],
  [[3], [[2, 0, -1]]],
  [[3], [[null, null, -1]]],
  [[3], [[1, 3]]],
  [[3], [[-2]]],
  [[3], [[5, 9]]],
  [[3, 4], [0]],
  [
    [3, 4],
    [0, 0],
  ],
  [
    [3, 4],
    [-1, -2],
  ],
  [
    [3, 4],
    [null, 1],
  ],
  [
    [3, 4],
    [
      [1, 3],
      [1, 3],
    ],
  ],
  [
    [3, 4],
    [
      [null, null, 2],
      [3, 0, -2],
    ],
  ],
  [
    [3, 4],
    [[1, 1], 2],
  ],
  [
    [3, 4],
    [2, [null, -1]],
  ],
  [
    [2, 3, 4],
    [1, null, [1]],
  ],
  [
    [2, 3, 4],
    [[0, 1], -1],
  ],
  [
    [2, 3, 4],
    [null, null, [null, null, -1]],
  ],
]

describe("static places", () => {
  it.each(
    ENTRIES.map(
      ([shape, entries]): Case =>
        that(
          `of [${shape}] at ${JSON.stringify(entries)}`,
          { x: enc(range(-9, 9), shape), v: enc(range(10, 17)) },
          ({ x, v }) => [
            x.slice(...entries),
            x.set(entries, v),
            x.set(entries, 100),
            x.set(entries, x.slice(...entries).mul(2)),
          ],
          ({ x, v }) => [
            part(x, entries),
            replaced(x, entries, () => v as number),
            replaced(x, entries, () => 100),
            replaced(x, entries, (at) => 2 * get(part(x, entries), at)),
          ],
        ),
    ),
  )("%s", (_name, run) => run())

  const lists = (x: Nested, i: number[][], j: number[][]): number[][] =>
    i.map((row, a) => row.map((p, b) => get(x, [p, j[a]![b]!])))
  it.each([
    that(
      "lists of indices",
      { x: enc(range(-9, 9), [5, 4]) },
      ({ x }) => [
        x.at([3, 1, 2]),
        x.at([
          [3, 0],
          [1, -1],
        ]),
        x.at([0, 0, 4, 4], [0, 3, 0, 3]),
        x.at([[0], [4]], [0, 3]),
        x.take([7, -1]),
        x.take([2, 0, 2], { axis: 1 }),
        x.slice(null, constant([3, 1])),
        x.at(2, [1, 3]),
      ],
      ({ x }) => {
        const rows = x as Nested[]
        return [
          [rows[3], rows[1], rows[2]],
          [
            [rows[3], rows[0]],
            [rows[1], rows[4]],
          ],
          lists(x, [[0, 0, 4, 4]], [[0, 3, 0, 3]])[0],
          lists(
            x,
            [
              [0, 0],
              [4, 4],
            ],
            [
              [0, 3],
              [0, 3],
            ],
          ),
          [flat(x)[7], flat(x)[19]],
          build([5, 3], ([i, j]) => get(x, [i!, [2, 0, 2][j!]!])),
          build([5, 2], ([i, j]) => get(x, [i!, [3, 1][j!]!])),
          [get(x, [2, 1]), get(x, [2, 3])],
        ]
      },
    ),
    that(
      "a list of indices replaced",
      { x: enc(range(-9, 9), [4, 2]), v: enc(uint(3), [3, 1]) },
      ({ x, v }) => [
        x.set([constant([3, 0, 1])], v),
        x.set([null, constant([1])], v.at(0)),
        x.set([constant([3, 0, 3]), 1], [5, 6, 7]),
      ],
      ({ x, v }) => [
        build([4, 2], ([i, j]) =>
          [1, 2, -1, 0][i!]! < 0 ? get(x, [i!, j!]) : get(v, [[1, 2, -1, 0][i!]!, 0]),
        ),
        build([4, 2], ([i, j]) => (j === 1 ? get(v, [0, 0]) : get(x, [i!, j!]))),
        build([4, 2], ([i, j]) => (j === 1 && i === 0 ? 6 : j === 1 && i === 3 ? 7 : get(x, [i!, j!]))),
      ],
    ),
  ])("%s", (_name, run) => run())
})

const wrapped = (i: number, n: number): number => (i < 0 ? i + n : i)
type Secrecy = typeof enc

const dynamic = (secrecy: Secrecy): Case[] => [
  ...[range(0, 3), range(-4, 3), range(-2, 1)].map((type) =>
    that(
      `${secrecy.name} index in ${type.lo}..${type.hi}`,
      { x: enc(range(-9, 9), [4, 2]), i: secrecy(type), v: enc(range(10, 12)) },
      ({ x, i, v }) => [
        x.at(i),
        x.at(i, -1),
        x.slice([1, null], 0).at(0),
        x.T.slice(null, i),
        x.set([i], v),
        x.set([i, 1], v),
        x.set([i, [0, 1]], [50]),
      ],
      ({ x, i, v }) => {
        const at = wrapped(i as number, 4)
        const rows = x as number[][]
        const with_ = (isIn: (j: number) => boolean, value: number) =>
          build([4, 2], ([p, j]) => (p === at && isIn(j!) ? value : get(x, [p!, j!])))
        return [
          rows[at],
          rows[at]![1],
          rows[1]![0],
          rows[at],
          with_(() => true, v as number),
          with_((j) => j === 1, v as number),
          with_((j) => j === 0, 50),
        ]
      },
    ),
  ),
  that(
    `two ${secrecy.name} indices, and a vector of them`,
    {
      x: enc(range(-9, 9), [3, 4]),
      i: secrecy(range(0, 2)),
      j: secrecy(range(-4, 3)),
      k: secrecy(range(0, 2), [2]),
    },
    ({ x, i, j, k }) => [
      x.at(i, j),
      x.slice(i, j),
      x.at(k, j),
      x.take(k, { axis: 0 }),
      x.take(k),
      x.set([i, j], 77),
      x.slice(k),
    ],
    ({ x, i, j, k }) => {
      const [p, q] = [i as number, wrapped(j as number, 4)]
      const rows = x as number[][]
      const ks = flat(k)
      return [
        rows[p]![q],
        rows[p]![q],
        ks.map((r) => rows[r]![q]),
        ks.map((r) => rows[r]),
        ks.map((r) => rows[0]![r]),
        build([3, 4], ([a, b]) => (a === p && b === q ? 77 : get(x, [a!, b!]))),
        ks.map((r) => rows[r]),
      ]
    },
  ),
]

describe("dynamic places", () => {
  it.each(dynamic(clear))("%s", (_name, run) => run())
  it.each(dynamic(enc))("%s", (_name, run) => run())

  it("a clear index outside its axis is an error when the program runs", () => {
    const program = compile({ x: enc(uint(3), [4]), i: clear(int(8)) }, ({ x, i }) => [
      x.at(i),
      x.set([i], 9),
    ])
    expect(program.simulate({ x: [5, 6, 7, 4], i: 3 })).toEqual([4, [5, 6, 7, 9]])
    expect(program.simulate({ x: [5, 6, 7, 4], i: -4 })).toEqual([5, [9, 6, 7, 4]])
    for (const i of [4, -5, 127]) {
      expect(() => program.evaluate({ x: [5, 6, 7, 4], i })).toThrow(`the index ${i} lies outside -4..3`)
      expect(() => program.simulate({ x: [5, 6, 7, 4], i })).toThrow(`the index ${i} lies outside -4..3`)
    }
  })

  it("an encrypted index that may be outside is refused", () => {
    const reading = (fn: (x: Tensor, i: Tensor) => Tensor) => () =>
      trace("f", { x: enc(uint(3), [3]), i: enc(uint(2)) }, ({ x, i }) => fn(x, i))
    const message = "an index in 0..3 on axis 0, which has 3 elements"
    expect(reading((x, i) => x.at(i))).toThrow(message)
    expect(reading((x, i) => x.take(i))).toThrow(message)
    expect(reading((x, i) => x.set([i], 1))).toThrow(message)
    expect(reading((x, i) => x.at(i.mod(3)))).not.toThrow()
    expect(reading((x, i) => x.at(i.sub(8)))).toThrow("an index in -8..-5")
  })

  it("reading by equality, written out, is what an encrypted index does", () => {
    const inputs = { x: enc(uint(4), [4]), i: enc(uint(2)) }
    const { program } = trace("f", inputs, ({ x, i }) => [x.at(i), eq(i, [0, 1, 2, 3]).dot(x)])
    for (let i = 0; i < 4; i++) {
      const { y0, y1 } = evaluate(program, { x: [3, 1, 4, 15], i })
      expect([y0, y1]).toEqual([[3, 1, 4, 15][i], [3, 1, 4, 15][i]])
    }
  })
})
