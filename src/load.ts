import { readFileSync } from "node:fs"
import { unpackArtefact } from "./artefact.ts"
import { Compiled } from "./compiled.ts"
import { printGiven, RuntimeError } from "./data/index.ts"
import { encodeSpec } from "./runtime/index.ts"

/**
 * A program that `save` wrote, ready to run: nothing is compiled again. Throws RuntimeError for a file that is no compiled
 * program of this version, whole and unaltered.
 */
export const load = (path: string | URL): Compiled => {
  if (typeof path !== "string" && !(path instanceof URL)) {
    throw new RuntimeError(
      `a path is text or a URL, not ${printGiven(path)}\nloadBytes reads the bytes of such a file`,
    )
  }
  return loadBytes(read(path))
}

const read = (path: string | URL): Uint8Array => {
  try {
    return readFileSync(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === "ENOENT" ? "there is no such file" : (cause as Error).message
    throw new RuntimeError(
      `no compiled program can be read from ${JSON.stringify(String(path))}: ${why}\ngive the path of a file that save wrote`,
      { cause },
    )
  }
}

/** `load` for the bytes of such a file. */
export const loadBytes = (bytes: Uint8Array): Compiled => {
  const { spec, traced, optimized, choice, warnings } = unpackArtefact(bytes)
  const compiled = new Compiled(
    { program: traced, returns: spec.returns, warnings, ...(spec.rows && { rows: spec.rows }) },
    optimized,
    choice,
  )
  const own = encodeSpec(compiled.spec)
  const given = encodeSpec(spec)
  if (own.length !== given.length || own.some((byte, i) => byte !== given[i]))
    throw new RuntimeError("the compiled program is damaged: its two parts are not of the same program")
  return compiled
}
