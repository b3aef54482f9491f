import { ProgramError, sizeOf } from "../../data/index.ts"
import { literal, literalRange, literalValues } from "../literal/literal.ts"
import { op } from "../op.ts"
import { intType, realType } from "../type.ts"

export const leaf = {
  input: op({
    doc: "A value given at run time, encrypted or clear, that lies inside its declared type.",
    arity: 0,
    attrs: { name: "name", type: "type" },
    infer: (_operands, { name, type }) => {
      if (type.kind === "real") {
        throw new ProgramError(
          `input "${name}" is declared real\ninputs are integers: scale and round it before`,
          { code: "not-integer" },
        )
      }
      return type
    },
    evaluate: () => {
      throw new Error("unreachable: inputs are given to the evaluator, not computed")
    },
    sample: (_operands, pick) => {
      const lo = pick.int(-6, 6)
      const shape = pick.of([[], [2], [3], [2, 2], [1, 3]])
      const type = intType(pick.of([true, true, false]), BigInt(lo), BigInt(lo + pick.int(0, 7)), shape)
      return { name: pick.of(["x", "y", "z"]), type }
    },
  }),
  constant: op({
    doc: "A tensor known at compile time.",
    arity: 0,
    attrs: { value: "literal", shape: "shape" },
    setsApart: true,
    bounds:
      ({ value }) =>
      () => {
        const values = literalValues(value)
        return { lo: values, hi: values }
      },
    infer: (_operands, { value, shape }) => {
      if (sizeOf(shape) !== value.values.length) {
        throw new ProgramError(
          `a constant of shape [${shape}] has ${value.values.length} values, not ${sizeOf(shape)}`,
          { code: "wrong-shape" },
        )
      }
      if (value.kind === "real") {
        const reals = value.values as Float64Array
        if (reals.length === 0) return realType(false, 0, 0, shape)
        return realType(
          false,
          reals.reduce((a, b) => Math.min(a, b), Infinity),
          reals.reduce((a, b) => Math.max(a, b), -Infinity),
          shape,
        )
      }
      const { lo, hi } = literalRange(value)
      return intType(false, lo, hi, shape)
    },
    evaluate: (_operands, { value }) => literalValues(value),
    sample: (_operands, pick) => {
      const shape = pick.of([[], [2], [3], [2, 2], [1, 3]])
      return { value: literal(Array.from({ length: sizeOf(shape) }, () => pick.int(-5, 5))), shape }
    },
  }),
}
