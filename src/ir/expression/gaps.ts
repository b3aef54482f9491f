import type { Interval } from "./interval.ts"

/** What a function is at operands where it has no finite value, in words that follow "it is". */
export const gapOf = (name: string, operands: readonly number[], isUndefined: boolean): string => {
  const [a, b] = operands
  if ((name === "divide" || name === "mod") && b === 0) return "a division by zero"
  if (name === "pow" && a === 0) return "a division by zero: 0 to a negative power"
  if (name === "pow" && isUndefined) return `a fractional power of ${a}, which is negative`
  if (name === "log1p") return `the logarithm of ${1 + a!}`
  if (name.startsWith("log")) return `the logarithm of ${a}`
  if (name === "sqrt") return `the square root of ${a}`
  if (!isUndefined) return `a number beyond the largest double${name === "" ? "" : `, ${name} of ${a}`}`
  return name === "" ? "a difference or quotient of infinite values" : `${name} of ${operands.join(" and ")}`
}

/** Why a function of operands in these intervals has no bounds, as a clause. */
export const doubtOf = (name: string, operands: readonly Interval[]): string => {
  const [a, b] = operands
  if (name === "divide" || name === "mod") return `it divides by a value in ${text(b)}, which may be 0`
  if (name === "pow") return `it takes a power of a value in ${text(a)}, which may be 0 or large`
  if (name.startsWith("log")) return `it takes the logarithm of a value in ${text(a)}, which may be 0`
  if (name === "tan") return `it takes the tangent of a value in ${text(a)}, which has no bounds there`
  return "it may pass the largest double"
}

const text = (a: Interval | undefined): string => (a === undefined ? "" : `${short(a.lo)}..${short(a.hi)}`)
const short = (value: number): string => String(Number(value.toPrecision(6)))
