// Case groups 15 and 16, and every real, logical and number-theoretic function of numpy's list.
import { describe, it } from "vitest"
import * as frontend from "../../src/frontend/index.ts"
import { enc, range, type Tensor, type TensorLike } from "../../src/frontend/index.ts"
import { everywhere } from "./cases.ts"
import { build, elementwise, rint } from "./reference.ts"
import { type Case, that } from "./support.ts"

describe("real functions with a rounding", () => {
  it.each([
    everywhere(
      "(60 sin x).int + 60",
      0,
      127,
      (x) => x.sin().mul(60).toInt().add(60),
      (x) => Math.trunc(60 * Math.sin(x)) + 60,
    ),
    everywhere(
      "round(sin^2 + cos^2)",
      0,
      127,
      (x) => x.sin().square().add(x.cos().square()).round(),
      () => 1,
    ),
    everywhere(
      "round(sqrt x)",
      0,
      100,
      (x) => x.sqrt().round(),
      (x) => rint(Math.sqrt(x)),
    ),
    everywhere(
      "int(2.5 round(sqrt x, 4))",
      0,
      100,
      (x) => x.sqrt().round({ decimals: 4 }).mul(2.5).toInt(),
      (x) => Math.trunc(2.5 * (rint(Math.sqrt(x) * 1e4) / 1e4)),
    ),
    everywhere(
      "around to tens",
      -47,
      47,
      (x) => x.around({ decimals: -1 }),
      (x) => rint(x / 10) * 10,
    ),
    everywhere(
      "around of integers",
      -9,
      9,
      (x) => x.around({ decimals: 2 }),
      (x) => x,
    ),
  ])("%s", (_name, run) => run())
})

/** Of x / 4, scaled and cut off away from whole numbers. */
const real = (name: string, lo: number, hi: number, plain: (x: number) => number): Case => {
  const fn = Reflect.get(frontend, name) as (x: TensorLike) => Tensor
  return everywhere(
    name,
    lo,
    hi,
    (x) => fn(x.div(4)).mul(100).add(0.123).floor(),
    (x) => Math.floor(plain(x / 4) * 100 + 0.123),
  )
}

describe("real functions of one argument", () => {
  it.each([
    real("absolute", -8, 8, Math.abs),
    real("fabs", -8, 8, Math.abs),
    real("arccos", -4, 4, Math.acos),
    real("arccosh", 4, 12, Math.acosh),
    real("arcsin", -4, 4, Math.asin),
    real("arcsinh", -8, 8, Math.asinh),
    real("arctan", -8, 8, Math.atan),
    real("arctanh", -3, 3, Math.atanh),
    real("cbrt", -8, 8, Math.cbrt),
    real("cosh", -8, 8, Math.cosh),
    real("deg2rad", -8, 8, (x) => (x * Math.PI) / 180),
    real("radians", -8, 8, (x) => (x * Math.PI) / 180),
    real("rad2deg", -8, 8, (x) => (x * 180) / Math.PI),
    real("degrees", -8, 8, (x) => (x * 180) / Math.PI),
    real("exp", -8, 8, Math.exp),
    real("exp2", -8, 8, (x) => 2 ** x),
    real("expm1", -8, 8, Math.expm1),
    real("log", 1, 9, Math.log),
    real("log10", 1, 9, Math.log10),
    real("log1p", 0, 9, Math.log1p),
    real("log2", 1, 9, Math.log2),
    real("negative", -8, 8, (x) => -x),
    real("positive", -8, 8, (x) => x),
    real("reciprocal", 1, 9, (x) => 1 / x),
    real("sinh", -8, 8, Math.sinh),
    real("square", -8, 8, (x) => x * x),
    real("tan", -6, 6, Math.tan),
    real("tanh", -8, 8, Math.tanh),
    real("sign", -8, 8, Math.sign),
    real("signbit", -8, 8, (x) => Number(x < 0)),
    real("isfinite", -8, 8, () => 1),
    real("isinf", -8, 8, () => 0),
    real("isnan", -8, 8, () => 0),
    real("logicalNot", -8, 8, (x) => Number(x === 0)),
    everywhere(
      "rint",
      -9,
      9,
      (x) => x.div(2).rint(),
      (x) => rint(x / 2),
    ),
    everywhere(
      "ceil",
      -9,
      9,
      (x) => x.div(4).ceil(),
      (x) => Math.ceil(x / 4),
    ),
    everywhere(
      "isinf of a quotient",
      -4,
      4,
      (x) => frontend.div(1, x).isinf(),
      (x) => Number(x === 0),
    ),
    everywhere(
      "isfinite of integers",
      -4,
      4,
      (x) => x.isfinite().add(x.isnan()).add(x.isinf()),
      () => 1,
    ),
    everywhere(
      "spacing",
      -9,
      9,
      (x) =>
        x
          .spacing()
          .mul(2 ** 52)
          .floor(),
      (x) => (x === 0 ? 0 : Math.sign(x) * 2 ** Math.floor(Math.log2(Math.abs(x)))),
    ),
  ])("%s", (_name, run) => run())
})

