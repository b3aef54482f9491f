import { readFile, writeFile } from "node:fs/promises"
import { refuseOutput } from "../arguments/check-outputs.ts"
import { refuse } from "../refuse.ts"
import { refuseFile } from "./read-text.ts"

/** What a file holds. */
export const readBytes = (file: string): Promise<Uint8Array> =>
  readFile(file).then(
    (bytes) => new Uint8Array(bytes),
    (error) => refuseFile(file, error),
  )

/** Writes a file, which must not be there yet if it `isNew`; one that holds a secret is for its owner alone. */
export const writeBytes = (
  file: string,
  bytes: Uint8Array,
  { isNew = false, isSecret = false } = {},
): Promise<void> =>
  writeFile(file, bytes, { flag: isNew ? "wx" : "w", mode: isSecret ? 0o600 : 0o666 }).catch(
    (error: NodeJS.ErrnoException) =>
      error.code === "EEXIST" ? refuseKeyOver(file) : refuseOutput(file, error),
  )

/** Ends the command because a secret key would be written over a file. */
export const refuseKeyOver = (file: string): never =>
  refuse(`${file} is there already; a key that is overwritten is lost, so delete it yourself`)
