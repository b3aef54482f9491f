import { CommanderError } from "commander"

/** Ends the command: status 2, and `lutra: message` on stderr. `cause` is shown with --verbose. */
export const refuse = (message: string, cause?: unknown): never => {
  throw Object.assign(new CommanderError(2, "lutra.refused", message), cause === undefined ? {} : { cause })
}

/** Whether an error is about what the user gave, and not about Lutra. Its class may come from another copy of Lutra. */
export const isExpected = (error: unknown): error is Error =>
  error instanceof CommanderError ||
  (error instanceof Error && ["ProgramError", "RuntimeError"].includes(error.name))
