import { printShape } from "../../../data/index.ts"
import { axisOf } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { make } from "../../core/make.ts"
import { operandsOf } from "../../core/operands.ts"
import { axis, tensors } from "../../operator/argument.ts"
import { type Options, operator } from "../../operator/operator.ts"
import { optional, required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { expandDims } from "./reshape.ts"

const joined = [required("tensors", tensors), optional("axis", axis)] as const

/** Along which axis; the first unless given. */
export type JoinOptions = Options<typeof joined>

/** Tensors one after the other along an axis that they have. */
export const concat = operator("concat", joined, (tensors, { axis = 0 }): Tensor => {
  const parts = operandsOf(...tensors)
  const rank = parts[0]!.ndim
  if (rank === 0) fail("wrong-shape", "concat of scalars\nuse stack to make a vector of scalars", parts[0])
  return make("concat", parts, { axis: BigInt(axisOf(axis, rank)) })
})

/** Tensors of one shape along a new axis. */
export const stack = operator("stack", joined, (tensors, { axis = 0 }): Tensor => {
  const parts = operandsOf(...tensors)
  const first = printShape(parts[0]!.shape)
  for (const part of parts) {
    if (printShape(part.shape) !== first) {
      fail(
        "wrong-shape",
        `stack of shapes ${first} and ${printShape(part.shape)}\nall shapes must be equal; use broadcastTo or concat`,
        part,
      )
    }
  }
  return concat(
    parts.map((part) => expandDims(part, axis)),
    { axis },
  )
})

/** The same as `concat`. */
export const concatenate = concat
