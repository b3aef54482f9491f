import { stat } from "node:fs/promises"
import { refuseFile } from "./read-text.ts"

/** Ends the command unless there is such a file and it is no directory. */
export const checkFile = async (file: string): Promise<void> => {
  const found = await stat(file).catch((error) => refuseFile(file, error))
  if (found.isDirectory()) refuseFile(file, { code: "EISDIR" })
}
