import { checkArguments, checkArity, forms, RuntimeError } from "../../data/index.ts"
import { isModuleFile } from "../../runtime/index.ts"
import type { Compiled } from "../compiled.ts"
import { Module } from "../module.ts"
import { checkParts, loadBytes, readArtefact } from "./load.ts"
import { unpackModule } from "./module-artefact.ts"

/**
 * A module that `save` wrote, ready to run: nothing is compiled again. Throws RuntimeError for a file that is no compiled
 * module of this version, whole and unaltered.
 */
export const loadModule = (path: string | URL, ...surplus: []): Module => {
  checkArity("loadModule", [path, ...surplus], 1, RuntimeError)
  return loadModuleBytes(readArtefact("loadModule", path))
}

/** `loadModule` for the bytes of such a file. */
export const loadModuleBytes = (bytes: Uint8Array, ...surplus: []): Module => {
  checkArguments("loadModuleBytes", [bytes, ...surplus], { bytes: forms.bytes }, RuntimeError)
  const { spec, parts } = unpackModule(bytes)
  const module = new Module(parts)
  checkParts(module.spec, spec)
  return module
}

/** The program or the module of a `.lutra` file, whichever it is. */
export const loadAnyBytes = (bytes: Uint8Array): Compiled | Module =>
  isModuleFile(bytes) ? loadModuleBytes(bytes) : loadBytes(bytes)
