// One case at least of each of the 42 groups of tests/numpy, decrypted from real SEAL. Programs hold several functions of
// one depth, so that they share keys.
import { describe, expect, test } from "vitest"
import { compile } from "../../src/compiler/compile.ts"
import {
  array,
  clear,
  concat,
  enc,
  type Inputs,
  int,
  lookup,
  matmul,
  maximum,
  mod,
  multivariate,
  type Outputs,
  range,
  sub,
  type Traced,
  uint,
  where,
} from "../../src/frontend/index.ts"
import { sharedContexts } from "../support/contexts.ts"

const contextFor = sharedContexts()

/** Decrypted outputs by name, each against what plain JavaScript gives. */
const decrypts = async <const I extends Inputs>(
  inputs: I,
  values: Record<keyof I & string, unknown>,
  fn: (inputs: Traced<I>) => Outputs,
  expected: Record<string, unknown>,
): Promise<void> => {
  const program = compile(inputs, fn)
  const context = await contextFor(program.parameters)
  using client = await program.client({ context })
  using server = await program.server(client.evaluationKeys(), { context })
  const reply = await server.run(client.encrypt(values as never))
  expect(client.decrypt(reply)).toEqual(expected)
}

const X = [3, 0, 7, 5]
const Y = [1, 6, 2, 7]
const S = [-4, 3, 0, -1]

