// Case groups 14 and 29: clip, maximum and minimum of two, of axes, with their places; sorting.
import { describe, it } from "vitest"
import { enc, maximum, minimum, range } from "../../src/frontend/index.ts"
import { elementwise, flat, type Nested, reduce } from "./reference.ts"
import { type Case, that } from "./support.ts"

const LIMITS = [
  [10, 20],
  [30, 40],
  [50, 60],
]

describe("of two values", () => {
  it.each([
    that(
      "clip",
      { x: enc(range(0, 15), [3]) },
      ({ x }) => x.clip(5, 10),
      ({ x }) => elementwise((v) => Math.min(Math.max(v, 5), 10), x),
    ),
    that(
      "maximum with constants",
      { x: enc(range(0, 60), [3, 2]) },
      ({ x }) => maximum(LIMITS, x),
      ({ x }) => elementwise((v, c) => Math.max(v, c), x, LIMITS),
    ),
    that(
      "minimum with 0",
      { x: enc(range(-10, 10), [3]) },
      ({ x }) => minimum(x, 0),
      ({ x }) => elementwise((v) => Math.min(v, 0), x),
    ),
    that(
      "of two secrets",
      { x: enc(range(-5, 9), [3, 2]), y: enc(range(0, 12), [2]) },
      ({ x, y }) => [x.maximum(y), x.minimum(y), x.fmax(y), x.fmin(y), x.clip(y, y.add(3))],
      ({ x, y }) => {
        const most = elementwise((p, q) => Math.max(p, q), x, y)
        const least = elementwise((p, q) => Math.min(p, q), x, y)
        return [most, least, most, least, elementwise((p, q) => Math.min(Math.max(p, q), q + 3), x, y)]
      },
    ),
  ])("%s", (_name, run) => run())
})

const first = (values: readonly number[], isBetter: (a: number, b: number) => boolean): number => {
  let best = 0
  values.forEach((value, i) => {
    if (isBetter(value, values[best]!)) best = i
  })
  return best
}
const more = (a: number, b: number): boolean => a > b
const less = (a: number, b: number): boolean => a < b

const ofAxes = (lo: number, hi: number, shape: readonly number[], axis?: number): Case => {
  const options = axis === undefined ? {} : { axis }
  const axes = axis === undefined ? shape.map((_, i) => i) : [(axis + shape.length) % shape.length]
  return that(
    `max, min, argmax and argmin of ${lo}..${hi} in [${shape}] over ${axis ?? "all"}`,
    { x: enc(range(lo, hi), shape) },
    ({ x }) => [
      ...[false, true].flatMap((keepDims) => [
        x.max({ ...options, keepDims }),
        x.min({ ...options, keepDims }),
      ]),
      x.argmax(options),
      x.argmin(options),
      x.ptp(options),
    ],
    ({ x }) => {
      const most = (v: number[]) => v[first(v, more)]!
      const least = (v: number[]) => v[first(v, less)]!
      return [
        ...[false, true].flatMap((keep) => [reduce(x, axes, keep, most), reduce(x, axes, keep, least)]),
        reduce(x, axes, false, (v) => first(v, more)),
        reduce(x, axes, false, (v) => first(v, less)),
        reduce(x, axes, false, (v) => most(v) - least(v)),
      ]
    },
  )
}

describe("of axes", () => {
  it.each([
    ...[1, 2, 3, 4].flatMap((bits) => [
      ofAxes(0, 2 ** bits - 1, [3, 2], [0, 1, -1, undefined][bits - 1]),
      ofAxes(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1, [2, 3], [1, -2, undefined, 1][bits - 1]),
    ]),
    ofAxes(-3, 4, [5]),
    ofAxes(0, 1, [9]),
    ofAxes(-2, 5, [19]),
    ofAxes(7, 7, [4]),
    ofAxes(-3, 4, [2, 1], 1),
  ])("%s", (_name, run) => run())
})

const inOrder = (values: readonly number[], descending: boolean): { value: number; place: number }[] =>
  values
    .map((value, place) => ({ value, place }))
    .sort((a, b) => (descending ? b.value - a.value : a.value - b.value) || a.place - b.place)

const rows = (x: Nested): number[][] => x as number[][]

const sorting = (lo: number, hi: number, shape: readonly [number, number]): Case =>
  that(
    `sort, argsort, topK and argTopK of ${lo}..${hi} in [${shape}]`,
    { x: enc(range(lo, hi), shape) },
    ({ x }) => [
      ...[false, true].flatMap((descending) => [x.sort({ descending }), x.argsort({ descending })]),
      x.topK(2),
      x.argTopK(1, { largest: false }),
      x.sort({ axis: null }),
      x.sort({ axis: 0 }),
    ],
    ({ x }) => [
      ...[false, true].flatMap((descending) => [
        rows(x).map((row) => inOrder(row, descending).map(({ value }) => value)),
        rows(x).map((row) => inOrder(row, descending).map(({ place }) => place)),
      ]),
      rows(x).map((row) =>
        inOrder(row, true)
          .map(({ value }) => value)
          .slice(0, 2),
      ),
      rows(x).map((row) =>
        inOrder(row, false)
          .map(({ place }) => place)
          .slice(0, 1),
      ),
      inOrder(flat(x), false).map(({ value }) => value),
      sortColumns(rows(x)),
    ],
  )

const sortColumns = (x: readonly number[][]): number[][] => {
  const columns = x[0]!.map((_, j) => x.map((row) => row[j]!).sort((a, b) => a - b))
  return x.map((_, i) => columns.map((column) => column[i]!))
}

describe("sorting", () => {
  it.each([sorting(-3, 4, [2, 4]), sorting(0, 1, [1, 5]), sorting(0, 15, [2, 2])])("%s", (_name, run) =>
    run(),
  )
})
