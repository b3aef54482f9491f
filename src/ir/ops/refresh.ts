import { increasing } from "../bounds.ts"
import { intTypes } from "../exact-arithmetic.ts"
import { op } from "../op.ts"

export const refreshOps = {
  refresh: op({
    doc: "The same value, encrypted anew: the server masks it with uniform numbers, the client decrypts and encrypts it again. What comes after it is computed in another round, with a fresh noise budget.",
    arity: 1,
    attrs: {},
    infer: (operands) => intTypes(operands)[0]!,
    bounds: () => increasing,
    evaluate: ([a]) => a!.values,
    sample: ([a]) => (a!.kind === "real" ? null : {}),
  }),
}
