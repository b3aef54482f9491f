import { checkArity, isPlainObject, ProgramError, printGiven } from "../../data/index.ts"
import { attempt } from "../../ir/index.ts"
import type { TensorLike } from "../core/operands.ts"
import type { Tensor } from "../tensor/tensor.ts"
import type { FormulaValue } from "./functions.ts"
import { stepsOf } from "./steps.ts"

/**
 * What a formula in mathjs' syntax gives for these inputs: `formula("relu(W * x + b) > 3", { W, x, b })`. It makes the
 * same nodes as the methods, and only its operators are mathjs': `*` multiplies matrices, `.*` elements, indices count
 * from 1 and ranges include their ends. Functions are the operators of tensors, under their names and with their
 * meaning. Of several statements the last one is the result.
 * The text may come from anyone: it is read and never run as code. Throws ProgramError with the line and a caret.
 */
export const formula = (
  text: string,
  inputs: Readonly<Record<string, TensorLike>> = {},
  ...surplus: []
): Tensor => {
  checkArity("formula", [text, inputs, ...surplus], 2)
  if (typeof text !== "string")
    throw new ProgramError(`a formula is text, not ${printGiven(text)}`, { code: "wrong-argument" })
  if (!isPlainObject(inputs)) {
    throw new ProgramError(
      `the inputs of a formula are ${printGiven(inputs)}, not an object\nwrite formula("x + 1", { x })`,
      { code: "wrong-argument" },
    )
  }
  const line = { text, start: 1 }
  const values: FormulaValue[] = []
  for (const { at, operands, run } of stepsOf(line, inputs)) {
    values.push(attempt(line, at, () => sized(() => run(...operands.map((i) => values[i]!)))))
  }
  return values.at(-1) as Tensor
}

/** What is too large for JavaScript's arrays is the formula's fault. */
const sized = <T>(run: () => T): T => {
  try {
    return run()
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new ProgramError("the result is too large", { code: "too-large", cause })
    throw cause
  }
}
