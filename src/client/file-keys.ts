import { RuntimeError } from "../data/errors.ts"
import type { KeyStorage, StoredKeys } from "./key-storage.ts"

/**
 * Keys in one JSON file that only its owner can read, for clients in Node. The secret key lies there as it is.
 * Throws RuntimeError elsewhere than in Node, and for a file that is no such storage.
 */
export const fileKeys = (path: string): KeyStorage => {
  let last: Promise<void> = Promise.resolve()
  /** One change after the other, or the later would undo the earlier. */
  const change = (of: (entries: Entries) => Entries): Promise<void> => {
    const own = last.then(async () => writeAll(path, of(await readAll(path))))
    last = own.catch(() => {})
    return own
  }
  return {
    load: async (id) => {
      const found = (await readAll(path))[id]
      return found && { ...found, secretKey: Uint8Array.from(atob(found.secretKey), (c) => c.charCodeAt(0)) }
    },
    save: (id, { secretKey, ...rest }) => {
      const text = Array.from(secretKey, (byte) => String.fromCharCode(byte)).join("")
      return change((entries) => ({ ...entries, [id]: { ...rest, secretKey: btoa(text) } }))
    },
    remove: (id) => change(({ [id]: _, ...rest }) => rest),
  }
}

type Entries = Record<string, Omit<StoredKeys, "secretKey"> & { readonly secretKey: string }>

const readAll = async (path: string): Promise<Entries> => {
  let text: string
  try {
    text = await files().readFile(path, "utf8")
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return {}
    throw new RuntimeError(`the keys in ${path} cannot be read: ${(error as Error).message}`, {
      cause: error,
    })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new RuntimeError(`${path} is no storage of keys: it is not JSON`, { cause })
  }
}

/** Never leaves half a file, nor one that others could read for a moment. */
const writeAll = async (path: string, entries: Entries): Promise<void> => {
  const { writeFile, rename } = files()
  const part = `${path}.${crypto.randomUUID()}`
  await writeFile(part, JSON.stringify(entries), { mode: 0o600, flag: "wx" })
  await rename(part, path)
}

/** Asked for by name, so that no bundle for browsers mentions a module of Node. */
const files = (): typeof import("node:fs/promises") => {
  const found = globalThis.process?.getBuiltinModule?.("node:fs/promises")
  if (found === undefined) throw new RuntimeError("files are Node's\nin a browser use indexedDbKeys")
  return found
}
