import { fail } from "./fail.ts"
import { operandsOf, type TensorLike } from "./operands.ts"
import type { Tensor } from "./tensor.ts"

/**
 * What `fn` makes of x, under a name that listings and messages show. Names of nested tags are joined by dots.
 * The name travels with the tensors made from the one that `fn` is given.
 */
export const tag = (x: TensorLike, name: string, fn: (x: Tensor) => TensorLike): Tensor => {
  if (typeof name !== "string" || name === "") fail(`a tag is a name, not ${String(name)}`)
  const [a] = operandsOf(x)
  const [result] = operandsOf(fn(a.derive(a.node, a.label === undefined ? name : `${a.label}.${name}`)), a)
  return result.derive(result.node, a.label)
}
