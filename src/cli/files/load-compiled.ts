import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import type { Compiled, Module } from "../../compiler/index.ts"
import { isPlainObject } from "../../data/index.ts"
import { isExpected, refuse } from "../refuse.ts"

/**
 * The compiled program or module that a file of source exports: the export of that name, else the default export, else the only one.
 * Types in the module are stripped by Node itself.
 */
export const loadCompiled = async (
  file: string,
  exportName: string | undefined,
): Promise<Compiled | Module> => {
  const found = await importModule(file)
  // Node gives this second name to what a CommonJS module exports.
  const names = Object.keys(found).filter((name) => name !== "module.exports" && !isEmpty(found[name]))
  if (exportName !== undefined) {
    if (!names.includes(exportName)) {
      refuse(`${file} has no export "${exportName}"; it exports ${names.join(", ") || "nothing"}`)
    }
    const value = found[exportName]
    if (isCompiled(value)) return value
    return refuse(`export "${exportName}" of ${file} is no compiled program; export what compile returns`)
  }
  if (isCompiled(found["default"])) return found["default"]
  const compiled = names.filter((name) => isCompiled(found[name]))
  if (compiled.length === 0) {
    const exported = names.length === 0 ? "nothing" : names.join(", ")
    refuse(`${file} exports no compiled program, but ${exported}; export what compile returns`)
  }
  if (compiled.length > 1) refuse(`${file} exports ${compiled.join(", ")}; choose one with --export`)
  return found[compiled[0]!] as Compiled | Module
}

const importModule = async (file: string): Promise<Readonly<Record<string, unknown>>> => {
  try {
    return await import(pathToFileURL(resolve(file)).href)
  } catch (error) {
    if (isExpected(error)) throw error
    const hint = String(error).includes("import statement outside a module")
      ? '\nput "type": "module" into package.json, or give the file the ending .mts'
      : ""
    return refuse(`${file} cannot be loaded: ${String(error)}${hint}`, error)
  }
}

/** By its members, because the module may have another copy of Lutra than this command. */
const isCompiled = (value: unknown): value is Compiled | Module =>
  typeof value === "object" &&
  value !== null &&
  (isModule(value) || ["circuit", "spec", "runBatch"].every((name) => name in value))

/** The same of a module of several functions. */
export const isModule = (value: object): value is Module =>
  ["programs", "spec", "runBatch"].every((name) => name in value)

/** What a module without exports seems to export when Node takes it for CommonJS. */
const isEmpty = (value: unknown): boolean => isPlainObject(value) && Object.keys(value).length === 0
