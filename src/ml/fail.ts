import { ProgramError, type ProgramErrorCode } from "../data/index.ts"

/** Throws ProgramError. */
export const fail = (code: ProgramErrorCode, message: string, options?: ErrorOptions): never => {
  throw new ProgramError(message, { ...options, code })
}
