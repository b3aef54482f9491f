// Case groups 9 to 11: quotients, powers, remainders, absolute values.
import { describe, it } from "vitest"
import { floorDiv, mod, pow, sub } from "../../src/frontend/index.ts"
import { binary, unary } from "./cases.ts"
import { pymod } from "./reference.ts"

describe("quotients, remainders and powers", () => {
  it.each([
    ...unary(
      "x // 3",
      [0, 127],
      [[], [3, 2]],
      (x) => x.floorDiv(3),
      (x) => Math.floor(x / 3),
    ),
    ...unary(
      "x // -5",
      [-20, 20],
      [[3]],
      (x) => x.floorDiv(-5),
      (x) => Math.floor(x / -5),
    ),
    ...unary(
      "127 // x",
      [1, 127],
      [[], [3, 2]],
      (x) => floorDiv(127, x),
      (x) => Math.floor(127 / x),
    ),
    ...unary(
      "int(x / 3)",
      [0, 127],
      [[3, 2]],
      (x) => x.div(3).toInt(),
      (x) => Math.trunc(x / 3),
    ),
    ...unary(
      "int(127 / x)",
      [1, 127],
      [[3]],
      (x) => x.reciprocal().mul(127).add(1e-9).toInt(),
      (x) => Math.trunc(127 / x + 1e-9),
    ),
    ...unary(
      "x ** 2",
      [0, 11],
      [[], [3]],
      (x) => x.pow(2),
      (x) => x ** 2,
    ),
    ...unary(
      "2 ** x",
      [0, 6],
      [[3]],
      (x) => pow(2, x),
      (x) => 2 ** x,
    ),
    ...unary(
      "x ** 3",
      [-30, 30],
      [[], [3]],
      (x) => x.power(3),
      (x) => x ** 3,
    ),
    ...unary(
      "x % 10",
      [0, 127],
      [[3]],
      (x) => x.mod(10),
      (x) => x % 10,
    ),
    ...unary(
      "x % -7",
      [-20, 20],
      [[3]],
      (x) => x.remainder(-7),
      (x) => pymod(x, -7),
    ),
    ...unary(
      "121 % x",
      [1, 127],
      [[3]],
      (x) => mod(121, x),
      (x) => 121 % x,
    ),
    ...unary(
      "fmod(x, 7)",
      [-20, 20],
      [[3]],
      (x) => x.fmod(7),
      (x) => x % 7,
    ),
    ...unary(
      "abs(42 - x)",
      [0, 84],
      [[3]],
      (x) => sub(42, x).abs(),
      (x) => Math.abs(42 - x),
    ),
    ...binary(
      "x // y",
      [
        [-9, 9],
        [1, 4],
      ],
      [[3], [3]],
      (x, y) => x.floorDiv(y),
      (x, y) => Math.floor(x / y),
    ),
    ...binary(
      "x % y",
      [
        [-9, 9],
        [-4, -1],
      ],
      [[2, 1], [3]],
      (x, y) => x.mod(y),
      pymod,
    ),
  ])("%s", (_name, run) => run())
})
