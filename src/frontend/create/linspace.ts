import { realLiteral } from "../../ir/index.ts"
import { fail } from "../core/fail.ts"
import { originHere } from "../core/location.ts"
import { TraceBuilder } from "../core/trace-builder.ts"
import { argument, flag, integer } from "../operator/argument.ts"
import { operator } from "../operator/operator.ts"
import { optional, required } from "../operator/parameter.ts"
import { evenlySpaced } from "../operators/tables/evenly-spaced.ts"
import { Tensor } from "../tensor/tensor.ts"

const end = argument<number>("an end of linspace", "a finite number", (value) => Number.isFinite(value))

/** So many evenly spaced numbers from start to stop, which is the last one unless `endpoint` is false: real values, to be closed by a rounding. */
export const linspace = operator(
  "linspace",
  [
    required("start", end),
    required("stop", end),
    optional("num", integer("a number of values")),
    optional("endpoint", flag("endpoint")),
  ],
  (start, stop, { num = 50, endpoint = true }): Tensor => {
    if (num < 0) fail("wrong-argument", `linspace of ${num} values`)
    const value = realLiteral(evenlySpaced(start, stop, num, endpoint))
    const builder = new TraceBuilder(true)
    return new Tensor(builder, builder.make("constant", [], { value, shape: [num] }, originHere(undefined)))
  },
)
