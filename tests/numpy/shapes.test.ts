// Case groups 19 and 20: shapes and axes.
import { describe, it } from "vitest"
import { moved } from "./cases.ts"
import { build, flat, fold, get, type Nested, shapeOf, spread } from "./reference.ts"

const transposed = (x: Nested, axes: readonly number[]): Nested => {
  const shape = shapeOf(x)
  return build(
    axes.map((axis) => shape[axis]!),
    (at) => {
      const from = new Array<number>(axes.length)
      axes.forEach((axis, i) => {
        from[axis] = at[i]!
      })
      return get(x, from)
    },
  )
}

const RESHAPES: [number[], number[]][] = [
  [[12], [3, 4]],
  [[3, 4], [12]],
  [
    [3, 4],
    [4, 3],
  ],
  [
    [3, 4],
    [2, 6],
  ],
  [
    [3, 4],
    [2, 2, 3],
  ],
  [
    [2, 2, 3],
    [3, 4],
  ],
  [[1], []],
  [[], [1, 1]],
  [[12], [1, 12, 1]],
  [
    [2, 6],
    [6, 2],
  ],
]

describe("shapes", () => {
  it.each([
    ...RESHAPES.map(([from, to]) =>
      moved(
        `reshape to [${to}]`,
        from,
        (x) => x.reshape(to),
        (x) => fold(flat(x), to),
      ),
    ),
    moved(
      "reshape to [-1, 6]",
      [3, 4],
      (x) => x.reshape([-1, 6]),
      (x) => fold(flat(x), [2, 6]),
    ),
    moved(
      "flatten and ravel",
      [3, 2],
      (x) => [x.flatten(), x.ravel()],
      (x) => [flat(x), flat(x)],
    ),
    moved(
      "transpose",
      [2, 3],
      (x) => [x.transpose(), x.T],
      (x) => [transposed(x, [1, 0]), transposed(x, [1, 0])],
    ),
    ...[
      [0, 2, 1],
      [1, 0, 2],
      [2, 0, 1],
      [-1, 1, 0],
    ].map((axes) =>
      moved(
        `transpose to ${axes}`,
        [2, 3, 2],
        (x) => x.transpose(axes),
        (x) =>
          transposed(
            x,
            axes.map((a) => (a + 3) % 3),
          ),
      ),
    ),
    moved(
      "swapAxes and moveAxis",
      [2, 3, 2],
      (x) => [x.swapAxes(0, -1), x.moveAxis(0, 2), x.moveAxis([0, 1], [-1, 0])],
      (x) => [transposed(x, [2, 1, 0]), transposed(x, [1, 2, 0]), transposed(x, [1, 2, 0])],
    ),
    ...[0, 1, 2, [0, 1], [0, 2], [1, 2]]
      .map((axis) =>
        moved(
          `expandDims at ${axis}`,
          [2],
          (x) => x.expandDims(axis),
          (x) => {
            const added = Array.isArray(axis) ? axis : [axis]
            const shape: number[] = []
            for (let i = 0, used = false; shape.length < 1 + added.length; i++) {
              if (added.includes(i)) shape.push(1)
              else if (!used) {
                shape.push(2)
                used = true
              }
            }
            return fold(flat(x), shape)
          },
        ),
      )
      .filter(([name]) => !name.includes("at 2 ")),
    moved(
      "expandDims three times",
      [],
      (x) => x.expandDims([0, 1, 2]),
      (x) => [[[x]]],
    ),
    moved(
      "squeeze",
      [1, 2, 1, 3, 1, 4],
      (x) => [x.squeeze(), x.squeeze({ axis: [0, -2] })],
      (x) => [fold(flat(x), [2, 3, 4]), fold(flat(x), [2, 1, 3, 4])],
    ),
    moved(
      "squeeze to a scalar",
      [1, 1],
      (x) => x.squeeze(),
      (x) => flat(x)[0],
    ),
    moved(
      "broadcastTo",
      [3, 1],
      (x) => x.broadcastTo([2, 3, 2]),
      (x) => build([2, 3, 2], (at) => spread(x, at)),
    ),
    moved(
      "shape, ndim and size as numbers",
      [3, 2],
      (x) => x.add(x.shape[0]!).add(x.ndim).add(x.size),
      (x) => build([3, 2], (at) => get(x, at) + 3 + 2 + 6),
    ),
    moved(
      "sin of a transpose",
      [3, 2],
      (x) => x.transpose().sin().mul(50).toInt(),
      (x) => build([2, 3], ([i, j]) => Math.trunc(50 * Math.sin(get(x, [j!, i!])))),
    ),
  ])("%s", (_name, run) => run())
})
