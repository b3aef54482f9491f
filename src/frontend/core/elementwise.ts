import { fitsNumber } from "../../data/index.ts"
import { operandName } from "../../ir/index.ts"
import type { Tensor } from "../tensor/tensor.ts"
import { fail } from "./fail.ts"
import { make } from "./make.ts"
import { isConstant, isInt, operandsOf, type TensorLike } from "./operands.ts"

/** Writes an expression over the names of its operands. */
export type Write = (...names: string[]) => string

/**
 * An elementwise expression as one `apply`; constant scalars stand in its text and are no operands. Its kind, int or
 * real, follows from the expression.
 * Throws ProgramError for integers beyond 2^53: expressions are computed in doubles.
 */
export const express = (write: Write, ...args: readonly TensorLike[]): Tensor => {
  const operands = operandsOf(...args)
  for (const operand of operands) {
    if (isInt(operand) && !fitsNumber(operand.node.type.lo, operand.node.type.hi)) {
      const { lo, hi } = operand.node.type
      fail(
        "too-wide",
        `${write(...operands.map((_, i) => operandName(i)))} of a value in ${lo}..${hi}, but expressions are exact only up to 2^53\ndeclare narrower inputs, or assume(lo, hi)`,
        operand,
      )
    }
  }
  return apply(write, operands)
}

const NOT_FINITE =
  "a constant that is computed with has no finite value, as log(0) has none\ngive a finite number"

const hasFiniteValue = ({ node }: Tensor): boolean =>
  node.op !== "constant" || Number.isFinite(Number(node.attrs.value.values[0]))

/** `express` for what is exact at any size, as the sign of an integer is. */
export const apply = (write: Write, operands: readonly Tensor[]): Tensor => {
  const variables: Tensor[] = []
  const isOpen = operands.some((operand) => scalarText(operand) === undefined)
  const names = operands.map((operand) => {
    const text = isOpen ? scalarText(operand) : undefined
    if (text !== undefined) return hasFiniteValue(operand) ? text : fail("out-of-range", NOT_FINITE)
    const known = variables.findIndex(({ node }) => node === operand.node)
    return operandName(known < 0 ? variables.push(operand) - 1 : known)
  })
  return make("apply", variables, { expr: operands[0]!.builder.expression(write(...names)) })
}

/** A constant scalar as an expression writes it; undefined for all else and for integers that doubles do not hold. */
export const scalarText = (tensor: Tensor): string | undefined => {
  if (!isConstant(tensor) || tensor.ndim > 0) return undefined
  const value = Number(tensor.node.attrs.value.values[0])
  if (isInt(tensor) && !Number.isSafeInteger(value)) return undefined
  // The text "-0" would be the integer 0 with a sign before it.
  if (Object.is(value, -0)) return "(0 / -1)"
  return value < 0 ? `(${value})` : String(value)
}
