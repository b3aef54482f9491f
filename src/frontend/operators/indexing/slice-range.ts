import { mismatch } from "../../../data/index.ts"
import { structural } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"

type Bound = number | null | undefined

/** `[start, stop, step]` with null for an open end; stop is left out. */
export type SliceRange = readonly [start?: Bound, stop?: Bound, step?: Bound]

/** What a slice takes of an axis: `count` places from `start` on, in steps. */
export interface Places {
  readonly start: number
  readonly step: number
  readonly count: number
}

/** Python's rule: negative bounds count from the end, bounds outside are moved to the nearest end. */
export const rangeOf = (entry: SliceRange, extent: number): Places => {
  if (!Array.isArray(entry))
    fail("wrong-argument", mismatch("an entry of a part", entry, { needed: "an index, a range or a tensor" }))
  const [from, to, by] = entry.map((bound) =>
    bound == null ? undefined : structural("a bound of a slice", bound),
  )
  if (entry.length > 3)
    fail("wrong-argument", `a slice of ${entry.length} entries; it has start, stop and step`)
  const step = by ?? 1
  if (step === 0) fail("wrong-argument", "a slice with step 0")
  const [first, last] = step > 0 ? [0, extent] : [-1, extent - 1]
  const place = (bound: number): number => Math.min(Math.max(bound < 0 ? bound + extent : bound, first), last)
  const start = from === undefined ? (step > 0 ? first : last) : place(from)
  const stop = to === undefined ? (step > 0 ? last : first) : place(to)
  return { start, step, count: Math.max(0, Math.ceil((stop - start) / step)) }
}

/** An index of an axis, counted from the start. Throws ProgramError for one outside. */
export const placeOf = (entry: number | null, extent: number, axis: number): number => {
  const given = structural("an index", entry)
  if (given >= -extent && given < extent) return given < 0 ? given + extent : given
  return fail("out-of-range", `index ${given} on axis ${axis}, which has ${extent} elements`)
}
