import { type Integer, printGiven } from "../../../data/index.ts"
import { fail } from "../../core/fail.ts"
import type { Tensor } from "../../tensor/tensor.ts"

/** The most points at which a JavaScript function is tabulated: the elements of the field of 65,537. */
export const MOST_POINTS = 2n ** 16n + 1n

/** What a JavaScript function gives at a place, as an entry of a table. Throws ProgramError when it gives no integer. */
export const entry = (compute: () => unknown, place: string, about: Tensor): Integer => {
  let result: unknown
  try {
    result = compute()
  } catch (cause) {
    return fail(
      "function-failed",
      `${place}: the function throws: ${(cause as Error)?.message ?? cause}`,
      about,
      { cause },
    )
  }
  if (typeof result === "boolean") return Number(result)
  if (typeof result === "bigint" || Number.isSafeInteger(result)) return result as Integer
  return fail("not-integer", `${place}: ${noInteger(result)}`, about)
}

const noInteger = (result: unknown): string => {
  if (result === undefined) return "the function returns nothing\nlet it return an integer"
  if (typeof result !== "number") return `the function gives ${printGiven(result)}, not an integer`
  if (Number.isFinite(result))
    return `the function gives ${result}, not an integer\nround its result: Math.round(…)`
  const found = Number.isNaN(result) ? "has no value (not a number)" : `gives ${result}, not an integer`
  return `the function ${found}\nnarrow what it is given with clip or assume, or let it return an integer there`
}
