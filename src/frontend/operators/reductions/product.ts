import { integersOf } from "../../core/operands.ts"
import { indices, pickAlong } from "../../core/static-positions.ts"
import { reduction } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { mul } from "../elementwise/arithmetic.ts"
import { onesLike } from "../shape/filled-like.ts"
import { concat } from "../shape/join.ts"
import { reshape } from "../shape/reshape.ts"
import { lengthOf, reduceLines } from "./last-axis.ts"

/** Product over some or all axes, as a tree of products: log2 n levels for n secrets. Of no elements it is 1. */
export const prod = operator("prod", reduction, (x, options): Tensor => {
  const [a] = integersOf("prod", x)
  return reduceLines(a, options, (lines) => {
    let rest = lines
    while (lengthOf(rest) > 1) rest = pairwise(rest)
    const shape = lines.shape.slice(0, -1)
    return lengthOf(rest) === 1
      ? reshape(rest, shape)
      : onesLike(reshape(lines, [0]).sum()).broadcastTo(shape)
  })
})

/** Element i times element i + half on the last axis; one left over stays. */
const pairwise = (lines: Tensor): Tensor => {
  const count = lengthOf(lines)
  const half = Math.floor(count / 2)
  const last = lines.ndim - 1
  const part = (from: number, length: number): Tensor =>
    pickAlong(
      lines,
      last,
      indices(length).map((i) => from + i),
    )
  const products = mul(part(0, half), part(half, half))
  return count % 2 === 0 ? products : concat([products, part(count - 1, 1)], { axis: -1 })
}
