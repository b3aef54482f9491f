import { operandsOf } from "../../core/operands.ts"
import { binary } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { mul } from "../elementwise/arithmetic.ts"
import { reshape } from "../shape/reshape.ts"

/** Kronecker's product: the second in place of each element of the first, times that element. */
export const kron = operator("kron", binary, (a, b): Tensor => {
  const [x, y] = operandsOf(a, b)
  const rank = Math.max(x.ndim, y.ndim)
  const extents = (tensor: Tensor): number[] => [
    ...new Array<number>(rank - tensor.ndim).fill(1),
    ...tensor.shape,
  ]
  const [first, second] = [extents(x), extents(y)]
  const outer = reshape(
    x,
    first.flatMap((extent) => [extent, 1]),
  )
  const inner = reshape(
    y,
    second.flatMap((extent) => [1, extent]),
  )
  return reshape(
    mul(outer, inner),
    first.map((extent, axis) => extent * second[axis]!),
  )
})
