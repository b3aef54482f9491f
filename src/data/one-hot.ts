import type { Values } from "./specification.ts"

/**
 * How integers are sent as 0s and 1s: the distance of each from the least value of its range is written in `digits` digits
 * to `base`, and of each digit goes one number for every value it may have, 1 for the one it has and 0 for all others.
 */
export interface OneHot {
  readonly base: number
  readonly digits: number
}

const MOST_DIGITS = 64
const MOST_NUMBERS = 2 ** 26

/** Whether so many values are written in ways that differ, and in no more numbers than a vector may have. */
export const tellsApart = ({ base, digits }: OneHot, values: bigint): boolean =>
  base >= 1 &&
  digits >= 1 &&
  digits <= MOST_DIGITS &&
  base * digits <= MOST_NUMBERS &&
  BigInt(base) ** BigInt(digits) >= values

/**
 * Flat values as 0s and 1s. For each digit, the most significant first, and for each value of it in order, there is one
 * number for each element, so that elements stay next to each other.
 */
export const oneHotValues = (values: Values, lo: bigint, { base, digits }: OneHot): Float64Array => {
  const size = values.length
  const result = new Float64Array(digits * base * size)
  for (let element = 0; element < size; element++) {
    const value = values[element]!
    let rest = typeof value === "bigint" ? Number(value - lo) : value - Number(lo)
    for (let digit = digits - 1; digit >= 0; digit--) {
      result[(digit * base + (rest % base)) * size + element] = 1
      rest = Math.floor(rest / base)
    }
  }
  return result
}
