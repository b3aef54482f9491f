import { accessSync, constants, realpathSync, statSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { fileTrouble } from "../../data/index.ts"
import { refuse } from "../refuse.ts"

/** Files that a command reads or writes, by the option or argument that names them; - is standard input or output. */
export type NamedFiles = Readonly<Record<string, string | undefined>>

/**
 * Ends the command before its work where a file could not be written: its folder is not there, it is a directory, or it is
 * also one of the files that are read or another that is written.
 */
export const checkOutputs = (outputs: NamedFiles, inputs: NamedFiles = {}): void => {
  const taken = new Map(namedFiles(inputs).map(([name, file]) => [placeOf(file), name]))
  for (const [name, file] of namedFiles(outputs)) {
    checkWritable(file)
    const other = taken.get(placeOf(file))
    if (other !== undefined) refuse(`${name} and ${other} are both ${file}, which would be written over`)
    taken.set(placeOf(file), name)
  }
}

const namedFiles = (files: NamedFiles): [string, string][] =>
  Object.entries(files).flatMap(([name, file]) => (file === undefined || file === "-" ? [] : [[name, file]]))

/** Where a file is or would be, whatever links lead there. */
const placeOf = (file: string): string => {
  try {
    return realpathSync(file)
  } catch {
    try {
      return join(realpathSync(dirname(file)), basename(file))
    } catch {
      return resolve(file)
    }
  }
}

const checkWritable = (file: string): void => {
  try {
    const found = statSync(file, { throwIfNoEntry: false })
    if (found?.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" })
    if (found === undefined && !statSync(dirname(file)).isDirectory())
      throw Object.assign(new Error(), { code: "ENOTDIR" })
    accessSync(found === undefined ? dirname(file) : file, constants.W_OK)
  } catch (error) {
    refuseOutput(file, error)
  }
}

/** Ends the command because a file cannot be written. */
export const refuseOutput = (file: string, error: unknown): never =>
  refuse(`${file} cannot be written: ${fileTrouble(error, "folder")}`, error)
