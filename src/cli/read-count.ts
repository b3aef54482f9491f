import { refuse } from "./refuse.ts"

/** Reads the number of an option that counts something. */
export const readCount =
  (option: string) =>
  (text: string): number =>
    /^[1-9]\d*$/.test(text) ? Number(text) : refuse(`${option} is ${text}; it is a whole number from 1`)
