import { checkArity, checkOptions, type OptionForms, printGiven } from "../data/index.ts"
import { fail } from "./fail.ts"

/** A number from `lo` to `hi`; throws ProgramError otherwise. */
export const real = (name: string, value: number, lo: number, hi: number = Infinity): number =>
  typeof value === "number" && value >= lo && value <= hi
    ? value
    : fail("wrong-argument", `${name} is ${printGiven(value)}\na number ${range(lo, hi)} is needed`)

/** A whole number from `lo` to `hi`; throws ProgramError otherwise. */
export const whole = (name: string, value: number, lo: number, hi: number = 2 ** 31 - 1): number =>
  Number.isSafeInteger(value) && value >= lo && value <= hi
    ? value
    : fail("wrong-argument", `${name} is ${printGiven(value)}\na whole number ${range(lo, hi)} is needed`)

/** One of some words; throws ProgramError otherwise. */
export const oneOf = <T extends string>(name: string, value: T, words: readonly T[]): T =>
  words.includes(value)
    ? value
    : fail("wrong-argument", `${name} is ${printGiven(value)}\none of ${words.join(", ")} is needed`)

/** Throws ProgramError for what a trainer is given beside its options, and for options that it has not. */
export const checkTrainer = <O>(what: string, given: readonly unknown[], forms: OptionForms<O>): void => {
  checkArity(what, given, 1)
  checkOptions(what, given[0], forms)
}

const range = (lo: number, hi: number): string => (hi >= 2 ** 31 - 1 ? `from ${lo}` : `from ${lo} to ${hi}`)
