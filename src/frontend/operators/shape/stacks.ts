import { operandsOf } from "../../core/operands.ts"
import { tensors } from "../../operator/argument.ts"
import { operator } from "../../operator/operator.ts"
import { required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { concat } from "./join.ts"
import { reshape } from "./reshape.ts"

const list = [required("tensors", tensors)] as const

/** Tensors side by side: along the second axis, vectors and scalars along their only one. */
export const hstack = operator("hstack", list, (tensors): Tensor => {
  const parts = operandsOf(...tensors).map((part) => (part.ndim === 0 ? reshape(part, [1]) : part))
  return concat(parts, { axis: parts[0]!.ndim === 1 ? 0 : 1 })
})

/** Tensors one below the other: along the first axis, vectors as rows. */
export const vstack = operator("vstack", list, (tensors): Tensor => {
  const parts = operandsOf(...tensors).map((part) => (part.ndim < 2 ? reshape(part, [1, part.size]) : part))
  return concat(parts, { axis: 0 })
})
