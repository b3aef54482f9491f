import { ProgramError } from "../data/index.ts"

/** Throws ProgramError. */
export const fail = (message: string, options?: ErrorOptions): never => {
  throw new ProgramError(message, options)
}
