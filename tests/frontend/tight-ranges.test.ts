import { describe, expect, it } from "vitest"
import { trace } from "../../src/frontend/index.ts"
import { enc, range, type Tensor, uint } from "../../src/index.ts"
import { where } from "../../src/numpy.ts"

const rangeOf = (spec: Parameters<typeof trace>[1], f: (x: Record<string, Tensor>) => Tensor): string => {
  const { type } = trace("f", spec, f as never).program.outputs.get("y")!
  return `${type.lo}..${type.hi}`
}

describe("differences of extremes", () => {
  const four = { x: enc(range(1, 9), [4]) }

  it.each<[string, string, (x: Tensor) => Tensor]>([
    ["ptp", "0..8", (x) => x.ptp()],
    ["the largest minus the smallest", "0..8", (x) => x.max().sub(x.min())],
    ["the largest minus an element", "0..8", (x) => x.max().sub(x.at(2))],
    ["elements minus the smallest", "0..8", (x) => x.sub(x.min())],
    ["elements minus the largest", "-8..0", (x) => x.sub(x.max())],
    ["the largest minus that of a part", "0..8", (x) => x.max().sub(x.slice([0, 2]).max())],
    ["two elements", "0..8", (x) => x.slice([0, 2]).ptp()],
    [
      "maximum minus minimum",
      "0..8",
      (x) =>
        x
          .at(0)
          .maximum(x.at(1))
          .sub(x.at(0).minimum(x.at(1))),
    ],
    ["a chain of maxima", "0..8", (x) => x.at(0).maximum(x.at(1)).maximum(x.at(2)).sub(x.at(0))],
  ])("%s", (_name, want, f) => {
    expect(rangeOf(four, ({ x }) => f(x!))).toBe(want)
  })

  it("along an axis and of more elements than are compared at once", () => {
    expect(rangeOf({ x: enc(range(1, 9), [3, 4]) }, ({ x }) => x!.ptp({ axis: 1 }))).toBe("0..8")
    expect(rangeOf({ x: enc(range(1, 9), [40]) }, ({ x }) => x!.sub(x!.max()))).toBe("-8..0")
  })
})

describe("values that depend on each other", () => {
  const two = { a: enc(range(-4, 5)), b: enc(uint(3)) }

  it.each<[string, string, (a: Tensor, b: Tensor) => Tensor]>([
    ["a square of a difference", "0..121", (a, b) => a.sub(b).square()],
    ["a maximum by hand", "0..7", (a, b) => a.sub(b).relu().add(b).minimum(7)],
    ["twice a maximum", "0..14", (a, b) => a.add(b).add(a.sub(b).abs())],
    ["what is added and taken away", "-4..5", (a, b) => a.add(b).sub(b)],
    ["a value minus its positive part", "-4..0", (a) => a.sub(a.relu())],
    ["a value by itself", "0..25", (a) => a.mul(a)],
    ["a value minus its remainder", "-4..4", (a) => a.sub(a.mod(4))],
    ["a choice that its condition decides", "3..5", (a) => where(a.gt(3), a, 3)],
    [
      "two choices by one condition",
      "-5..0",
      (a, b) => where(a.gt(1), a, b).sub(where(a.gt(1), a, b.add(5))),
    ],
  ])("%s", (_name, want, f) => {
    expect(rangeOf(two, ({ a, b }) => f(a!, b!))).toBe(want)
  })
})

describe("one-hot values", () => {
  const spec = { x: enc(uint(3), [3]), y: enc(range(-5, 5), [4]) }

  it.each<[string, string, (x: Tensor, y: Tensor) => Tensor]>([
    ["sum to at most 1", "0..1", (x) => x.expandDims(-1).eq([1, 3, 5, 7]).sum({ axis: -1 })],
    ["added by hand", "0..1", (x) => x.eq(1).add(x.eq(2)).add(x.eq(3))],
    [
      "of all values sum to 1",
      "1..1",
      (x) => x.expandDims(-1).eq([0, 1, 2, 3, 4, 5, 6, 7]).sum({ axis: -1 }),
    ],
    ["of an argmax sum to 1", "1..1", (x) => x.argmax().eq([0, 1, 2]).sum()],
    ["times weights", "0..40", (x) => x.expandDims(-1).eq([1, 3, 5, 7]).matmul([10, 20, 30, 40])],
    ["times secrets choose one", "-5..5", (x, y) => x.at(0).eq([0, 1, 2, 3]).mul(y).sum()],
  ])("%s", (_name, want, f) => {
    expect(rangeOf(spec, ({ x, y }) => f(x!, y!))).toBe(want)
  })

  it("that may be 1 together are not", () => {
    expect(rangeOf(spec, ({ x }) => x!.at(0).eq(1).add(x!.at(0).eq(1)))).toBe("0..2")
    expect(rangeOf(spec, ({ x }) => x!.at(0).eq(1).add(x!.at(1).eq(2)))).toBe("0..2")
  })
})
