// Case group 36: largest elements and means of windows.
import { describe, expect, it } from "vitest"
import { compile } from "../../src/compiler/compile.ts"
import { ProgramError } from "../../src/data/index.ts"
import { type AvgPoolOptions, enc, range, type Tensor, trace, uint } from "../../src/frontend/index.ts"
import { build, flat, get, type Nested, rint, shapeOf } from "./reference.ts"
import { type Case, that } from "./support.ts"

interface Plain {
  readonly kernel: readonly number[]
  readonly stride?: readonly number[]
  readonly dilation?: readonly number[]
  readonly pads?: readonly (readonly [number, number])[]
}

/** The elements of each window; places in the padding are undefined. */
const windows = (
  x: Nested,
  {
    kernel,
    stride = kernel,
    dilation = kernel.map(() => 1),
    pads = kernel.map(() => [0, 0] as const),
  }: Plain,
  fn: (elements: (number | undefined)[]) => number,
): Nested => {
  const shape = shapeOf(x)
  const lead = shape.length - kernel.length
  const extents = shape.slice(lead)
  const places = extents.map(
    (n, i) =>
      Math.floor((n + pads[i]![0] + pads[i]![1] - (kernel[i]! - 1) * dilation[i]! - 1) / stride[i]!) + 1,
  )
  return build([...shape.slice(0, lead), ...places], (at) => {
    const elements: (number | undefined)[] = []
    build(kernel, (k) => {
      const from = at.slice(lead).map((place, i) => place * stride[i]! + k[i]! * dilation[i]! - pads[i]![0])
      const isInside = from.every((place, i) => place >= 0 && place < extents[i]!)
      elements.push(isInside ? get(x, [...at.slice(0, lead), ...from]) : undefined)
      return 0
    })
    return fn(elements)
  })
}

const largest = (elements: (number | undefined)[]): number =>
  Math.max(...elements.filter((e) => e !== undefined))
const meanWithZeros = (elements: (number | undefined)[]): number =>
  rint(elements.reduce<number>((t, e) => t + (e ?? 0), 0) / elements.length)
const meanOfReal = (elements: (number | undefined)[]): number => {
  const real = elements.filter((e) => e !== undefined)
  return rint(real.reduce((t, e) => t + e, 0) / real.length)
}

const pool = (
  shape: readonly number[],
  kernel: number | readonly number[],
  options: AvgPoolOptions,
  plain: Plain,
): Case => {
  const rank = plain.kernel.length
  const [maxName, avgName] = [`maxPool${rank}d`, `avgPool${rank}d`] as ["maxPool2d", "avgPool2d"]
  return that(
    `pools of [${plain.kernel}] on [${shape}] with ${JSON.stringify(options)}`,
    { x: enc(range(-4, 3), shape) },
    ({ x }) => [
      x[maxName](kernel, options),
      x[avgName](kernel, options).round(),
      x[avgName](kernel, { ...options, countIncludePad: false }).round(),
    ],
    ({ x }) => [windows(x, plain, largest), windows(x, plain, meanWithZeros), windows(x, plain, meanOfReal)],
  )
}

describe("pooling", () => {
  it.each([
    pool([1, 1, 4, 4], [2, 2], {}, { kernel: [2, 2] }),
    pool([2, 2, 3, 4], 2, { stride: 1 }, { kernel: [2, 2], stride: [1, 1] }),
    pool([1, 1, 5, 5], [3, 2], { stride: [2, 3] }, { kernel: [3, 2], stride: [2, 3] }),
    pool(
      [1, 1, 3, 3],
      [2, 2],
      { padding: 1 },
      {
        kernel: [2, 2],
        pads: [
          [1, 1],
          [1, 1],
        ],
      },
    ),
    pool(
      [1, 1, 3, 3],
      2,
      { padding: "same", stride: 1 },
      {
        kernel: [2, 2],
        pads: [
          [0, 1],
          [0, 1],
        ],
        stride: [1, 1],
      },
    ),
    pool([4, 4], 2, { dilation: 2, stride: 1 }, { kernel: [2, 2], dilation: [2, 2], stride: [1, 1] }),
    pool([1, 1, 6], 3, {}, { kernel: [3] }),
    pool([2, 7], 2, { stride: 2, padding: [[1, 0]] }, { kernel: [2], stride: [2], pads: [[1, 0]] }),
    pool([1, 1, 2, 2, 4], 2, {}, { kernel: [2, 2, 2] }),
    that(
      "over whole channels",
      { x: enc(uint(3), [1, 2, 2, 3]) },
      ({ x }) => [x.globalMaxPool(), x.globalAvgPool().floor()],
      ({ x }) => {
        const channels = (x as Nested[][])[0]!.map((channel) => flat(channel))
        return [
          [channels.map((v) => [[Math.max(...v)]])],
          [channels.map((v) => [[Math.floor(v.reduce((a, b) => a + b) / 6)]])],
        ]
      },
    ),
  ])("%s", (_name, run) => run())
})

describe("what does not fit is refused", () => {
  const refused = (fn: (x: Tensor) => Tensor) => () =>
    trace("f", { x: enc(uint(2), [1, 1, 4, 4]) }, ({ x }) => fn(x))
  it.each<[(x: Tensor) => Tensor, string]>([
    [(x) => x.maxPool2d([2]), "a window of 1 numbers for 2 spatial axes"],
    [(x) => x.maxPool2d([2, 0]), "a window is 0; it counts from 1"],
    [(x) => x.maxPool2d(2.5), "a window is 2.5, not an integer"],
    [(x) => x.maxPool2d(5), "maxPool2d: a window that spans [5, 5] is larger than the padded input, [4, 4]"],
    [(x) => x.maxPool2d(2, { stride: 0 }), "a stride is 0; it counts from 1"],
    [(x) => x.maxPool2d(2, { stride: [1, 1, 1] }), "a stride of 3 numbers for 2 spatial axes"],
    [(x) => x.maxPool2d(2, { dilation: 0 }), "a dilation is 0; it counts from 1"],
    [(x) => x.maxPool2d(2, { padding: -2 }), "maxPool2d: padding by -2"],
    [(x) => x.maxPool2d(2, { padding: 2 }), "maxPool2d: a window lies in the padding alone"],
    [
      (x) => x.avgPool2d(2, { padding: 2, countIncludePad: false }),
      "avgPool2d: a window lies in the padding alone",
    ],
    [(x) => x.at(0, 0, 0).maxPool2d(2), "maxPool2d of shape [4], which has no 2 spatial axes"],
    [
      (x) => x.maxPool3d(2).at(0, 0, 0),
      "maxPool3d: a window that spans [2, 2, 2] is larger than the padded input, [1, 4, 4]",
    ],
    [(x) => x.div(2).maxPool2d(2), "maxPool2d of a real value"],
    [(x) => x.at(0).at(0).globalMaxPool(), "globalMaxPool of shape [4, 4]"],
  ])("%s", (fn, message) => {
    expect(refused(fn)).toThrow(ProgramError)
    expect(refused(fn)).toThrow(message)
  })

  it("a mean that nothing rounds is no output", () => {
    const unrounded = () => compile({ x: enc(uint(2), [4, 4]) }, ({ x }) => x.avgPool2d(2))
    expect(unrounded).toThrow("close it with round, floor, ceil, trunc or toInt")
  })
})
