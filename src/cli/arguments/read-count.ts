import { refuse } from "../refuse.ts"

/** Reads the number of an option that counts something, up to a limit beyond which nobody means it. */
export const readCount =
  (option: string, most = 1e9) =>
  (text: string): number => {
    const count = /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN
    if (count <= most) return count
    return refuse(`${option} is ${text}; it is a whole number from 1${count > most ? ` to ${most}` : ""}`)
  }
