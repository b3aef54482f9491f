// Case groups 1 to 5 of Concrete's execution tests: sums, products and negation.
import { describe, it } from "vitest"
import { add, enc, mul, range, sub, type Tensor } from "../../src/frontend/index.ts"
import { binary, unary } from "./cases.ts"
import { elementwise, type Nested } from "./reference.ts"
import { type Case, that } from "./support.ts"

const GRID = [
  [1, 2, 3],
  [4, 5, 6],
]

const with_ = (
  name: string,
  fn: (x: Tensor) => Tensor,
  plain: (x: number, c: number) => number,
  values: Nested,
): Case =>
  that(
    name,
    { x: enc(range(-50, 40), [2, 3]) },
    ({ x }) => fn(x),
    ({ x }) => elementwise(plain, x, values),
  )

describe("sums", () => {
  it.each([
    ...unary(
      "x + 42",
      [0, 85],
      [[], [3], [2, 3]],
      (x) => x.add(42),
      (x) => x + 42,
    ),
    ...unary(
      "42 + x",
      [-50, 10],
      [[], [3]],
      (x) => add(42, x),
      (x) => 42 + x,
    ),
    ...unary(
      "x + 42 up to a million",
      [0, 1_000_000],
      [[3]],
      (x) => x.add(42),
      (x) => x + 42,
    ),
    with_(
      "x + vector",
      (x) => x.add([1, 2, 3]),
      (x, c) => x + c,
      [1, 2, 3],
    ),
    with_(
      "matrix + x",
      (x) => add(GRID, x),
      (x, c) => x + c,
      GRID,
    ),
    with_(
      "x - matrix",
      (x) => x.sub(GRID),
      (x, c) => x - c,
      GRID,
    ),
    with_(
      "vector - x",
      (x) => sub([1, 2, 3], x),
      (x, c) => c - x,
      [1, 2, 3],
    ),
    ...binary(
      "x + y",
      [
        [0, 60],
        [0, 60],
      ],
      [[], []],
      (x, y) => x.add(y),
      (x, y) => x + y,
    ),
    ...binary(
      "x + y",
      [
        [0, 60],
        [0, 60],
      ],
      [[2, 1], [3]],
      (x, y) => x.add(y),
      (x, y) => x + y,
    ),
    ...binary(
      "x + y",
      [
        [-30, 30],
        [-30, 30],
      ],
      [
        [3, 2],
        [3, 2],
      ],
      (x, y) => x.add(y),
      (x, y) => x + y,
    ),
    ...binary(
      "x - y",
      [
        [-30, 30],
        [0, 60],
      ],
      [[3], [2, 1]],
      (x, y) => x.sub(y),
      (x, y) => x - y,
    ),
    that(
      "x + x - x",
      { x: enc(range(-9, 9), [3]) },
      ({ x }) => x.add(x).sub(x),
      ({ x }) => x,
    ),
  ])("%s", (_name, run) => run())
})

describe("products", () => {
  it.each([
    ...unary(
      "x * 3",
      [0, 40],
      [[], [3], [2, 3]],
      (x) => x.mul(3),
      (x) => x * 3,
    ),
    ...unary(
      "-7 * x",
      [-40, 40],
      [[2]],
      (x) => mul(-7, x),
      (x) => -7 * x,
    ),
    ...unary(
      "dot(x, 3)",
      [0, 40],
      [[], [3]],
      (x) => x.dot(3),
      (x) => x * 3,
    ),
    with_(
      "x * matrix",
      (x) =>
        x.mul([
          [1, 2, 3],
          [3, 1, 2],
        ]),
      (x, c) => x * c,
      [
        [1, 2, 3],
        [3, 1, 2],
      ],
    ),
    ...binary(
      "x * y",
      [
        [0, 10],
        [0, 10],
      ],
      [[], [3]],
      (x, y) => x.mul(y),
      (x, y) => x * y,
    ),
    ...binary(
      "x * y",
      [
        [-10, 10],
        [-10, 10],
      ],
      [
        [3, 2],
        [3, 2],
      ],
      (x, y) => x.mul(y),
      (x, y) => x * y,
    ),
    ...binary(
      "x * y",
      [
        [4096, 8191],
        [0, 5],
      ],
      [
        [3, 1],
        [1, 3],
      ],
      (x, y) => x.mul(y),
      (x, y) => x * y,
    ),
    ...unary(
      "square",
      [-12, 9],
      [[3]],
      (x) => x.square(),
      (x) => x * x,
    ),
    ...unary(
      "-x",
      [0, 64],
      [[], [3, 2]],
      (x) => x.neg(),
      (x) => -x,
    ),
    ...unary(
      "negative",
      [-63, 0],
      [[], [3, 2]],
      (x) => x.negative(),
      (x) => -x,
    ),
    ...unary(
      "+x",
      [-63, 5],
      [[3]],
      (x) => x.positive(),
      (x) => x,
    ),
  ])("%s", (_name, run) => run())
})
