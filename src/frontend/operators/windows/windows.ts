import { printGiven, printShape } from "../../../data/index.ts"
import { structural } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import type { TensorLike } from "../../core/operands.ts"
import { indices, OUTSIDE, pick } from "../../core/static-positions.ts"
import { argument, integers } from "../../operator/argument.ts"
import type { Options } from "../../operator/operator.ts"
import { named } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { reshape, transpose } from "../shape/reshape.ts"

/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[]

/**
 * Elements added before and after each spatial axis: a number for all; one for each axis; a pair for each axis; all
 * befores and then all afters, as ONNX's pads; "same" so that stride 1 keeps the extent (what is odd goes to the end, or
 * with "sameLower" to the beginning); "valid" for none.
 */
export type Padding =
  | number
  | readonly number[]
  | readonly (readonly [number, number])[]
  | "valid"
  | "same"
  | "sameUpper"
  | "sameLower"

/** The parameters that say how windows lie on the spatial axes. */
export const windowOptions = [
  // Steps from one window to the next; 1 for convolutions and the window itself for pooling unless given.
  named("stride", integers("a stride")),
  // Steps from one element of a window to the next; 1 unless given.
  named("dilation", integers("a dilation")),
  // None unless given.
  named(
    "padding",
    argument<Padding>(
      "a padding",
      "a number, a list or a word",
      (value) => typeof value === "number" || typeof value === "string" || Array.isArray(value),
    ),
  ),
] as const

/** How windows lie on the spatial axes. */
export type WindowOptions = Options<typeof windowOptions>

/** Windows of a tensor whose last axes are spatial. */
export interface Windows {
  /** Shape [leading axes, places of windows, elements of one window in row-major order]. */
  readonly elements: Tensor
  /** How many places there are along each spatial axis. */
  readonly places: readonly number[]
  /** For each spatial axis and place, how many elements of a window there are not padding. */
  readonly real: readonly (readonly number[])[]
}

/** All windows of a size on the last axes; `fill` stands in the padding. Throws ProgramError when none fits. */
export const windowsOf = (
  name: string,
  a: Tensor,
  kernel: readonly number[],
  options: WindowOptions,
  fill: TensorLike,
): Windows => {
  const rank = kernel.length
  const lead = a.ndim - rank
  const extents = a.shape.slice(lead)
  const stride = perAxis("a stride", options.stride ?? 1, rank)
  const dilation = perAxis("a dilation", options.dilation ?? 1, rank)
  const spans = kernel.map((size, i) => (size - 1) * dilation[i]! + 1)
  const padding = paddingOf(name, options.padding ?? 0, extents, spans, stride)
  const places = extents.map((extent, i) => {
    const room = extent + padding[i]![0] + padding[i]![1] - spans[i]!
    if (room >= 0) return Math.floor(room / stride[i]!) + 1
    return fail(
      "wrong-shape",
      `${name}: a window that spans ${printShape(spans)} is larger than the padded input, ` +
        `${printShape(extents.map((each, k) => each + padding[k]![0] + padding[k]![1]))}`,
      a,
    )
  })
  const positions = extents.map((extent, i) =>
    indices(places[i]!).map((place) =>
      indices(kernel[i]!).map((k) => {
        const at = place * stride[i]! + k * dilation[i]! - padding[i]![0]
        return at < 0 || at >= extent ? OUTSIDE : at
      }),
    ),
  )
  const picked = pick(
    a,
    [...a.shape.slice(0, lead).map(indices), ...positions.map((list) => list.flat())],
    fill,
  )
  // [lead, place, element, place, element, …] to [lead, places, elements]
  const split = reshape(picked, [
    ...a.shape.slice(0, lead),
    ...places.flatMap((count, i) => [count, kernel[i]!]),
  ])
  const spatial = indices(rank)
  const order = [
    ...indices(lead),
    ...spatial.map((i) => lead + 2 * i),
    ...spatial.map((i) => lead + 2 * i + 1),
  ]
  const shape = [...a.shape.slice(0, lead), ...places, kernel.reduce((p, q) => p * q, 1)]
  const real = positions.map((list) => list.map((window) => window.filter((at) => at !== OUTSIDE).length))
  return { elements: reshape(transpose(split, order), shape), places, real }
}

/** A positive number for each of so many axes. */
export const perAxis = (what: string, value: PerAxis, rank: number): number[] => {
  const list = typeof value === "number" ? new Array<number>(rank).fill(value) : [...value]
  if (list.length !== rank) fail("wrong-shape", `${what} of ${list.length} numbers for ${rank} spatial axes`)
  for (const each of list)
    if (structural(what, each) < 1) fail("wrong-argument", `${what} is ${each}; it counts from 1`)
  return list
}

const paddingOf = (
  name: string,
  padding: Padding,
  extents: readonly number[],
  spans: readonly number[],
  stride: readonly number[],
): (readonly [number, number])[] => {
  const rank = extents.length
  if (padding === "valid") return extents.map(() => [0, 0])
  if (typeof padding === "string") {
    if (!["same", "sameUpper", "sameLower"].includes(padding))
      fail(
        "wrong-argument",
        `${name}: there is no padding ${printGiven(padding)}\ngive numbers, "valid", "same", "sameUpper" or "sameLower"`,
      )
    return extents.map((extent, i) => {
      const all = Math.max(0, (Math.ceil(extent / stride[i]!) - 1) * stride[i]! + spans[i]! - extent)
      const less = Math.floor(all / 2)
      return padding === "sameLower" ? [all - less, less] : [less, all - less]
    })
  }
  const list = typeof padding === "number" ? extents.map(() => padding) : [...padding]
  const pairs = list.every((entry) => typeof entry === "number")
    ? list.length === rank
      ? list.map((each) => [each, each])
      : list.length === 2 * rank
        ? extents.map((_, i) => [list[i]!, list[rank + i]!])
        : undefined
    : list.length === rank && list.every((entry) => Array.isArray(entry) && entry.length === 2)
      ? (list as readonly (readonly [number, number])[])
      : undefined
  if (pairs === undefined) {
    return fail(
      "wrong-argument",
      `${name}: padding ${printGiven(padding)} for ${rank} spatial axes\n` +
        "give a number, one for each axis, a pair for each axis, or all befores and then all afters",
    )
  }
  for (const each of pairs.flat())
    if (structural("a padding", each) < 0)
      fail("wrong-argument", `${name}: padding by ${each}\nuse slice to take elements away`)
  return pairs as [number, number][]
}
