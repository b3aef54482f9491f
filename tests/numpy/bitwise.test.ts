// Case groups 12, 26, 28 and 37: bit operations and shifts with constants and of two secrets, and bit fields.
import { describe, it } from "vitest"
import { and, enc, int, or, range, shl, shr, uint, xor } from "../../src/frontend/index.ts"
import { everywhere } from "./cases.ts"
import { build, elementwise, flat } from "./reference.ts"
import { type Case, that } from "./support.ts"

describe("with a constant", () => {
  it.each([
    everywhere(
      "x & 10",
      0,
      16,
      (x) => x.and(10),
      (x) => x & 10,
    ),
    everywhere(
      "5 & x",
      0,
      16,
      (x) => and(5, x),
      (x) => 5 & x,
    ),
    everywhere(
      "x & -4 of negative values",
      -9,
      9,
      (x) => x.bitwiseAnd(-4),
      (x) => x & -4,
    ),
    everywhere(
      "x | 6",
      0,
      16,
      (x) => x.or(6),
      (x) => x | 6,
    ),
    everywhere(
      "11 | x",
      -8,
      16,
      (x) => or(11, x),
      (x) => 11 | x,
    ),
    everywhere(
      "x ^ 9",
      0,
      16,
      (x) => x.xor(9),
      (x) => x ^ 9,
    ),
    everywhere(
      "13 ^ x",
      -8,
      16,
      (x) => xor(13, x),
      (x) => 13 ^ x,
    ),
    everywhere(
      "~x",
      0,
      16,
      (x) => x.not(),
      (x) => ~x,
    ),
    everywhere(
      "~x of negative values",
      -8,
      7,
      (x) => x.invert(),
      (x) => ~x,
    ),
    everywhere(
      "x << 2",
      0,
      5,
      (x) => x.shl(2),
      (x) => x << 2,
    ),
    everywhere(
      "2 << x",
      0,
      5,
      (x) => shl(2, x),
      (x) => 2 << x,
    ),
    everywhere(
      "x >> 2",
      0,
      120,
      (x) => x.shr(2),
      (x) => x >> 2,
    ),
    everywhere(
      "x >> 3 of negative values",
      -50,
      50,
      (x) => x.rightShift(3),
      (x) => x >> 3,
    ),
    everywhere(
      "120 >> x",
      0,
      9,
      (x) => shr(120, x),
      (x) => 120 >> x,
    ),
    that(
      "a constant for each element",
      { x: enc(int(4), [3]) },
      ({ x }) => [x.and([1, 6, -3]), x.xor([1, 6, -3]), x.shl([0, 1, 2]), x.shr([0, 1, 2])],
      ({ x }) => [
        elementwise((p, q) => p & q, x, [1, 6, -3]),
        elementwise((p, q) => p ^ q, x, [1, 6, -3]),
        elementwise((p, q) => p << q, x, [0, 1, 2]),
        elementwise((p, q) => p >> q, x, [0, 1, 2]),
      ],
    ),
  ])("%s", (_name, run) => run())
})

/** All pairs of two ranges, as two vectors. */
const allPairs = (p: { lo: bigint; hi: bigint }, q: { lo: bigint; hi: bigint }) => {
  const [w, v] = [Number(p.hi - p.lo) + 1, Number(q.hi - q.lo) + 1]
  return {
    size: w * v,
    sample: {
      x: build([w * v], ([i]) => Number(p.lo) + Math.floor(i! / v)),
      y: build([w * v], ([i]) => Number(q.lo) + (i! % v)),
    },
  }
}

const bitwise = (p: { lo: bigint; hi: bigint }, q: { lo: bigint; hi: bigint }, lowered: boolean): Case => {
  const { size, sample } = allPairs(p, q)
  return that(
    `and, or, xor of ${p.lo}..${p.hi} and ${q.lo}..${q.hi} at every pair`,
    { x: enc(p, [size]), y: enc(q, [size]) },
    ({ x, y }) => [x.and(y), x.or(y), x.xor(y)],
    ({ x, y }) => [
      elementwise((a, b) => a & b, x, y),
      elementwise((a, b) => a | b, x, y),
      elementwise((a, b) => a ^ b, x, y),
    ],
    { samples: [sample], lowered },
  )
}

const WIDTHS = [1, 2, 3, 4, 5]

describe("of two secrets", () => {
  it.each(
    WIDTHS.flatMap((b) =>
      WIDTHS.flatMap((c) => [
        bitwise(uint(b), uint(c), b + c <= 6),
        bitwise(int(b), c % 2 === 0 ? int(c) : uint(c), b + c === 7),
      ]),
    ),
  )("%s", (_name, run) => run())

  it.each(
    [
      [uint(3), uint(2)],
      [uint(5), uint(2)],
      [int(4), uint(2)],
      [int(6), uint(1)],
      [range(-9, -3), range(1, 4)],
    ].map(([p, q]) => {
      const { size, sample } = allPairs(p!, q!)
      return that(
        `shifts of ${p!.lo}..${p!.hi} by ${q!.lo}..${q!.hi} at every pair`,
        { x: enc(p!, [size]), y: enc(q!, [size]) },
        ({ x, y }) => [x.shl(y), x.shr(y)],
        ({ x, y }) => [elementwise((a, b) => a << b, x, y), elementwise((a, b) => a >> b, x, y)],
        { samples: [sample], lowered: size <= 64 },
      )
    }),
  )("%s", (_name, run) => run())
})

const field = (value: number, bits: readonly number[]): number => {
  let result = 0
  bits.forEach((bit, i) => {
    result += ((value >> bit) & 1) * 2 ** i
  })
  return result
}

describe("bit fields", () => {
  const value = 0b01100100
  it.each([
    that(
      "single bits of 0b01100100",
      { x: enc(uint(8)) },
      ({ x }) => [0, 1, 2, 3, 4, 5, 6, 7, 9].map((i) => x.bits(i)),
      ({ x }) => [0, 1, 2, 3, 4, 5, 6, 7, 9].map((i) => (flat(x)[0]! >> i) & 1),
      { samples: [{ x: value }, { x: 0b10011011 }], lowered: false },
    ),
    everywhere(
      "bits 1 to 3",
      0,
      31,
      (x) => x.bits([1, 4]),
      (x) => (x >> 1) & 7,
    ),
    everywhere(
      "bits 2 on",
      0,
      31,
      (x) => x.bits([2]),
      (x) => x >> 2,
    ),
    everywhere(
      "bits below 2",
      0,
      31,
      (x) => x.bits([null, 2]),
      (x) => x & 3,
    ),
    everywhere(
      "every second bit",
      0,
      31,
      (x) => x.bits([null, null, 2]).add(100),
      (x) => field(x, [0, 2, 4]) + 100,
    ),
    everywhere(
      "bits in reverse",
      0,
      31,
      (x) => x.bits([4, null, -1]),
      (x) => field(x, [4, 3, 2, 1, 0]),
    ),
    everywhere(
      "bits in reverse down to 2",
      0,
      31,
      (x) => x.bits([4, 1, -1]),
      (x) => field(x, [4, 3, 2]),
    ),
    everywhere(
      "bits of negative values",
      -16,
      15,
      (x) => x.bits([1, 4]),
      (x) => (x >> 1) & 7,
    ),
    everywhere(
      "the sign bit",
      -16,
      15,
      (x) => x.bits(4),
      (x) => Number(x < 0),
    ),
    everywhere(
      "no bits",
      -16,
      15,
      (x) => x.bits([3, 3]),
      () => 0,
    ),
  ])("%s", (_name, run) => run())
})
