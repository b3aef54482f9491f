// Case group 8 and the other reductions of numpy: sum, mean, prod, any, all, cumsum, diff.
import { describe, it } from "vitest"
import { enc, range, type Tensor } from "../../src/frontend/index.ts"
import { build, flat, get, type Nested, reduce, rint } from "./reference.ts"
import { type Case, that } from "./support.ts"

type Reduction = (x: Tensor, options: { axis?: number | number[]; keepDims?: boolean }) => Tensor

const AXES: readonly (number | number[] | undefined)[] = [undefined, 0, 1, -1, -2, [0, 1], [-2, -1], []]

const places = (axis: number | number[] | undefined): number[] =>
  axis === undefined ? [0, 1] : (Array.isArray(axis) ? axis : [axis]).map((each) => (each + 2) % 2)

const overAxes = (
  name: string,
  [lo, hi]: readonly [number, number],
  shape: readonly number[],
  fn: Reduction,
  plain: (values: number[]) => number,
): Case =>
  that(
    `${name} over all axes`,
    { x: enc(range(lo, hi), shape) },
    ({ x }) =>
      AXES.flatMap((axis) =>
        [false, true].map((keepDims) => fn(x, { keepDims, ...(axis === undefined ? {} : { axis }) })),
      ),
    ({ x }) => AXES.flatMap((axis) => [false, true].map((keep) => reduce(x, places(axis), keep, plain))),
  )

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

describe("reductions", () => {
  it.each([
    overAxes("sum", [0, 10], [3, 2], (x, options) => x.sum(options), total),
    overAxes(
      "mean",
      [-5, 5],
      [3, 2],
      (x, options) => x.mean(options).round(),
      (v) => rint(total(v) / v.length),
    ),
    overAxes(
      "prod",
      [-2, 2],
      [3, 2],
      (x, options) => x.prod(options),
      (v) => v.reduce((a, b) => a * b, 1),
    ),
    overAxes(
      "any",
      [0, 3],
      [3, 2],
      (x, options) => x.any(options),
      (v) => Number(v.some((e) => e !== 0)),
    ),
    overAxes(
      "all",
      [-1, 1],
      [3, 2],
      (x, options) => x.all(options),
      (v) => Number(v.every((e) => e !== 0)),
    ),
    overAxes(
      "countNonzero",
      [-1, 2],
      [3, 2],
      (x, options) => x.countNonzero(options),
      (v) => v.filter((e) => e !== 0).length,
    ),
    that(
      "prod of seven",
      { x: enc(range(-2, 2), [7]) },
      ({ x }) => x.prod(),
      ({ x }) => flat(x).reduce((a, b) => a * b, 1) + 0,
    ),
    that(
      "reductions of no elements",
      { x: enc(range(-2, 2), [2, 3]) },
      ({ x }) => {
        const none = x.slice(null, [0, 0])
        return [
          none.sum({ axis: 1 }),
          none.prod({ axis: 1 }),
          none.any({ axis: 1 }),
          none.all({ axis: 1 }),
          none.cumsum(),
        ]
      },
      () => [[0, 0], [1, 1], [0, 0], [1, 1], []],
    ),
  ])("%s", (_name, run) => run())
})

const running = (values: readonly number[]): number[] => values.map((_, i) => total(values.slice(0, i + 1)))

describe("running sums and differences", () => {
  it.each([
    that(
      "cumsum of all",
      { x: enc(range(-4, 4), [2, 3]) },
      ({ x }) => x.cumsum(),
      ({ x }) => running(flat(x)),
    ),
    that(
      "cumsum of rows",
      { x: enc(range(-4, 4), [2, 3]) },
      ({ x }) => x.cumsum({ axis: 1 }),
      ({ x }) => (x as number[][]).map(running),
    ),
    that(
      "cumsum of columns",
      { x: enc(range(-4, 4), [2, 3]) },
      ({ x }) => x.cumsum({ axis: 0 }),
      ({ x }) => build([2, 3], ([i, j]) => get(x, [0, j!]) + (i === 1 ? get(x, [1, j!]) : 0)),
    ),
    that(
      "diff",
      { x: enc(range(-4, 4), [2, 4]) },
      ({ x }) => [x.diff(), x.diff({ axis: 0 }), x.diff({ n: 2 })],
      ({ x }) => {
        const once = (v: Nested) => build([2, 3], ([i, j]) => get(v, [i!, j! + 1]) - get(v, [i!, j!]))
        const rows = once(x)
        return [
          rows,
          build([1, 4], ([, j]) => get(x, [1, j!]) - get(x, [0, j!])),
          build([2, 2], ([i, j]) => get(rows, [i!, j! + 1]) - get(rows, [i!, j!])),
        ]
      },
    ),
  ])("%s", (_name, run) => run())
})
