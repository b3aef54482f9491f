import type { IntType } from "../ir/index.ts"
import type { Target } from "./pass.ts"

/** What is wrong with a table of `size` entries on a value of this type, and the ways out. */
export const largeTable = ({ lo, hi }: IntType, size: number | bigint, { maxTableSize }: Target): string =>
  `this value lies in ${lo}..${hi}, a table of ${size} entries, but tables end at ${maxTableSize}\n` +
  "clip it, drop low bits with roundBits, declare narrower inputs, or narrow it with assume"
