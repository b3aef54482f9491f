import { fail } from "../fail.ts"

/** A number from `lo` to `hi`; throws ProgramError otherwise. */
export const real = (name: string, value: number, lo: number, hi: number = Infinity): number =>
  typeof value === "number" && value >= lo && value <= hi
    ? value
    : fail(`${name} is ${String(value)}\na number ${range(lo, hi)} is needed`)

/** A whole number from `lo` to `hi`; throws ProgramError otherwise. */
export const whole = (name: string, value: number, lo: number, hi: number = 2 ** 31 - 1): number =>
  Number.isSafeInteger(value) && value >= lo && value <= hi
    ? value
    : fail(`${name} is ${String(value)}\na whole number ${range(lo, hi)} is needed`)

/** One of some words; throws ProgramError otherwise. */
export const oneOf = <T extends string>(name: string, value: T, words: readonly T[]): T =>
  words.includes(value)
    ? value
    : fail(`${name} is ${JSON.stringify(value)}\none of ${words.join(", ")} is needed`)

const range = (lo: number, hi: number): string => (hi >= 2 ** 31 - 1 ? `from ${lo}` : `from ${lo} to ${hi}`)
