import { printShape } from "../data/index.ts"
import { axisOf } from "./axes.ts"
import { fail } from "./fail.ts"
import { make } from "./make.ts"
import { expandDims } from "./movement.ts"
import { operandsOf, type TensorLike } from "./operands.ts"
import type { Tensor } from "./tensor.ts"

/** Along which axis; the first unless given. */
export interface JoinOptions {
  readonly axis?: number
}

/** Tensors one after the other along an axis that they have. */
export const concat = (tensors: readonly TensorLike[], { axis = 0 }: JoinOptions = {}): Tensor => {
  const parts = operandsOf(...tensors)
  const rank = parts[0]!.ndim
  if (rank === 0) fail("concat of scalars\nuse stack to make a vector of scalars", parts[0])
  return make("concat", parts, { axis: BigInt(axisOf(axis, rank)) })
}

/** Tensors of one shape along a new axis. */
export const stack = (tensors: readonly TensorLike[], { axis = 0 }: JoinOptions = {}): Tensor => {
  const parts = operandsOf(...tensors)
  const first = printShape(parts[0]!.shape)
  for (const part of parts) {
    if (printShape(part.shape) !== first) {
      fail(
        `stack of shapes ${first} and ${printShape(part.shape)}\nall shapes must be equal; use broadcastTo or concat`,
        part,
      )
    }
  }
  return concat(
    parts.map((part) => expandDims(part, axis)),
    { axis },
  )
}
