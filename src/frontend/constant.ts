import type { Nested } from "../data/index.ts"
import { literalOf } from "./literals.ts"
import { originHere } from "./location.ts"
import { Tensor } from "./tensor.ts"
import { TraceBuilder } from "./trace-builder.ts"

/** A tensor known at compile time, for use in any trace. What is computed from constants alone is constant, too. */
export const constant = (values: Nested): Tensor => {
  const builder = new TraceBuilder(true)
  return new Tensor(builder, builder.make("constant", [], literalOf(values), originHere(undefined)))
}
