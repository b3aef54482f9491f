import {
  type BinaryName,
  binaries,
  type Parameters,
  type UnaryName,
  unaryFunction,
} from "../../../data/index.ts"
import { broadcastIndices, broadcastShapes } from "../../../ir/index.ts"
import { kind } from "../kind.ts"
import { generate } from "../tensor.ts"

export interface ActivationAttributes {
  readonly function: UnaryName
  readonly parameters: Parameters
}
export interface CombineAttributes {
  readonly function: BinaryName
}

export const elementwise = {
  activation: kind<ActivationAttributes>({
    doc: "A function of one number applied to every element.",
    arity: 1,
    infer: ([x]) => x!,
    evaluate: ([x], attributes) => x!.values.map(unaryFunction(attributes.function, attributes.parameters)),
  }),
  combine: kind<CombineAttributes>({
    doc: "A function of two numbers applied elementwise with broadcasting.",
    arity: 2,
    infer: ([a, b]) => broadcastShapes(a!, b!),
    evaluate: ([a, b], attributes, result) => {
      const apply = binaries[attributes.function]
      const lefts = broadcastIndices(a!.shape, result)
      const rights = broadcastIndices(b!.shape, result)
      return generate(lefts.length, (i) => apply(a!.values[lefts[i]!]!, b!.values[rights[i]!]!))
    },
  }),
  select: kind<Record<never, never>>({
    doc: "The second operand where the first is not 0, and the third elsewhere.",
    arity: 3,
    infer: ([condition, a, b]) => broadcastShapes(broadcastShapes(condition!, a!), b!),
    evaluate: ([condition, a, b], _, result) => {
      const [conditions, lefts, rights] = [condition, a, b].map((x) => broadcastIndices(x!.shape, result))
      return generate(conditions!.length, (i) =>
        condition!.values[conditions![i]!]! !== 0 ? a!.values[lefts![i]!]! : b!.values[rights![i]!]!,
      )
    },
  }),
}
