/** Whether each element is meant: booleans in nested arrays. */
export type Mask = readonly (boolean | Mask)[]

/** Whether a value is made of booleans, which numpy takes for a mask and never for the indices 0 and 1. */
export const isBooleans = (value: unknown): value is Mask =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((each: unknown) => typeof each === "boolean" || isBooleans(each))
