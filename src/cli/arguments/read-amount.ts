import { refuse } from "../refuse.ts"

/** Reads a number from 0 that need not be whole; `counts` says what it counts, as "seconds". */
export const readAmount =
  (option: string, counts: string) =>
  (text: string): number => {
    const amount = /^(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN
    return Number.isFinite(amount) ? amount : refuse(`${option} is ${text}; it counts ${counts}, from 0`)
  }
