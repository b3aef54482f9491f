import { readFile } from "node:fs/promises"
import { buffer } from "node:stream/consumers"
import { fileTrouble } from "../../data/index.ts"
import { refuse } from "../refuse.ts"

/** What a file holds, or standard input when it is `-`. */
export const readText = async (file: string): Promise<string> => {
  const bytes = await (file === "-" ? buffer(process.stdin) : readFile(file)).catch((error) =>
    refuseFile(file, error),
  )
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch (error) {
    return refuse(`${nameOf(file)} is no text: it is not in UTF-8`, error)
  }
}

/** Ends the command because a file cannot be read. */
export const refuseFile = (file: string, error: unknown): never =>
  refuse(`${nameOf(file)} cannot be read: ${fileTrouble(error)}`, error)

/** How messages name a file on the command line. */
export const nameOf = (file: string): string => (file === "-" ? "standard input" : file)
