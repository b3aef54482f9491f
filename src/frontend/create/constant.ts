import type { Nested } from "../../data/index.ts"
import { literalOf } from "../core/literals.ts"
import { originHere } from "../core/location.ts"
import { isTensor } from "../core/tensor-base.ts"
import { TraceBuilder } from "../core/trace-builder.ts"
import { argument, tensor } from "../operator/argument.ts"
import { operator } from "../operator/operator.ts"
import { required } from "../operator/parameter.ts"
import { isBooleans } from "../operators/indexing/booleans.ts"
import { Tensor } from "../tensor/tensor.ts"

const known = argument<Nested>(
  "a constant",
  "a number or nested arrays",
  (value) => !isTensor(value) && tensor.accepts(value),
)

/** A tensor known at compile time, for use in any trace. What is computed from constants alone is constant, too. */
export const constant = operator("constant", [required("values", known)], (values): Tensor => {
  const builder = new TraceBuilder(true)
  const node = builder.make("constant", [], literalOf(values), originHere(undefined))
  return new Tensor(builder, node, undefined, isBooleans(values))
})
