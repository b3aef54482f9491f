import { readFileSync } from "node:fs"
import { unpackArtefact } from "./artefact.ts"
import { Compiled } from "./compiled.ts"
import { RuntimeError } from "./data/index.ts"
import { encodeSpec } from "./runtime/index.ts"

/**
 * A program that `save` wrote, ready to run: nothing is compiled again. Throws RuntimeError for a file that is no compiled
 * program of this version, whole and unaltered.
 */
export const load = (path: string | URL): Compiled => loadBytes(readFileSync(path))

/** `load` for the bytes of such a file. */
export const loadBytes = (bytes: Uint8Array): Compiled => {
  const { spec, traced, optimized, choice } = unpackArtefact(bytes)
  const compiled = new Compiled(
    { program: traced, returns: spec.returns, ...(spec.rows && { rows: spec.rows }) },
    optimized,
    choice,
  )
  const own = encodeSpec(compiled.spec)
  const given = encodeSpec(spec)
  if (own.length !== given.length || own.some((byte, i) => byte !== given[i]))
    throw new RuntimeError("the compiled program is damaged: its two parts are not of the same program")
  return compiled
}