const pairs = (
  name: string,
  fn: (x: Tensor, y: Tensor) => Tensor,
  plain: (x: number, y: number) => number,
  [low, high]: readonly [number, number] = [-3, 4],
): Case =>
  that(
    name,
    { x: enc(range(-4, 5), [10, 1]), y: enc(range(low, high), [high - low + 1]) },
    ({ x, y }) => fn(x, y),
    ({ x, y }) => elementwise(plain, x, y),
    { samples: [{ x: build([10, 1], ([i]) => i! - 4), y: build([high - low + 1], ([i]) => low + i!) }] },
  )

const scaled = (fn: (x: Tensor, y: Tensor) => Tensor) => (x: Tensor, y: Tensor) =>
  fn(x, y).mul(100).add(0.123).floor()
const scaledPlain = (fn: (x: number, y: number) => number) => (x: number, y: number) =>
  Math.floor(fn(x, y) * 100 + 0.123)

const euclid = (a: number, b: number): number => (b === 0 ? Math.abs(a) : euclid(b, a % b))

describe("functions of two arguments, of two secrets", () => {
  it.each([
    pairs(
      "arctan2",
      scaled((x, y) => x.arctan2(y)),
      scaledPlain(Math.atan2),
    ),
    pairs(
      "hypot",
      scaled((x, y) => x.hypot(y)),
      scaledPlain(Math.hypot),
    ),
    pairs(
      "heaviside",
      (x, y) => x.heaviside(y),
      (x, y) => (x < 0 ? 0 : x > 0 ? 1 : y),
    ),
    pairs(
      "copysign",
      (x, y) => x.copysign(y).round(),
      (x, y) => (y < 0 ? -Math.abs(x) : Math.abs(x)),
    ),
    pairs(
      "floatPower",
      scaled((x, y) => x.add(5).floatPower(y)),
      scaledPlain((x, y) => (x + 5) ** y),
    ),
    pairs(
      "ldexp",
      scaled((x, y) => x.ldexp(y)),
      scaledPlain((x, y) => x * 2 ** y),
    ),
    pairs(
      "logaddexp",
      scaled((x, y) => x.logaddexp(y)),
      scaledPlain((x, y) => Math.log(Math.exp(x) + Math.exp(y))),
    ),
    pairs(
      "logaddexp2",
      scaled((x, y) => x.logaddexp2(y)),
      scaledPlain((x, y) => Math.log2(2 ** x + 2 ** y)),
    ),
    pairs(
      "nextafter",
      (x, y) => x.nextafter(y).floor(),
      (x, y) => (y < x ? x - 1 : x),
    ),
    pairs(
      "fmod",
      (x, y) => x.fmod(y),
      (x, y) => x % y,
      [1, 5],
    ),
    pairs("gcd", (x, y) => x.gcd(y), euclid),
    pairs(
      "lcm",
      (x, y) => x.lcm(y),
      (x, y) => (x * y === 0 ? 0 : Math.abs(x * y) / euclid(x, y)),
    ),
    pairs(
      "logicalAnd",
      (x, y) => x.logicalAnd(y),
      (x, y) => Number(x !== 0 && y !== 0),
    ),
    pairs(
      "logicalOr",
      (x, y) => x.logicalOr(y),
      (x, y) => Number(x !== 0 || y !== 0),
    ),
    pairs(
      "logicalXor",
      (x, y) => x.logicalXor(y),
      (x, y) => Number((x !== 0) !== (y !== 0)),
    ),
    pairs(
      "divide",
      scaled((x, y) => x.trueDivide(y)),
      scaledPlain((x, y) => x / y),
      [1, 5],
    ),
  ])("%s", (_name, run) => run())

  it.each([
    everywhere(
      "gcd with a constant",
      -9,
      9,
      (x) => x.gcd(12),
      (x) => euclid(x, 12),
    ),
    everywhere(
      "lcm of a constant",
      0,
      9,
      (x) => frontend.lcm(6, x),
      (x) => (x === 0 ? 0 : (6 * x) / euclid(x, 6)),
    ),
    everywhere(
      "atan2 with a constant",
      -9,
      9,
      (x) => x.atan2(3).mul(10).floor(),
      (x) => Math.floor(Math.atan2(x, 3) * 10),
    ),
    everywhere(
      "hypot with a constant",
      -9,
      9,
      (x) => x.hypot(4).floor(),
      (x) => Math.floor(Math.hypot(x, 4)),
    ),
  ])("%s", (_name, run) => run())
})
