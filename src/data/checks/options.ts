import { ProgramError } from "../errors.ts"
import { type Failure, mismatch } from "./arguments.ts"
import { type Form, isPlainObject, printGiven } from "./form.ts"
import { nearest } from "./nearest.ts"

/** The form of each option of an interface: a name that is missing here is a type error. */
export type OptionForms<O> = { readonly [K in keyof Required<O>]: Form }

/**
 * Throws unless `given` is undefined or a plain object whose names are all among `forms`, with values of those forms
 * (undefined counts as left out). `what` is who takes the options, as "compile". ProgramError unless told otherwise.
 */
export const checkOptions = <O>(
  what: string,
  given: unknown,
  forms: OptionForms<O>,
  Failure: Failure = ProgramError,
): void => {
  if (given === undefined) return
  const known = Object.keys(forms)
  if (!isPlainObject(given)) {
    const [shown, ...advice] = printGiven(given).split("\n")
    const fix = known.length === 0 ? `${what} takes no options` : `write { ${known[0]}: … }`
    throw new Failure([`the options of ${what} are ${shown}, not an object`, ...advice, fix].join("\n"), {
      code: "wrong-argument",
    })
  }
  checkOptionNames(what, Object.keys(given), known, Failure)
  for (const [name, form] of Object.entries<Form>(forms)) {
    const value = given[name]
    if (value === undefined || form.accepts(value)) continue
    throw new Failure(mismatch(`option ${name} of ${what}`, value, form), { code: "wrong-argument" })
  }
}

/** Throws for the first given name that is not known, with the nearest one that is. */
export const checkOptionNames = (
  what: string,
  given: readonly string[],
  known: readonly string[],
  Failure: Failure = ProgramError,
): void => {
  const unknown = given.find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new Failure(
    known.length === 0
      ? `${what} takes no options, but ${printGiven(unknown)} is given`
      : `${what} has no option ${printGiven(unknown)}${nearest(unknown, known)}`,
    { code: "unknown-option" },
  )
}
