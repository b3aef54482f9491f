import * as frontend from "../../../src/frontend/index.ts"
import { clear, enc, type Tensor, trace, uint } from "../../../src/frontend/index.ts"
import type { Declared } from "../../../src/frontend/operator/operator.ts"
import type { Parameter } from "../../../src/frontend/operator/parameter.ts"
import * as numpy from "../../../src/numpy.ts"
import type { Attempt } from "./attempt.ts"
import { isInfinite, wrongValues } from "./wrong-values.ts"

type Callable = ((...args: readonly unknown[]) => unknown) & Declared

const named: Readonly<Record<string, unknown>> = { ...frontend, ...numpy }

/** All operators under all their names. */
const operators = Object.entries(named).filter(
  (entry): entry is [string, Callable] =>
    typeof entry[1] === "function" && "declaration" in entry[1] && entry[0] !== "traceOf",
)

/** Something of the form that a parameter needs. */
const fitting = ({ name, argument }: Parameter, x: Tensor): unknown =>
  ["lo", "offset"].includes(name)
    ? 0
    : [x, 1, [x, x], true, "edge", () => 1].find((value) => argument.accepts(value))

/** A tensor that was traced with another function. */
const foreign = (): Tensor => {
  let leaked: Tensor | undefined
  trace("other", { x: enc(uint(2), [2]) }, ({ x }) => {
    leaked = x
    return x
  })
  return leaked!
}

const inputs = {
  x: enc(uint(4), [2, 2]),
  wide: enc(uint(20), [2, 2]),
  empty: enc(uint(2), [0, 3]),
  known: clear(uint(2), [2, 2]),
}

/** Every operator with each of its parameters replaced by each wrong value in turn; the tensors are real ones. */
export const callOperators = (each: (attempts: readonly Attempt[]) => void): void => {
  const other = foreign()
  for (const [name, operator] of operators) {
    trace("f", inputs, ({ x, wide, empty, known }) => {
      const tensors = { x, wide, empty, known, real: x.div(3), other }
      const values = [
        ...wrongValues(),
        ...Object.entries<unknown>(tensors),
        ["two tensors", [x, wide]] as const,
      ]
      const { parameters } = operator.declaration
      const required = parameters.filter(({ kind }) => kind === "required").map((one) => fitting(one, x))
      const attempts = parameters.flatMap(({ kind, name: parameter }, i) =>
        values.map(([what, value]): Attempt => {
          const args =
            kind === "required"
              ? required.with(i, value)
              : [...required, kind === "rest" ? value : { [parameter]: value }]
          return {
            label: `${name} with ${what} as ${parameter}`,
            run: () => operator(...args),
            givesInfinity: isInfinite(what) || what === "1e300",
          }
        }),
      )
      each(attempts)
      return x
    })
  }
}
