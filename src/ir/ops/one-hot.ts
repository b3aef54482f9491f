import { oneHotValues, ProgramError, tellsApart } from "../../data/index.ts"
import { op } from "../op.ts"
import { type IntType, intType, printType, width } from "../type.ts"

export const oneHot = {
  onehot: op({
    doc: "An encrypted input as its client sends it, in 0s and 1s: `x - lo` in `digits` digits to `base`, the most significant first, and for each digit and each value of it whether each element has it. Nothing but this may then use the input.",
    arity: 1,
    attrs: { base: "int", digits: "int" },
    infer: ([operand], { base, digits }) => {
      const { op: source, type } = operand!
      if (source !== "input" || !type.secret || type.kind === "real") {
        throw new ProgramError(
          `onehot of a ${source} of type ${printType(type)}\nonly the client can do this, to an encrypted input before it is encrypted`,
          { code: "unsupported" },
        )
      }
      if (!tellsApart({ base: Number(base), digits: Number(digits) }, width(type))) {
        throw new ProgramError(
          `digits=${digits} to base=${base} do not tell the ${width(type)} values of ${type.lo}..${type.hi} apart`,
          { code: "out-of-range" },
        )
      }
      return intType(true, 0n, 1n, [Number(digits * base), ...type.shape])
    },
    evaluate: ([a], { base, digits }) =>
      oneHotValues(a!.values, (a!.type as IntType).lo, { base: Number(base), digits: Number(digits) }),
    sample: ([a], pick) => {
      if (a!.kind === "real" || !a!.secret) return null
      const digits = pick.int(1, 2)
      const base = Math.ceil(Number(width(a!)) ** (1 / digits))
      return { base: BigInt(base), digits: BigInt(digits) }
    },
  }),
}
