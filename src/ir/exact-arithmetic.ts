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
    if (values instanceof Float64Array) return values
    // -0 (as 0 * -1 gives) is no integer of its own.
    return Float64Array.from(values as ArrayLike<number>, (value) => Number(value) + 0)
  }
  return Array.from(values as ArrayLike<bigint>, BigInt)
}

export const asNumbers = (values: Values): Float64Array =>
  values instanceof Float64Array ? values : Float64Array.from(values, Number)

/** The largest absolute value a type holds. */
export const magnitude = (type: IntType): bigint => max(abs(type.lo), abs(type.hi))

/** Evenly spaced elements of an array. */
export interface Line {
  readonly from: number
  readonly stride: number
  readonly count: number
}

/** The range of a sum of values of one type, each times its weight on a line of `weights`. */
export const weightedRange = (
  weights: Values,
  line: Line,
  { lo, hi }: IntType,
): { lo: bigint; hi: bigint } => {
  const { positive, negative } = signedSums(weights, line)
  return { lo: positive * lo + negative * hi, hi: positive * hi + negative * lo }
}

/** The sums of the positive and of the negative weights, in numbers as long as these are exact. */
const signedSums = (
  weights: Values,
  { from, stride, count }: Line,
): { positive: bigint; negative: bigint } => {
  let positive = 0n
  let negative = 0n
  let up = 0
  let down = 0
  for (let i = 0; i < count; i++) {
    const weight = weights[from + i * stride]!
    if (
      typeof weight === "bigint" ||
      up + weight > Number.MAX_SAFE_INTEGER ||
      down + weight < Number.MIN_SAFE_INTEGER
    ) {
      if (weight > 0) positive += BigInt(weight)
      else negative += BigInt(weight)
    } else if (weight > 0) up += weight
    else down += weight
  }
  return { positive: positive + BigInt(up), negative: negative + BigInt(down) }
}

/** The operand types, all of them integers. Throws ProgramError naming the operator otherwise. */
export const intTypes = (operands: readonly Operand[]): IntType[] =>
  operands.map(({ type }) => {
    if (type.kind === "real") {
      throw new ProgramError(
        "a real value is used where only integers are supported\nclose it first with round, floor, ceil, trunc or toInt",
        { code: "not-integer" },
      )
    }
    return type
  })

export const anySecret = (operands: readonly Operand[]): boolean => operands.some(({ type }) => type.secret)
