import { readFile } from "node:fs/promises"
import { text } from "node:stream/consumers"
import { refuse } from "./refuse.ts"

/** What a file holds, or standard input when it is `-`. */
export const readText = async (file: string): Promise<string> => {
  if (file === "-") return text(process.stdin)
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => refuseFile(file, error))
}

/** Ends the command because a file cannot be read. */
export const refuseFile = (file: string, error: NodeJS.ErrnoException): never =>
  refuse(`${file} cannot be read: ${REASONS[error.code ?? ""] ?? error.message}`, error)

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a directory",
  EACCES: "permission is denied",
}
