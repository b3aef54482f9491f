import { printRange, printShape, sizeOf } from "../../../data/index.ts"
import { broadcastIndices, broadcastShapes, rowStrides } from "../../../ir/index.ts"
import { axisOf } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { type IntTensor, integersOf, isConstant, operandsOf } from "../../core/operands.ts"
import { proved } from "../../core/prove.ts"
import { gather, indices, pickAlong } from "../../core/static-positions.ts"
import { axisOrNull, tensor } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { optional, required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { mul } from "../elementwise/arithmetic.ts"
import { where } from "../order/choice.ts"
import { sum } from "../reductions/sum-and-matmul.ts"
import { concat } from "../shape/join.ts"
import { moveAxis } from "../shape/rearrange.ts"
import { broadcastTo, expandDims, reshape } from "../shape/reshape.ts"
import { isThere, knownPlaces } from "./take-along.ts"

/**
 * For each place the element of an axis, the last unless given, that the indices name there; null for all elements in
 * row-major order. Indices have as many axes as x and broadcast against the others. Known indices move elements; clear and
 * encrypted ones read by equality: one table of as many entries as the axis has, and one product.
 */
export const takeAlongAxis = operator(
  "takeAlongAxis",
  [x, required("indices", tensor), optional("axis", axisOrNull)],
  (x, indices, { axis = -1 }): Tensor => {
    const { a, index, along } = aligned("takeAlongAxis", x as Tensor, indices as Tensor, axis)
    const extent = a.shape[along]!
    const shape = outerShape(a, index, along).with(along, index.shape[along]!)
    const known = knownPlaces(index, extent, along)
    if (known !== undefined) return gather(a, placesOf(a, index, known, along, shape), shape)
    const mask = isThere(index, extent, along)
    const rows = expandDims(moveAxis(a, along, -1), along)
    const { lo, hi } = integersOf("takeAlongAxis", a)[0].node.type
    return proved("selection", sum(mul(mask, rows), { axis: -1 }), lo, hi)
  },
)

/**
 * A copy in which the elements of an axis that the indices name are these values, which broadcast; of two values for one
 * place the later stands. Clear and encrypted indices write by equality, one after the other.
 */
export const putAlongAxis = operator(
  "putAlongAxis",
  [x, required("indices", tensor), required("values", tensor), optional("axis", axisOrNull)],
  (x, given, values, { axis = -1 }): Tensor => {
    const whole = operandsOf(x, given, values)
    const { a, index, along } = aligned("putAlongAxis", whole[0], whole[1], axis)
    const part = outerShape(a, index, along).with(along, index.shape[along]!)
    if (part.some((extent, i) => i !== along && extent !== a.shape[i]))
      fail(
        "wrong-shape",
        `putAlongAxis of indices of shape ${printShape(index.shape)} into ${printShape(a.shape)}`,
        index,
      )
    const v = broadcastTo(whole[2], part)
    const known = knownPlaces(index, a.shape[along]!, along)
    const result =
      known === undefined
        ? written(a, broadcastTo(index, part) as IntTensor, v, along)
        : replaced(a, index, known, v, along)
    return axis === null ? reshape(result, whole[0].shape) : result
  },
)

/** The tensor and the indices with the same number of axes, flat where there is no axis. */
const aligned = (
  name: string,
  x: Tensor,
  indices: Tensor,
  axis: number | null,
): { a: Tensor; index: IntTensor; along: number } => {
  const [given, index] = [operandsOf(x, indices)[0], integersOf(name, indices, x)[0]]
  const a = axis === null ? reshape(given, [given.size]) : given
  if (index.ndim !== a.ndim)
    fail(
      "wrong-shape",
      `${name} of shape ${printShape(a.shape)} by indices of shape ${printShape(index.shape)}; they need as many axes`,
      index,
    )
  const { lo, hi } = index.node.type
  const along = axisOf(axis ?? 0, a.ndim)
  if (a.shape[along] === 0 && index.size > 0)
    fail("out-of-range", `${name} at places in ${printRange(lo, hi)} of an axis of no elements`, index)
  return { a, index, along }
}

const outerShape = (a: Tensor, index: Tensor, along: number): number[] => [
  ...broadcastShapes(a.shape.with(along, 1), index.shape.with(along, 1)),
]

/** Where in a the element for each place of the result stands. */
const placesOf = (
  a: Tensor,
  index: Tensor,
  known: readonly number[],
  along: number,
  shape: readonly number[],
): number[] => {
  const from = broadcastIndices(index.shape, shape)
  // Along the axis every place of a line has the same element 0, to which the index is added.
  const line = broadcastIndices(a.shape.with(along, 1), shape)
  const starts = startsOf(a.shape, along)
  const stride = rowStrides(a.shape)[along]!
  return indices(sizeOf(shape)).map((i) => starts[line[i]!]! + known[from[i]!]! * stride)
}

/** The flat places of the first elements of all lines along an axis. */
const startsOf = (shape: readonly number[], along: number): number[] => {
  const strides = rowStrides(shape)
  const thin = shape.with(along, 1)
  const thinStrides = rowStrides(thin)
  return indices(sizeOf(thin)).map((i) =>
    shape.reduce(
      (at, _, axis) => at + (Math.floor(i / thinStrides[axis]!) % thin[axis]!) * strides[axis]!,
      0,
    ),
  )
}

const replaced = (a: Tensor, index: Tensor, known: readonly number[], v: Tensor, along: number): Tensor => {
  const source = indices(a.size)
  placesOf(a, index, known, along, v.shape).forEach((place, i) => {
    source[place] = a.size + i
  })
  return gather(concat([reshape(a, [a.size]), reshape(v, [v.size])]), source, a.shape)
}

const written = (a: Tensor, index: IntTensor, v: Tensor, along: number): Tensor => {
  let result = a
  for (const i of indices(index.shape[along]!)) {
    const one = pickAlong(index, along, [i])
    const line = isConstant(one) ? one : reshape(one, one.shape.toSpliced(along, 1))
    const mask = moveAxis(isThere(line as IntTensor, a.shape[along]!, along), -1, along)
    result = where(mask, pickAlong(v, along, [i]), result)
  }
  return result
}
