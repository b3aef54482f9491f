import { type CodedOptions, ProgramError, type RuntimeError } from "../errors.ts"
import { type Form, forms, printGiven, printKind } from "./form.ts"

/** The class of what is thrown for arguments and options. */
export type Failure = new (
  message: string,
  options: CodedOptions<"wrong-argument" | "unknown-option">,
) => ProgramError | RuntimeError

/** The parameters of a function in order: what each may be, by name. */
export type Parameters = Readonly<Record<string, Form>>

/** What may be left out. */
export const optional = <T>(form: Form<T>): Form<T | undefined> => ({
  needed: form.needed,
  accepts: (value): value is T | undefined => value === undefined || form.accepts(value),
})

/**
 * Throws when more is given than there are parameters, and for the first argument that is not of its form or is missing.
 * `what` is who takes them, as "define". ProgramError unless told otherwise.
 */
export const checkArguments = (
  what: string,
  given: readonly unknown[],
  parameters: Parameters,
  Failure: Failure = ProgramError,
): void => {
  const entries = Object.entries(parameters)
  checkArity(what, given, entries.length, Failure)
  for (const [i, [name, form]] of entries.entries()) {
    if (!form.accepts(given[i]))
      throw new Failure(mismatch(`${name} of ${what}`, given[i], form), { code: "wrong-argument" })
  }
}

/** Throws when a function is called with more arguments than it takes; those that are undefined do not count. */
export const checkArity = (
  what: string,
  given: readonly unknown[],
  most: number,
  Failure: Failure = ProgramError,
): void => {
  const count = given.findLastIndex((value) => value !== undefined) + 1
  if (count <= most) return
  const takes = most === 0 ? "no arguments" : most === 1 ? "1 argument" : `at most ${most} arguments`
  const were = count === 1 ? "was" : "were"
  throw new Failure(`${what} takes ${takes}, and ${count} ${were} given`, { code: "wrong-argument" })
}

/** `x of f is null, not an object`, with what to do below where that is known. What should be bytes is not shown. */
export const mismatch = (subject: string, value: unknown, { needed }: Pick<Form, "needed">): string => {
  if (value === undefined) return `${subject} is missing; it is ${needed}`
  const [shown, ...advice] = (needed === forms.bytes.needed ? printKind : printGiven)(value).split("\n")
  return [`${subject} is ${shown}, not ${needed}`, ...advice].join("\n")
}