describe("numpy's functions on ciphertexts", () => {
  test("groups 1 to 8, 19 to 21, 31, 33 and 34: linear maps, products and movements", () =>
    decrypts(
      { x: enc(uint(3), [4]), y: enc(uint(3), [4]), s: enc(int(3), [4]), c: clear(uint(3)) },
      { x: X, y: Y, s: S, c: 5 },
      ({ x, y, s, c }) => ({
        sum: x.add(42).add(y).sub([1, 2, 3, 4]),
        product: x.mul(3).mul(y).add(s.mul(s)).neg(),
        dots: array([x.dot([1, -2, 3, 4]), x.dot(y), s.sum(), x.mul(c).at(2)]),
        matrices: matmul(x.reshape([2, 2]), [
          [1, 2],
          [3, -4],
        ]).add(x.reshape([2, 2]).matmul(y.reshape([2, 2]))),
        axes: x.reshape([2, 2]).sum({ axis: 0, keepDims: true }).expandDims(0).squeeze(),
        parts: concat([x.slice([null, null, -1]), y.at([3, 1]), s.set([[1, 3]], array([c, 7]))]),
        cells: array([
          [x.at(0), c],
          [y.at(1), 9],
        ]).T,
        moved: x.reshape([2, 2]).flip({ axis: 1 }).pad([0, 1]).roll(1),
      }),
      {
        sum: X.map((v, i) => v + 42 + Y[i]! - (i + 1)),
        product: X.map((v, i) => -(v * 3 * Y[i]! + S[i]! * S[i]!) + 0),
        dots: [3 + 21 + 20, 3 + 0 + 14 + 35, -2, 35],
        matrices: [
          [3 + 0 + 3 * 1 + 0, 6 + 0 + 3 * 6 + 0],
          [7 + 15 + 7 * 1 + 5 * 2, 14 - 20 + 7 * 6 + 5 * 7],
        ],
        axes: [10, 5],
        parts: [5, 7, 0, 3, 7, 6, -4, 5, 7, -1],
        cells: [
          [3, 6],
          [5, 9],
        ],
        moved: [
          [0, 0, 3],
          [0, 5, 7],
          [0, 0, 0],
        ],
      },
    ))

  test("groups 9 to 18, 22 to 25, 35, 38 and 39: one table of a small value", () =>
    decrypts(
      { x: enc(uint(3), [4]), s: enc(int(3), [4]), c: clear(uint(2), [8]) },
      { x: X, s: S, c: [3, 1, 0, 2, 2, 0, 1, 3] },
      ({ x, s, c }) => ({
        quotients: x.floorDiv(3).add(x.div(3).toInt().mul(10)),
        powers: x.pow(2),
        remainder: mod(s, 3).add(sub(3, x).abs()),
        bits: x.and(5).add(x.xor(6).mul(10)).add(s.not().shl(1)).add(s.shr(1)),
        compared: x.gt(3).add(x.eq(5).mul(10)),
        clipped: x
          .clip(2, 5)
          .add(maximum([[1, 5, 3, 6]], s))
          .flatten(),
        real: x.sin().mul(60).toInt().add(x.sqrt().round()),
        chosen: where(x.lt(5), x.mul(3), x).add(lookup(x.gt(5), [10, 5])),
        looked: s.lookup([0, 1, 2, 3, 4, 5, 6, 7], { wrap: true }),
        cells: x.lookup([0, 1, 2, 3].map((k) => [0, 1, 2, 3, 4, 5, 6, 7].map((v) => v ** (k % 3)))),
        open: x.lookup(c),
        relu: s.relu(),
        rounded: x.roundBits(2).add(s.truncateBits(1)),
        convolved: x
          .reshape([1, 1, 2, 2])
          .conv2d(
            [
              [
                [
                  [1, -2],
                  [3, 4],
                ],
              ],
            ],
            {
              padding: [
                [1, 0],
                [0, 1],
              ],
              bias: [7],
            },
          )
          .flatten(),
      }),
      {
        quotients: X.map((v) => Math.floor(v / 3) * 11),
        powers: X.map((v) => v * v),
        remainder: X.map((v, i) => (((S[i]! % 3) + 3) % 3) + Math.abs(3 - v)),
        bits: X.map((v, i) => (v & 5) + (v ^ 6) * 10 + (~S[i]! << 1) + (S[i]! >> 1)),
        compared: X.map((v) => Number(v > 3) + Number(v === 5) * 10),
        clipped: X.map((v, i) => Math.min(Math.max(v, 2), 5) + Math.max([1, 5, 3, 6][i]!, S[i]!)),
        real: X.map((v) => Math.trunc(60 * Math.sin(v)) + Math.round(Math.sqrt(v))),
        chosen: X.map((v) => (v < 5 ? 3 * v : v) + (v > 5 ? 5 : 10)),
        looked: S.map((v) => (v < 0 ? v + 8 : v)),
        cells: X.map((v, i) => v ** (i % 3)),
        open: X.map((v) => [3, 1, 0, 2, 2, 0, 1, 3][v]),
        relu: S.map((v) => Math.max(v, 0)),
        rounded: X.map((v, i) => Math.floor((v + 2) / 4) * 4 + Math.floor(S[i]! / 2) * 2),
        convolved: [3 * 3 + 4 * 0 + 7, 3 * 0 + 7, 3 - 0 + 3 * 7 + 4 * 5 + 7, 0 + 3 * 5 + 7],
      },
    ))

  test("groups 14, 26 to 30, 32, 36 and 42: two secrets", () =>
    decrypts(
      {
        x: enc(uint(3), [4]),
        y: enc(uint(3), [4]),
        b: enc(uint(1), [4]),
        i: enc(uint(2)),
        j: clear(range(-4, 3)),
      },
      { x: X, y: Y, b: [0, 1, 1, 0], i: 2, j: -3 },
      ({ x, y, b, i, j }) => ({
        larger: x.maximum(y).sub(x.minimum(y)),
        compared: x.lt(y).add(x.eq(y)),
        together: b.and(x.bits(0)).add(b.xor(1).or(0)),
        packed: multivariate([b, b.add(x.bits(2))], (p, q) => p * 3 + q),
        shifted: x.shl(b).add(x.shr(b)),
        chosen: b.where(x, y),
        place: array([x.at(i), y.at(j), x.take(i.sub(4))]),
        replaced: x.set([i], 9).sub(y.set([j], 0)),
        pooled: x.reshape([1, 4]).maxPool1d(2).flatten(),
      }),
      {
        larger: X.map((v, k) => Math.abs(v - Y[k]!)),
        compared: X.map((v, k) => Number(v <= Y[k]!)),
        together: X.map((v, k) => ([0, 1, 1, 0][k]! & v & 1) + ([0, 1, 1, 0][k]! ^ 1)),
        packed: X.map((v, k) => [0, 1, 1, 0][k]! * 4 + ((v >> 2) & 1)),
        shifted: X.map((v, k) => (v << [0, 1, 1, 0][k]!) + (v >> [0, 1, 1, 0][k]!)),
        chosen: X.map((v, k) => ([0, 1, 1, 0][k] === 1 ? v : Y[k])),
        place: [7, 6, 7],
        replaced: X.map((v, k) => (k === 2 ? 9 : v) - (k === 1 ? 0 : Y[k]!)),
        pooled: [3, 7],
      },
    ))

  test("groups 29, 37 and 40: extremes of axes, sorting and bit fields", () =>
    decrypts(
      { x: enc(uint(2), [3]) },
      { x: [2, 3, 3] },
      ({ x }) => ({
        extremes: array([x.max(), x.min(), x.argmax(), x.argmin()]),
        sorted: x.sort({ descending: true }),
        places: x.argsort(),
        top: x.topK(2, { largest: false }),
        reduced: array([x.any(), x.all(), x.mean().floor(), x.bits([0, 2]).sum()]),
      }),
      {
        extremes: [3, 2, 1, 0],
        sorted: [3, 3, 2],
        places: [0, 1, 2],
        top: [2, 3],
        reduced: [1, 1, 2, 8],
      },
    ))

  test("group 41: a function of its own result, from run to run", async () => {
    const program = compile({ x: enc(range(0, 7)) }, ({ x }) => x.mul(3).add(1).mod(8))
    const context = await contextFor(program.parameters)
    using client = await program.client({ context })
    using server = await program.server(client.evaluationKeys(), { context })
    let value = 5
    for (let i = 0; i < 4; i++) {
      const next = client.decrypt(await server.run(client.encrypt({ x: value })))
      expect(next).toBe((3 * value + 1) % 8)
      value = next as number
    }
  })
})
