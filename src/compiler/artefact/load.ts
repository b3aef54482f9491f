import { readFileSync } from "node:fs"
import {
  checkArguments,
  checkArity,
  fileTrouble,
  forms,
  mismatch,
  printPath,
  RuntimeError,
} from "../../data/index.ts"
import { encodeSpec } from "../../runtime/index.ts"
import { Compiled } from "../compiled.ts"
import { unpackArtefact } from "./artefact.ts"

/**
 * A program that `save` wrote, ready to run: nothing is compiled again. Throws RuntimeError for a file that is no compiled
 * program of this version, whole and unaltered.
 */
export const load = (path: string | URL, ...surplus: []): Compiled => {
  checkArity("load", [path, ...surplus], 1, RuntimeError)
  return loadBytes(readArtefact("load", path))
}

/** The bytes of a file that `save` wrote, for the function of that name. Throws RuntimeError where it cannot be read. */
export const readArtefact = (asked: "load" | "loadModule", path: string | URL): Uint8Array => {
  if (typeof path !== "string" && !(path instanceof URL)) {
    throw new RuntimeError(
      `${mismatch(`path of ${asked}`, path, { needed: "text or a URL" })}\n${asked}Bytes reads the bytes of such a file`,
      { code: "wrong-argument" },
    )
  }
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new RuntimeError(
      `no compiled program can be read from ${JSON.stringify(printPath(path))}: ${fileTrouble(cause)}\ngive the path of a file that save wrote`,
      { code: "file-access", cause },
    )
  }
}

/** `load` for the bytes of such a file. */
export const loadBytes = (bytes: Uint8Array, ...surplus: []): Compiled => {
  checkArguments("loadBytes", [bytes, ...surplus], { bytes: forms.bytes }, RuntimeError)
  const { spec, traced, optimized, choice, warnings } = unpackArtefact(bytes)
  const compiled = new Compiled(
    { program: traced, returns: spec.returns, warnings, ...(spec.rows && { rows: spec.rows }) },
    optimized,
    choice,
  )
  checkParts(compiled.spec, spec)
  return compiled
}

/** Throws RuntimeError unless the specification made of the server's part is that of the client's part. */
export const checkParts = <S extends Parameters<typeof encodeSpec>[0]>(made: S, spec: S): void => {
  const own = encodeSpec(made)
  const given = encodeSpec(spec)
  if (own.length !== given.length || own.some((byte, i) => byte !== given[i]))
    throw new RuntimeError("the compiled program is damaged: its two parts are not of the same program", {
      code: "damaged",
    })
}
