import type { TensorLike } from "../core/operands.ts"
import { TensorBase } from "../core/tensor-base.ts"
import type { CallOf, Declared } from "../operator/operator.ts"
import type { Tensor } from "./tensor.ts"

/** Operators as functions whose first argument is the tensor, or a list of them. */
type Operators = { readonly [name: string]: Declared }

/** What is left to give when the first tensor is there. */
type Others<A> = A extends readonly [infer First, ...infer Rest]
  ? TensorLike extends First
    ? Rest
    : [others: readonly TensorLike[], ...Rest]
  : never

/** An operator as a method. */
type Method<D> =
  D extends Declared<infer A, infer R, infer O extends readonly unknown[], infer N>
    ? CallOf<Others<A>, R, O, N>
    : never

/** The same operators as methods. */
export type Methods<O> = { readonly [K in keyof O]: Method<O[K]> }

/** The class of tensors with such methods. */
export type ClassWith<O> = abstract new (
  ...args: ConstructorParameters<typeof TensorBase>
) => TensorBase & Methods<O>

type Callable = (...args: readonly unknown[]) => unknown

/**
 * The base class that has each operator as a method: `x.add(y)` is `add(x, y)`, and `x.concat([y])` is `concat([x, y])`
 * where an operator takes a list of tensors.
 */
export const withMethods = <O extends Operators>(operators: O): ClassWith<O> => {
  abstract class WithMethods extends TensorBase {}
  for (const [name, operator] of Object.entries(operators)) {
    const run = operator as unknown as Callable
    const takesList = operator.declaration.parameters[0]!.argument.reading === "tensors"
    Object.defineProperty(WithMethods.prototype, name, {
      value: {
        [name](this: Tensor, ...rest: readonly unknown[]): unknown {
          if (!takesList) return run(this, ...rest)
          const [others, ...more] = rest
          return run(Array.isArray(others) ? [this, ...others] : others, ...more)
        },
      }[name],
    })
  }
  return WithMethods as unknown as ClassWith<O>
}
