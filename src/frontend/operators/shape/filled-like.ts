import { type Integer, unflatten } from "../../../data/index.ts"
import { operandsOf } from "../../core/operands.ts"
import { exact } from "../../operator/argument.ts"
import { unary, x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { reshape } from "./reshape.ts"

/** A constant of the shape of x with one value everywhere. */
export const fullLike = operator("fullLike", [x, required("value", exact("a value"))], (x, value): Tensor => {
  const [a] = operandsOf(x)
  const [, filled] = operandsOf(a, unflatten(new Array<Integer>(a.size).fill(value), a.shape))
  return reshape(filled, a.shape)
})

/** Zeros in the shape of x. */
export const zerosLike = operator("zerosLike", unary, (x): Tensor => fullLike(x, 0))

/** Ones in the shape of x. */
export const onesLike = operator("onesLike", unary, (x): Tensor => fullLike(x, 1))
