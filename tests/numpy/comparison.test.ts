// Case groups 13 and 27: comparisons with constants and of two secrets, of all widths and signs.
import { describe, it } from "vitest"
import {
  enc,
  eq,
  ge,
  gt,
  int,
  le,
  lt,
  ne,
  range,
  type Tensor,
  type TensorLike,
  uint,
} from "../../src/frontend/index.ts"
import { elementwise, type Nested } from "./reference.ts"
import { that } from "./support.ts"

const OPERATORS: readonly [
  string,
  (a: TensorLike, b: TensorLike) => Tensor,
  (a: number, b: number) => boolean,
][] = [
  ["<", lt, (a, b) => a < b],
  ["<=", le, (a, b) => a <= b],
  [">", gt, (a, b) => a > b],
  [">=", ge, (a, b) => a >= b],
  ["==", eq, (a, b) => a === b],
  ["!=", ne, (a, b) => a !== b],
]

describe("with a constant", () => {
  it.each(
    OPERATORS.flatMap(([symbol, fn, plain]) => [
      that(
        `x ${symbol} 50 and 50 ${symbol} x`,
        { x: enc(range(0, 100), [3]) },
        ({ x }) => [fn(x, 50), fn(50, x)],
        ({ x }) => [elementwise((v) => Number(plain(v, 50)), x), elementwise((v) => Number(plain(50, v)), x)],
        { samples: [{ x: [49, 50, 51] }, { x: [0, 100, 50] }] },
      ),
    ]),
  )("%s", (_name, run) => run())
})

const TYPES = [1, 2, 3, 4, 5].flatMap((bits) => [uint(bits), int(bits)])

describe("of two secrets", () => {
  it.each(
    TYPES.map((first) =>
      that(
        `of ${first.lo}..${first.hi} with all types`,
        { x: enc(first, [2]), ...Object.fromEntries(TYPES.map((type, k) => [`y${k}`, enc(type, [2])])) },
        ({ x, ...others }) =>
          Object.values(others).flatMap((y) => OPERATORS.map(([, fn]) => fn(x!, y as Tensor))),
        ({ x, ...others }) =>
          Object.values(others).flatMap((y) =>
            OPERATORS.map(([, , plain]) => elementwise((a, b) => Number(plain(a, b)), x!, y as Nested)),
          ),
        { lowered: first.hi < 4n },
      ),
    ),
  )("%s", (_name, run) => run())

  it.each(
    [8, 12, 16].map((bits) =>
      that(
        `of ${bits} bits`,
        { x: enc(uint(bits), [2]), y: enc(int(bits), [2]) },
        ({ x, y }) => OPERATORS.map(([, fn]) => fn(x, y)),
        ({ x, y }) => OPERATORS.map(([, , plain]) => elementwise((a, b) => Number(plain(a, b)), x, y)),
        { lowered: false },
      ),
    ),
  )("%s", (_name, run) => run())
})
