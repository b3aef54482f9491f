// Case group 35: convolutions of one to three axes with strides, dilations, padding, groups and bias.
import { describe, expect, it } from "vitest"
import { ProgramError } from "../../src/data/index.ts"
import { type ConvOptions, enc, range, type Tensor, trace, uint } from "../../src/frontend/index.ts"
import { build, get, type Nested, shapeOf } from "./reference.ts"
import { type Case, that } from "./support.ts"

interface Plain {
  readonly stride?: readonly number[]
  readonly dilation?: readonly number[]
  /** Before and after each axis. */
  readonly pads?: readonly (readonly [number, number])[]
  readonly groups?: number
  readonly bias?: Nested
}

/** The definition, one multiplication at a time. */
const convolved = (x: Nested, w: Nested, plain: Plain): Nested => {
  const [batch, , ...extents] = shapeOf(x) as [number, number, ...number[]]
  const [outputs, part, ...kernel] = shapeOf(w) as [number, number, ...number[]]
  const { stride = kernel.map(() => 1), dilation = kernel.map(() => 1), groups = 1 } = plain
  const pads = plain.pads ?? kernel.map(() => [0, 0] as const)
  const places = extents.map(
    (n, i) =>
      Math.floor((n + pads[i]![0] + pads[i]![1] - (kernel[i]! - 1) * dilation[i]! - 1) / stride[i]!) + 1,
  )
  return build([batch, outputs, ...places], ([b, o, ...at]) => {
    let total = plain.bias === undefined ? 0 : get(plain.bias, [o!])
    const group = Math.floor(o! / (outputs / groups))
    for (let c = 0; c < part; c++) {
      build(kernel, (k) => {
        const from = at.map((place, i) => place * stride[i]! + k[i]! * dilation[i]! - pads[i]![0])
        if (from.every((place, i) => place >= 0 && place < extents[i]!))
          total += get(x, [b!, group * part + c, ...from]) * get(w, [o!, c, ...k])
        return 0
      })
    }
    return total
  })
}

const weights = (shape: readonly number[]): Nested =>
  build(shape, (at) => (at.reduce((h, i) => h * 3 + i, 2) % 7) - 3)

const conv = (
  name: string,
  shape: readonly number[],
  kernel: readonly number[],
  options: ConvOptions,
  plain: Plain,
): Case => {
  const method = `conv${shape.length - 2}d` as "conv1d" | "conv2d" | "conv3d"
  return that(
    `${method} ${name}: [${shape}] with [${kernel}]`,
    { x: enc(range(-3, 4), shape) },
    ({ x }) => x[method](weights(kernel), options),
    ({ x }) => convolved(x, weights(kernel), plain),
  )
}

describe("convolutions", () => {
  it.each([
    conv("plain", [1, 1, 4, 4], [1, 1, 2, 2], {}, {}),
    conv("of several channels with a bias", [4, 3, 4, 4], [2, 3, 2, 2], { bias: [5, -7] }, { bias: [5, -7] }),
    conv("in groups", [1, 6, 4, 4], [6, 1, 2, 2], { groups: 6 }, { groups: 6 }),
    conv("in groups of two", [1, 4, 3, 3], [4, 2, 2, 2], { groups: 2 }, { groups: 2 }),
    conv("with strides", [1, 1, 5, 6], [2, 1, 2, 2], { stride: 2 }, { stride: [2, 2] }),
    conv("with strides by axis", [1, 1, 5, 6], [2, 1, 2, 2], { stride: [1, 3] }, { stride: [1, 3] }),
    conv("with a dilation", [1, 1, 5, 6], [1, 1, 2, 3], { dilation: [3, 2] }, { dilation: [3, 2] }),
    conv(
      "padded all around",
      [1, 2, 3, 3],
      [1, 2, 3, 3],
      { padding: 1 },
      {
        pads: [
          [1, 1],
          [1, 1],
        ],
      },
    ),
    conv(
      "padded by axis",
      [1, 1, 3, 3],
      [1, 1, 3, 2],
      { padding: [2, 1] },
      {
        pads: [
          [2, 2],
          [1, 1],
        ],
      },
    ),
    conv(
      "padded by pairs",
      [1, 1, 3, 3],
      [1, 1, 2, 2],
      {
        padding: [
          [0, 1],
          [2, 0],
        ],
      },
      {
        pads: [
          [0, 1],
          [2, 0],
        ],
      },
    ),
    conv(
      "padded as ONNX says",
      [1, 1, 3, 3],
      [1, 1, 2, 2],
      { padding: [0, 2, 1, 0] },
      {
        pads: [
          [0, 1],
          [2, 0],
        ],
      },
    ),
    conv(
      "of the same extent",
      [1, 1, 4, 4],
      [1, 1, 3, 2],
      { padding: "same" },
      {
        pads: [
          [1, 1],
          [0, 1],
        ],
      },
    ),
    conv(
      "of the same extent, low end",
      [1, 1, 4, 4],
      [1, 1, 3, 2],
      { padding: "sameLower" },
      {
        pads: [
          [1, 1],
          [1, 0],
        ],
      },
    ),
    conv(
      "of the same extent with strides",
      [1, 1, 5, 4],
      [1, 1, 3, 3],
      { padding: "sameUpper", stride: 2 },
      {
        pads: [
          [1, 1],
          [0, 1],
        ],
        stride: [2, 2],
      },
    ),
    conv("valid", [2, 1, 3, 3], [1, 1, 3, 3], { padding: "valid" }, {}),
    conv(
      "plain",
      [2, 2, 6],
      [3, 2, 3],
      { stride: 2, padding: 1, bias: [1, 2, 3] },
      { stride: [2], pads: [[1, 1]], bias: [1, 2, 3] },
    ),
    conv("with begin and end", [1, 1, 4], [1, 1, 3], { padding: [2, 0] }, { pads: [[2, 0]] }),
    conv("plain", [1, 1, 3, 2, 3], [2, 1, 2, 1, 2], { stride: [1, 1, 1] }, {}),
    conv(
      "padded",
      [1, 2, 2, 2, 2],
      [2, 1, 2, 2, 2],
      { groups: 2, padding: 1, stride: 2 },
      {
        groups: 2,
        pads: [
          [1, 1],
          [1, 1],
          [1, 1],
        ],
        stride: [2, 2, 2],
      },
    ),
    that(
      "secret weights and a secret bias",
      { x: enc(uint(2), [1, 2, 3, 3]), w: enc(range(-2, 1), [2, 2, 2, 2]), b: enc(uint(3), [2]) },
      ({ x, w, b }) =>
        x.conv2d(w, {
          bias: b,
          padding: [
            [1, 0],
            [0, 0],
          ],
        }),
      ({ x, w, b }) =>
        convolved(x, w, {
          bias: b,
          pads: [
            [1, 0],
            [0, 0],
          ],
        }),
    ),
  ])("%s", (_name, run) => run())
})

