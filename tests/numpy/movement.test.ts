// numpy's other movements of elements.
import { describe, it } from "vitest"
import { moved } from "./cases.ts"
import { build, flat, fold, get } from "./reference.ts"

const MODES = ["constant", "edge", "reflect", "symmetric", "wrap"] as const
const NUMBERS: Readonly<Record<string, number[]>> = {
  // The values of numpy.pad([1, 2, 3], (4, 5), mode).
  constant: [0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0],
  edge: [1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 3, 3],
  reflect: [1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2],
  symmetric: [3, 3, 2, 1, 1, 2, 3, 3, 2, 1, 1, 2],
  wrap: [3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2],
}

describe("movements", () => {
  it.each([
    moved(
      "flip",
      [2, 3],
      (x) => [x.flip(), x.flip({ axis: 1 }), x.flip({ axis: [0] })],
      (x) => [
        build([2, 3], ([i, j]) => get(x, [1 - i!, 2 - j!])),
        build([2, 3], ([i, j]) => get(x, [i!, 2 - j!])),
        build([2, 3], ([i, j]) => get(x, [1 - i!, j!])),
      ],
    ),
    moved(
      "roll",
      [2, 3],
      (x) => [x.roll(2), x.roll(-1, { axis: 1 }), x.roll([1, 5], { axis: [0, 1] })],
      (x) => [
        fold(
          [4, 5, 0, 1, 2, 3].map((i) => flat(x)[i]!),
          [2, 3],
        ),
        build([2, 3], ([i, j]) => get(x, [i!, (j! + 1) % 3])),
        build([2, 3], ([i, j]) => get(x, [(i! + 1) % 2, (j! + 1) % 3])),
      ],
    ),
    moved(
      "repeat",
      [2, 2],
      (x) => [x.repeat(2), x.repeat(2, { axis: 0 }), x.repeat([1, 3], { axis: 1 })],
      (x) => [
        flat(x).flatMap((v) => [v, v]),
        build([4, 2], ([i, j]) => get(x, [i! >> 1, j!])),
        build([2, 4], ([i, j]) => get(x, [i!, j! === 0 ? 0 : 1])),
      ],
    ),
    moved(
      "tile",
      [2, 2],
      (x) => [x.tile(2), x.tile([2, 1]), x.tile([2, 1, 2])],
      (x) => [
        build([2, 4], ([i, j]) => get(x, [i!, j! % 2])),
        build([4, 2], ([i, j]) => get(x, [i! % 2, j!])),
        build([2, 2, 4], ([, i, j]) => get(x, [i!, j! % 2])),
      ],
    ),
    moved(
      "pad in two axes",
      [2, 2],
      (x) => [
        x.pad(1),
        x.pad([
          [0, 1],
          [2, 0],
        ]),
        x.pad([1, 0], { constantValues: 5 }),
      ],
      (x) => {
        const around = (top: number, left: number, shape: number[], fill: number) =>
          build(shape, ([i, j]) => {
            const [r, c] = [i! - top, j! - left]
            return r >= 0 && r < 2 && c >= 0 && c < 2 ? get(x, [r, c]) : fill
          })
        return [around(1, 1, [4, 4], 0), around(0, 2, [3, 4], 0), around(1, 1, [3, 3], 5)]
      },
    ),
    ...MODES.map((mode) =>
      moved(
        `pad in mode ${mode}`,
        [3],
        (x) => x.mul(0).add([1, 2, 3]).pad([4, 5], { mode }),
        () => NUMBERS[mode],
      ),
    ),
    moved(
      "diagonal, diag, tril and triu",
      [3, 4],
      (x) => [x.diagonal(), x.diagonal({ offset: 1 }), x.diagonal({ offset: -2 }), x.tril(), x.triu(1)],
      (x) => [
        [0, 1, 2].map((i) => get(x, [i, i])),
        [0, 1, 2].map((i) => get(x, [i, i + 1])),
        [get(x, [2, 0])],
        build([3, 4], ([i, j]) => (j! <= i! ? get(x, [i!, j!]) : 0)),
        build([3, 4], ([i, j]) => (j! >= i! + 1 ? get(x, [i!, j!]) : 0)),
      ],
    ),
    moved(
      "diag of a vector",
      [3],
      (x) => [x.diag(), x.diag({ offset: -1 })],
      (x) => [
        build([3, 3], ([i, j]) => (i === j ? get(x, [i!]) : 0)),
        build([4, 4], ([i, j]) => (i === j! + 1 ? get(x, [j!]) : 0)),
      ],
    ),
    moved(
      "the diagonal of other axes",
      [2, 3, 2],
      (x) => x.diagonal({ axis1: 0, axis2: 2 }),
      (x) => build([3, 2], ([i, j]) => get(x, [j!, i!, j!])),
    ),
  ])("%s", (_name, run) => run())
})
