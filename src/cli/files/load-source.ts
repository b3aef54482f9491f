import { extname } from "node:path"
import type { Compiled, Module } from "../../compiler/index.ts"
import { compileProgram, loadAnyBytes } from "../../compiler/index.ts"
import { type Circuit, isCircuit, type Program, parse } from "../../ir.ts"
import { refuse } from "../refuse.ts"
import { checkFile } from "./check-file.ts"
import { inFile } from "./in-file.ts"
import { isModule, loadCompiled } from "./load-compiled.ts"
import { readBytes } from "./read-bytes.ts"
import { readText } from "./read-text.ts"

/** What a file on the command line holds. */
export type Source =
  | { readonly kind: "program"; readonly program: Program }
  | { readonly kind: "circuit"; readonly circuit: Circuit }
  | { readonly kind: "compiled"; readonly compiled: Compiled }
  | { readonly kind: "module"; readonly module: Module }

/** Reads an .ir file, or `-`, as text, loads a .lutra file, and imports any module for the compiled program it exports. */
export const loadSource = async (file: string, exportName: string | undefined): Promise<Source> => {
  if (file !== "-") await checkFile(file)
  if (MODULES.includes(extname(file))) {
    return sourceOf(await loadCompiled(file, exportName))
  }
  if (extname(file) === ".lutra")
    return sourceOf(await inFile(file, async () => loadAnyBytes(await readBytes(file))))
  if (file !== "-" && extname(file) !== ".ir") {
    return refuse(
      `${file} is neither text (.ir) nor a module (${MODULES.join(", ")}) nor a compiled program (.lutra)`,
    )
  }
  if (exportName !== undefined) refuse(`--export ${exportName} is for modules; ${file} is text`)
  const parsed = parse<Program | Circuit>(await readText(file))
  return isCircuit(parsed) ? { kind: "circuit", circuit: parsed } : { kind: "program", program: parsed }
}

const sourceOf = (loaded: Compiled | Module): Source =>
  isModule(loaded) ? { kind: "module", module: loaded } : { kind: "compiled", compiled: loaded }

const MODULES = [".ts", ".mts", ".js", ".mjs"]

/** The source compiled, for so many samples a run if it is not yet; outputs of a text come as a record, by their names. */
export const compiledOf = (source: Source, batch = 1): Compiled => {
  switch (source.kind) {
    case "compiled":
      return source.compiled
    case "program":
      return compileProgram({ program: source.program, returns: "record" }, { batch })
    case "module":
      return refuse(
        `${source.module.spec.name} is a module of several functions, where a program is needed\n` +
          "lutra compile, inspect, run, keygen, encrypt, eval, decrypt and serve take modules",
      )
    case "circuit":
      return refuse(
        "a circuit alone has no encryption parameters; give its program, or use lutra run --simulate",
      )
  }
}
