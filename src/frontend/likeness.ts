import { type Integer, unflatten } from "../data/index.ts"
import { reshape } from "./movement.ts"
import { operandsOf, type TensorLike } from "./operands.ts"
import type { Tensor } from "./tensor.ts"

/** A constant of the shape of x with one value everywhere. */
export const fullLike = (x: TensorLike, value: Integer): Tensor => {
  const [a] = operandsOf(x)
  const [, filled] = operandsOf(a, unflatten(new Array<Integer>(a.size).fill(value), a.shape))
  return reshape(filled, a.shape)
}

/** Zeros in the shape of x. */
export const zerosLike = (x: TensorLike): Tensor => fullLike(x, 0)

/** Ones in the shape of x. */
export const onesLike = (x: TensorLike): Tensor => fullLike(x, 1)
