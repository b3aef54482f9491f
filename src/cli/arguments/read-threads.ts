import { refuse } from "../refuse.ts"

/** Reads how many worker threads are wanted; what that comes to is for the library to decide. */
export const readThreads = (text: string): number | "auto" => {
  if (text === "auto" || /^[1-9]\d{0,8}$/.test(text)) return text === "auto" ? text : Number(text)
  return refuse(`--threads is ${text}; it counts worker threads, from 1, or is auto`)
}
