import { printShape } from "../../../data/index.ts"
import { fail } from "../../core/fail.ts"
import { integersOf, operandsOf, type TensorLike } from "../../core/operands.ts"
import { isTensor } from "../../core/tensor-base.ts"
import { integer, tensor } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { type Options, operator } from "../../operator/operator.ts"
import { named, required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { add } from "../elementwise/arithmetic.ts"
import { matmul } from "../reductions/sum-and-matmul.ts"
import { moveAxis } from "../shape/rearrange.ts"
import { reshape } from "../shape/reshape.ts"
import { windowOptions, windowsOf } from "./windows.ts"

const parameters = [
  x,
  required("weights", tensor),
  ...windowOptions,
  // Into how many groups the channels are parted; each output channel sees the inputs of its group. 1 unless given.
  named("groups", integer("a number of groups")),
  // One number to add to each output channel.
  named("bias", tensor),
] as const

/** How windows lie, into how many groups the channels are parted, and what is added to each output channel. */
export type ConvOptions = Options<typeof parameters>

/**
 * A convolution (without mirroring, as networks mean it) of shape [batch, channels, …spatial] with weights
 * [output channels, channels of a group, …kernel]. With constant weights it is one linear map; secret weights are
 * products of two secrets. Throws ProgramError for shapes and options that do not fit.
 */
const convolution = (name: string, rank: number) =>
  operator(name, parameters, (x, weights, options): Tensor => {
    const [given, w] = integersOf(name, x, weights)
    const bias = options.bias
    const a = isTensor(bias) ? operandsOf(given, bias)[0] : given
    checkRank(name, a, rank, "[batch, channels, …spatial]")
    checkRank(name, w, rank, "[outputs, channels of a group, …kernel]")
    const { groups = 1 } = options
    const [batch, channels] = a.shape as [number, number]
    const [outputs, part] = w.shape as [number, number]
    const kernel = w.shape.slice(2)
    if (groups < 1) fail("wrong-argument", `${name} in ${groups} groups; they count from 1`)
    if (outputs % groups !== 0 || part * groups !== channels) {
      fail(
        "wrong-shape",
        `${name} of ${channels} channels with weights of shape ${printShape(w.shape)} in ${groups} groups\n` +
          `needed are weights for ${channels} / ${groups} channels, and outputs that are a multiple of ${groups}`,
        a,
      )
    }
    if (kernel.includes(0))
      fail("wrong-shape", `${name} with an empty kernel, weights of shape ${printShape(w.shape)}`, w)
    const { elements, places } = windowsOf(name, a, kernel, options, 0)
    const count = places.reduce((p, q) => p * q, 1)
    const inside = kernel.reduce((p, q) => p * q, 1)
    // [batch, groups, channel and element, place]
    const columns = moveAxis(reshape(elements, [batch, groups, part, count, inside]), 4, 3)
    const product = matmul(
      reshape(w, [groups, outputs / groups, part * inside]),
      reshape(columns, [batch, groups, part * inside, count]),
    )
    const result = reshape(product, [batch, outputs, ...places])
    return bias === undefined ? result : add(result, biasOf(name, bias, result, rank))
  })

const checkRank = (name: string, a: Tensor, rank: number, form: string): void => {
  if (a.ndim !== rank + 2)
    fail(
      "wrong-shape",
      `${name} of shape ${printShape(a.shape)}, but ${rank + 2} axes ${form} were needed\nuse expandDims or reshape`,
      a,
    )
}

const biasOf = (name: string, bias: TensorLike, result: Tensor, rank: number): Tensor => {
  const [b] = operandsOf(bias, result)
  const outputs = result.shape[1]!
  if (b.ndim !== 1 || b.shape[0] !== outputs)
    fail(
      "wrong-shape",
      `${name} with a bias of shape ${printShape(b.shape)} for ${outputs} output channels`,
      b,
    )
  return reshape(b, [outputs, ...new Array<number>(rank).fill(1)])
}

/** Convolution over one spatial axis: [batch, channels, extent] with weights [outputs, channels, kernel]. */
export const conv1d = convolution("conv1d", 1)

/** Convolution over two spatial axes: [batch, channels, height, width] with weights [outputs, channels, height, width]. */
export const conv2d = convolution("conv2d", 2)

/** Convolution over three spatial axes, as `conv2d` with a depth in front of the height. */
export const conv3d = convolution("conv3d", 3)
