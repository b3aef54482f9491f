import type { TensorLike } from "./operands.ts"
import type { Tensor } from "./tensor.ts"
import { TensorBase } from "./tensor-base.ts"

/** Operators as functions whose first argument is the tensor. */
type Operators = { readonly [name: string]: (x: TensorLike, ...rest: never[]) => Tensor }

/** The same operators as methods. */
export type Methods<O> = {
  readonly [K in keyof O]: O[K] extends (x: TensorLike, ...rest: infer R) => Tensor
    ? (...rest: R) => Tensor
    : never
}

/** The class of tensors with such methods. */
export type ClassWith<O> = abstract new (
  ...args: ConstructorParameters<typeof TensorBase>
) => TensorBase & Methods<O>

/** The base class that has each operator as a method: `x.add(y)` is `add(x, y)`. */
export const withMethods = <O extends Operators>(operators: O): ClassWith<O> => {
  abstract class WithMethods extends TensorBase {}
  for (const [name, operator] of Object.entries(operators)) {
    Object.defineProperty(WithMethods.prototype, name, {
      value: {
        [name](this: Tensor, ...rest: never[]): Tensor {
          return operator(this, ...rest)
        },
      }[name],
    })
  }
  return WithMethods as ClassWith<O>
}
