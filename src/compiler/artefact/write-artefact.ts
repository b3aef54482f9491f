import { fileTrouble, mismatch, RuntimeError } from "../../data/index.ts"

/** Throws RuntimeError for what is no path, and where nothing can be written. */
export const writeArtefact = (path: string | URL, bytes: Uint8Array): void => {
  const fs = globalThis.process?.getBuiltinModule?.("node:fs")
  if (fs === undefined) throw new RuntimeError("programs are saved in Node", { code: "platform" })
  if (typeof path !== "string" && !(path instanceof URL))
    throw new RuntimeError(mismatch("the path to save to", path, { needed: "text or a URL" }), {
      code: "wrong-argument",
    })
  try {
    fs.writeFileSync(path, bytes)
  } catch (cause) {
    throw new RuntimeError(`${String(path)} cannot be written: ${fileTrouble(cause, "folder")}`, {
      code: "file-access",
      cause,
    })
  }
}
