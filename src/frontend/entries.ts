import type { Integer } from "../data/index.ts"
import { fail } from "./fail.ts"
import type { Tensor } from "./tensor.ts"

/** The most points at which a JavaScript function is tabulated. */
export const MOST_POINTS = 2n ** 16n

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
  return fail(
    "not-integer",
    `${place}: the function gives ${String(result)}, not an integer\nround its result: Math.round(…)`,
    about,
  )
}