const X = [1, 2, 4, 4]
const W = weights([2, 2, 2, 2])

describe("what does not fit is refused", () => {
  const refused = (fn: (x: Tensor) => Tensor) => () => trace("f", { x: enc(uint(2), X) }, ({ x }) => fn(x))
  it.each<[(x: Tensor) => Tensor, string]>([
    [
      (x) => x.at(0).conv2d(W),
      "conv2d of shape [2, 4, 4], but 4 axes [batch, channels, …spatial] were needed",
    ],
    [
      (x) => x.conv2d(weights([2, 2, 2])),
      "conv2d of shape [2, 2, 2], but 4 axes [outputs, channels of a group, …kernel] were needed",
    ],
    [(x) => x.conv1d(W), "conv1d of shape [1, 2, 4, 4], but 3 axes"],
    [(x) => x.conv3d(W), "conv3d of shape [1, 2, 4, 4], but 5 axes"],
    [
      (x) => x.conv2d(weights([2, 3, 2, 2])),
      "conv2d of 2 channels with weights of shape [2, 3, 2, 2] in 1 groups",
    ],
    [(x) => x.conv2d(W, { groups: 2 }), "in 2 groups"],
    [(x) => x.conv2d(weights([3, 1, 2, 2]), { groups: 2 }), "outputs that are a multiple of 2"],
    [(x) => x.conv2d(W, { groups: 0 }), "conv2d in 0 groups; they count from 1"],
    [(x) => x.conv2d(W, { groups: 1.5 }), "a number of groups is 1.5, not an integer"],
    [(x) => x.conv2d(W, { bias: [1] }), "conv2d with a bias of shape [1] for 2 output channels"],
    [(x) => x.conv2d(W, { bias: 1 }), "conv2d with a bias of shape [] for 2 output channels"],
    [(x) => x.conv2d(W, { stride: 0 }), "a stride is 0; it counts from 1"],
    [(x) => x.conv2d(W, { stride: [1] }), "a stride of 1 numbers for 2 spatial axes"],
    [(x) => x.conv2d(W, { dilation: [1, -1] }), "a dilation is -1; it counts from 1"],
    [(x) => x.conv2d(W, { padding: -1 }), "conv2d: padding by -1"],
    [(x) => x.conv2d(W, { padding: [1, 2, 3] }), "conv2d: padding [1, 2, 3] for 2 spatial axes"],
    [(x) => x.conv2d(W, { padding: [[1, 2]] }), "conv2d: padding [[1, 2]] for 2 spatial axes"],
    [(x) => x.conv2d(W, { padding: "full" as never }), 'conv2d: there is no padding "full"'],
    [
      (x) => x.conv2d(W, { dilation: 4 }),
      "conv2d: a window that spans [5, 5] is larger than the padded input, [4, 4]",
    ],
    [(x) => x.conv2d(weights([1, 2, 0, 2])), "shape"],
    [(x) => x.div(2).conv2d(W), "conv2d of a real value"],
    [(x) => x.conv2d([[[[0.5]]], [[[1]]]]), "conv2d of a real value"],
  ])("%s", (fn, message) => {
    expect(refused(fn)).toThrow(ProgramError)
    expect(refused(fn)).toThrow(message)
  })
})
