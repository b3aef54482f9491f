import { flatten, type Nested, ProgramError, printGiven, shapeOf } from "../../data/index.ts"
import { type Literal, literal, realLiteral, type Shape } from "../../ir/index.ts"
import { isTensor } from "./tensor-base.ts"

/** A plain value as the attributes of a `constant`: real as soon as one number is not whole. */
export const literalOf = (given: Nested): { readonly value: Literal; readonly shape: Shape } => {
  const shape = shapeOf(given)
  const leaves = leavesOf(given, shape).map(leafValue)
  if (leaves.every(isExact)) return { value: literal(leaves), shape }
  const isReal = leaves.some((leaf) => typeof leaf === "number" && !Number.isInteger(leaf))
  if (isReal) return { value: realLiteral(leaves.map(Number)), shape }
  const inexact = leaves.find((leaf) => !isExact(leaf))!
  throw new ProgramError(
    `${inexact} is beyond 2^53, where numbers are not exact\nwrite it as a bigint: ${BigInt(inexact)}n`,
    { code: "not-integer" },
  )
}

const isExact = (leaf: number | bigint): boolean => typeof leaf === "bigint" || Number.isSafeInteger(leaf)

const leavesOf = (given: Nested, shape: Shape): unknown[] => {
  try {
    return flatten(given, shape)
  } catch (cause) {
    throw new ProgramError((cause as Error).message, { code: "wrong-shape", cause })
  }
}

const leafValue = (leaf: unknown): number | bigint => {
  if (typeof leaf === "bigint" || (typeof leaf === "number" && Number.isFinite(leaf))) return leaf
  if (typeof leaf === "boolean") return Number(leaf)
  if (isTensor(leaf)) {
    throw new ProgramError(
      `an array holds ${leaf.toString()}\nwrite array([...]) to make one tensor of several`,
      { code: "wrong-argument" },
    )
  }
  const shown =
    leaf === undefined ? "nothing" : Number.isNaN(leaf) ? "what is not a number" : printGiven(leaf)
  throw new ProgramError(
    `${shown} is given where a tensor was needed\ngive a tensor, a finite number, a bigint, a boolean, or nested or typed arrays of them`,
    { code: "wrong-argument" },
  )
}
