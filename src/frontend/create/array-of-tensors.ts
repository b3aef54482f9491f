import { nodeIn, operandsOf, type TensorLike } from "../core/operands.ts"
import { isTensor } from "../core/tensor-base.ts"
import { argument, tensor } from "../operator/argument.ts"
import { operator } from "../operator/operator.ts"
import { required } from "../operator/parameter.ts"
import { stack } from "../operators/shape/join.ts"
import type { Tensor } from "../tensor/tensor.ts"

/** Tensors and plain numbers in nested lists. */
export type NestedTensors = TensorLike | readonly NestedTensors[]

const mixed = argument<NestedTensors>("an array", "tensors and numbers in lists", tensor.accepts)

/**
 * One tensor of nested lists of tensors and numbers, encrypted and clear ones mixed, each list a new leading axis.
 * Throws ProgramError where the shapes of a list differ, and when no tensor is among them.
 */
export const array = operator("array", [required("values", mixed)], (values): Tensor => {
  const host = firstTensor(values)
  if (host === undefined) return operandsOf(values as TensorLike)[0]
  return joined(values, host)
})

const joined = (values: NestedTensors, host: Tensor): Tensor => {
  if (isTensor(values)) return operandsOf(values, host)[0]
  if (!Array.isArray(values) || firstTensor(values) === undefined) {
    return host.derive(nodeIn(host.builder, values as TensorLike), undefined)
  }
  return stack(values.map((value) => joined(value, host)))
}

/** A tensor of the trace, if there is one, so that the plain values beside it enter that trace; else any. */
const firstTensor = (values: NestedTensors): Tensor | undefined => {
  if (isTensor(values)) return values
  if (!Array.isArray(values)) return undefined
  let found: Tensor | undefined
  for (const value of values as readonly NestedTensors[]) {
    const tensor = firstTensor(value)
    if (tensor !== undefined && !tensor.builder.isConstant) return tensor
    found ??= tensor
  }
  return found
}
