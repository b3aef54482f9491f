import { fitsNumber, ProgramError, type Values } from "../data/index.ts"
import type { Operand } from "./op.ts"
import { abs, type IntType, max, type Type } from "./type.ts"

/**
 * Exact arithmetic that is fast where it can be. A kernel is written once with `+ - *`, which JavaScript defines alike
 * for number and bigint, and typed as `number`; it is given bigints when the proved bounds pass 2^53.
 */
export const computeExactly = (
  reach: bigint,
  type: Type,
  operands: readonly Values[],
  kernel: (operands: readonly ArrayLike<number>[], zero: number) => ArrayLike<number>,
): Values => {
  const isNarrow = fitsNumber(-reach, reach)
  const converted = operands.map((values) =>
    isNarrow ? asNumbers(values) : (Array.from(values as ArrayLike<number>, BigInt) as unknown as number[]),
  )
  const result = kernel(converted, (isNarrow ? 0 : 0n) as number)
  return represent(result, type)
}

/** Flat values in the form their type calls for: Float64Array where every value of the type is exact in it. */
export const represent = (values: ArrayLike<number | bigint>, type: Type): Values => {
  if (type.kind === "real" || fitsNumber(type.lo, type.hi)) {
    return values instanceof Float64Array ? values : Float64Array.from(values as ArrayLike<number>, Number)
  }
  return Array.from(values as ArrayLike<bigint>, BigInt)
}

export const asNumbers = (values: Values): Float64Array =>
  values instanceof Float64Array ? values : Float64Array.from(values, Number)

/** The largest absolute value a type holds. */
export const magnitude = (type: IntType): bigint => max(abs(type.lo), abs(type.hi))

/** The operand types, all of them integers. Throws ProgramError naming the operator otherwise. */
export const intTypes = (operands: readonly Operand[]): IntType[] =>
  operands.map(({ type }) => {
    if (type.kind === "real") {
      throw new ProgramError(
        "a real value is used where only integers are supported\nclose it first with round, floor, ceil, trunc or toInt",
      )
    }
    return type
  })

export const anySecret = (operands: readonly Operand[]): boolean => operands.some(({ type }) => type.secret)
