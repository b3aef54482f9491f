import { describe, expect, test } from "vitest"
import { compile, enc, range, type Tensor } from "../../src/index.ts"

/** Values of x from -2 to 2, evaluated and simulated. */
const everywhere = (fn: (x: Tensor) => Tensor): unknown[] => {
  const program = compile({ x: enc(range(-2, 2), [5]) }, ({ x }) => fn(x))
  const inputs = { x: [-2, -1, 0, 1, 2] }
  const evaluated = program.evaluate(inputs)
  expect(program.simulate(inputs)).toEqual(evaluated)
  return evaluated as unknown[]
}

/** What numpy 2.4 gives for np.signbit of the same expression of np.arange(-2, 3). */
const signbits: [string, (x: Tensor) => Tensor, number[]][] = [
  ["x * -0.5", (x) => x.mul(-0.5), [0, 0, 1, 1, 1]],
  ["x / -2", (x) => x.div(-2), [0, 0, 1, 1, 1]],
  ["-(x * 0.5)", (x) => x.mul(0.5).neg(), [0, 0, 1, 1, 1]],
  ["sqrt(x * -0.5)", (x) => x.mul(x).mul(-0.5).mul(0).sqrt(), [1, 1, 1, 1, 1]],
  ["cbrt", (x) => x.mul(-0.5).cbrt(), [0, 0, 1, 1, 1]],
  ["sin", (x) => x.mul(-0.5).sin(), [0, 0, 1, 1, 1]],
  ["expm1", (x) => x.mul(-0.5).expm1(), [0, 0, 1, 1, 1]],
  ["degrees", (x) => x.mul(-0.5).degrees(), [0, 0, 1, 1, 1]],
  ["x * -0.5 + 0", (x) => x.mul(-0.5).add(0), [0, 0, 0, 1, 1]],
  ["0.5 - 0.5 * abs", (x) => x.mul(-0.5).sub(0), [0, 0, 1, 1, 1]],
  ["round to a decimal", (x) => x.mul(-0.01).round({ decimals: 1 }), [0, 0, 1, 1, 1]],
  ["copysign", (x) => x.mul(0.5).copysign(x.mul(-0.5)), [0, 0, 1, 1, 1]],
  ["copysign of integers", (x) => x.copysign(-1), [1, 1, 1, 1, 1]],
  ["fmod", (x) => x.mul(0.5).fmod(0.5), [1, 1, 0, 0, 0]],
  ["mod", (x) => x.mul(0.5).mod(-0.5), [1, 1, 1, 1, 1]],
  ["clip", (x) => x.mul(-0.5).clip(0, 1), [0, 0, 1, 0, 0]],
  ["ldexp", (x) => x.mul(-0.5).ldexp(3), [0, 0, 1, 1, 1]],
  ["where", (x) => x.gt(-1).where(x.mul(-0.5), 1.5), [0, 0, 1, 1, 1]],
  [
    "a constant",
    (x) => x.mul(0).mul(0.5).add([-0.5, 0.5, 0.5, 0.5, 0.5]).mul([0.5, -0, -0, 1.5, 1]),
    [1, 1, 1, 0, 0],
  ],
  ["abs", (x) => x.mul(-0.5).abs(), [0, 0, 0, 0, 0]],
  ["hypot", (x) => x.mul(-0.5).hypot(0), [0, 0, 0, 0, 0]],
  ["an integer", (x) => x.mul(-1).mul(0.5), [0, 0, 0, 1, 1]],
]

describe("the sign of zero", () => {
  test.each(signbits)("signbit of %s", (_name, fn, want) => {
    expect(everywhere((x) => fn(x).signbit())).toEqual(want)
  })

  test("atan2 turns the other way at -0", () => {
    const angles = (fn: (x: Tensor) => Tensor) => everywhere((x) => fn(x).mul(100).round())
    expect(angles((x) => x.mul(-0.5).atan2(-1))).toEqual([236, 268, -314, -268, -236])
    expect(angles((x) => x.mul(0.5).atan2(-1))).toEqual([-236, -268, 314, 268, 236])
    expect(angles((x) => x.map("atan2(x * (-0.5), -1)"))).toEqual([236, 268, -314, -268, -236])
  })

  test("-0 survives the text of a program and its folding", () => {
    const fn = ({ x }: { x: Tensor }) =>
      x
        .mul(0)
        .atan2(-1)
        .add(x.mul([-0, 0.5]).atan2(-1))
        .mul(100)
        .round()
    const program = compile({ x: enc(range(0, 2), [2]) }, fn)
    expect(program.evaluate({ x: [1, 1] })).toEqual([0, 582])
    expect(program.simulate({ x: [1, 1] })).toEqual([0, 582])
  })

  test("rounding ends a real value, and integers have one zero", () => {
    expect(everywhere((x) => x.mul(-0.25).ceil().mul(0.5).signbit())).toEqual([0, 0, 0, 0, 0])
  })
})

describe("real functions to the last place", () => {
  /** Doubles as numpy 2.4 gives them, closed so that a last place shows. */
  test("floorDiv of reals is Python's //", () => {
    expect(everywhere((x) => x.mul(3).floorDiv(0.1))).toEqual([-60, -30, 0, 29, 59])
    expect(everywhere((x) => x.mul(3).floorDiv(-0.1))).toEqual([59, 29, 0, -30, -60])
    expect(everywhere((x) => x.mul(0.5).floorDiv(0.3))).toEqual([-4, -2, 0, 1, 3])
  })

  test("hypot is the nearest double", () => {
    // 1.4142135623730951, 2.8284271247461903, and numbers whose squares pass the largest double.
    expect(
      everywhere((x) =>
        x
          .hypot(x)
          .mul(2 ** 47)
          .floor(),
      ),
    ).toEqual(
      [2.8284271247461903, Math.SQRT2, 0, Math.SQRT2, 2.8284271247461903].map((v) => Math.floor(v * 2 ** 47)),
    )
    const far = everywhere((x) => x.ldexp(700).hypot(x.mul(0).add(1).ldexp(700)).ldexp(-700).mul(1e6).floor())
    expect(far).toEqual([2236067, 1414213, 1000000, 1414213, 2236067])
  })

  test("ldexp does not overflow on the way", () => {
    expect(
      everywhere((x) =>
        x
          .mul(2 ** -1000)
          .ldexp(1024)
          .div(2 ** 20)
          .toInt(),
      ),
    ).toEqual([-32, -16, 0, 16, 32])
    expect(everywhere((x) => x.mul(0).ldexp(5000).toInt())).toEqual([0, 0, 0, 0, 0])
  })

  test("logaddexp2 keeps what is small", () => {
    expect(
      everywhere((x) =>
        x
          .mul(0)
          .logaddexp2(-60)
          .mul(2 ** 50)
          .mul(2 ** 10)
          .mul(100)
          .round(),
      ),
    ).toEqual(Array(5).fill(144))
  })
})
