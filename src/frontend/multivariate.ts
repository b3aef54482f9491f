import type { Integer } from "../data/index.ts"
import { tabulated } from "./combinations.ts"
import { fail } from "./fail.ts"
import { type IntTensor, integersOf, type TensorLike } from "./operands.ts"
import type { Tensor } from "./tensor.ts"

/**
 * A function of one element of each of several tensors, whose shapes broadcast: one table of all combinations of their
 * values. Throws ProgramError when there are more than 2^16, and naming the one with no integer result.
 */
export const multivariate = (
  tensors: readonly TensorLike[],
  fn: (...values: number[]) => Integer | boolean,
): Tensor => {
  if (tensors.length === 0) fail("multivariate of no tensors")
  const operands = integersOf("multivariate", ...tensors) as readonly IntTensor[]
  return tabulated("multivariate", operands, (values) => fn(...values))
}
