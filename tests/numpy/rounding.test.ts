// Case group 39: rounding and truncating low bits, with a number of bits and with bits chosen by range.
import { describe, expect, it } from "vitest"
import { compile } from "../../src/compiler/compile.ts"
import { enc, int, range, trace, uint } from "../../src/frontend/index.ts"
import { printType } from "../../src/ir/index.ts"
import { build, elementwise } from "./reference.ts"
import { that } from "./support.ts"

const half = (v: number, k: number): number =>
  k === 0 ? v : Math.floor((v + 2 ** (k - 1)) / 2 ** k) * 2 ** k
const cut = (v: number, k: number): number => Math.floor(v / 2 ** k) * 2 ** k

describe("low bits", () => {
  it("the truth table of three low bits", () => {
    const { program } = trace("f", { x: enc(uint(4), [16]) }, ({ x }) => x.roundBits(3))
    expect(printType(program.outputs.get("y")!.type)).toBe("enc 0..16[16]")
  })

  it.each([
    ...[3, 4, 5].flatMap((bits) =>
      [uint(bits), int(bits)].map(({ lo, hi }) => {
        const count = Number(hi - lo) + 1
        const ks = [0, 1, 2, 3].filter((k) => k <= bits)
        return that(
          `of ${lo}..${hi} at every value`,
          { x: enc(range(lo, hi), [count]) },
          ({ x }) => ks.flatMap((k) => [x.roundBits(k), x.truncateBits(k)]),
          ({ x }) => ks.flatMap((k) => [elementwise((v) => half(v, k), x), elementwise((v) => cut(v, k), x)]),
          { samples: [{ x: build([count], ([i]) => Number(lo) + i!) }] },
        )
      }),
    ),
    that(
      "with the bits chosen by the proved range",
      { x: enc(range(-30, 29), [4]) },
      ({ x }) => [x.roundBits({ keep: 4 }), x.truncateBits({ keep: 3 }), x.roundBits({ keep: 9 })],
      ({ x }) => [elementwise((v) => half(v, 2), x), elementwise((v) => cut(v, 3), x), x],
    ),
  ])("%s", (_name, run) => run())

  it("bits are chosen by the samples where there are some", () => {
    const samples = [{ x: [3, 60] }, { x: [17, 2] }]
    const program = compile({ x: enc(uint(10), [2]) }, ({ x }) => x.roundBits({ keep: 4 }), { samples })
    expect(program.simulate({ x: [3, 57] })).toEqual([4, 56])
    expect(program.evaluate({ x: [6, 30] })).toEqual([8, 32])
  })
})
