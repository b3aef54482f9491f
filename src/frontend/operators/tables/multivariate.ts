import type { Integer } from "../../../data/index.ts"
import { fail } from "../../core/fail.ts"
import { type IntTensor, integersOf } from "../../core/operands.ts"
import { javascript, tensors } from "../../operator/argument.ts"
import { operator } from "../../operator/operator.ts"
import { required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { tabulated } from "./tabulate.ts"

const combine = javascript<(...values: number[]) => Integer | boolean>(
  "what multivariate computes",
  "a function",
  (value) => typeof value === "function",
)

/**
 * A function of one element of each of several tensors, whose shapes broadcast: one table of all combinations of their
 * values. Throws ProgramError when there are more than 2^16, and naming the one with no integer result.
 */
export const multivariate = operator(
  "multivariate",
  [required("tensors", tensors), required("fn", combine)],
  (tensors, fn): Tensor => {
    if (tensors.length === 0) fail("wrong-argument", "multivariate of no tensors")
    const operands = integersOf("multivariate", ...tensors) as readonly IntTensor[]
    return tabulated("multivariate", operands, (values) => fn(...values))
  },
)
