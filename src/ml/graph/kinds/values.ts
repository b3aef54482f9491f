import { fail } from "../../fail.ts"
import { kind } from "../kind.ts"
import type { Shape, Tensor } from "../tensor.ts"

export interface InputAttributes {
  readonly name: string
  readonly shape: Shape
}
export interface ConstantAttributes {
  readonly tensor: Tensor
}

export const values = {
  input: kind<InputAttributes>({
    doc: "What the user gives, one sample at a time.",
    arity: 0,
    infer: (_, { shape }) => shape,
    evaluate: (_, { name }) => fail("wrong-rows", `input "${name}" has no value`),
  }),
  constant: kind<ConstantAttributes>({
    doc: "The same values for every sample.",
    arity: 0,
    infer: (_, { tensor }) => tensor.shape,
    evaluate: (_, { tensor }) => tensor.values,
  }),
}
