import { readFileSync } from "node:fs"
import { checkArguments, checkArity, fileTrouble, forms, mismatch, RuntimeError } from "../data/index.ts"
import { encodeSpec } from "../runtime/index.ts"
import { unpackArtefact } from "./artefact.ts"
import { Compiled } from "./compiled.ts"

/**
 * A program that `save` wrote, ready to run: nothing is compiled again. Throws RuntimeError for a file that is no compiled
 * program of this version, whole and unaltered.
 */
export const load = (path: string | URL, ...surplus: []): Compiled => {
  checkArity("load", [path, ...surplus], 1, RuntimeError)
  if (typeof path !== "string" && !(path instanceof URL)) {
    throw new RuntimeError(
      `${mismatch("path of load", path, { needed: "text or a URL" })}\nloadBytes reads the bytes of such a file`,
      { code: "wrong-argument" },
    )
  }
  return loadBytes(read(path))
}

const read = (path: string | URL): Uint8Array => {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new RuntimeError(
      `no compiled program can be read from ${JSON.stringify(String(path))}: ${fileTrouble(cause)}\ngive the path of a file that save wrote`,
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
  const own = encodeSpec(compiled.spec)
  const given = encodeSpec(spec)
  if (own.length !== given.length || own.some((byte, i) => byte !== given[i]))
    throw new RuntimeError("the compiled program is damaged: its two parts are not of the same program", {
      code: "damaged",
    })
  return compiled
}
