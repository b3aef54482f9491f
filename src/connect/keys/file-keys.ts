import { checkArguments } from "../../data/checks/arguments.ts"
import { forms } from "../../data/checks/form.ts"
import { RuntimeError } from "../../data/errors.ts"
import type { KeyStorage, StoredKeys } from "./key-storage.ts"

/**
 * Keys in one JSON file that only its owner can read, for clients in Node. The secret key lies there as it is.
 * Throws RuntimeError elsewhere than in Node, and for a file that is no such storage.
 */
export const fileKeys = (path: string, ...surplus: []): KeyStorage => {
  checkArguments("fileKeys", [path, ...surplus], { path: forms.text }, RuntimeError)
  let last: Promise<void> = Promise.resolve()
  /** One change after the other, of other processes too, or the later would undo the earlier. */
  const change = (of: (entries: Entries) => Entries): Promise<void> => {
    const own = last.then(() => locked(path, async () => writeAll(path, of(await readAll(path)))))
    last = own.catch(() => {})
    return own
  }
  return {
    load: async (id) => {
      await sweep(path)
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
      code: "storage",
      cause: error,
    })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new RuntimeError(`${path} is no storage of keys: it is not JSON`, { code: "damaged", cause })
  }
}

/** Never leaves half a file, nor one that others could read for a moment. */
const writeAll = async (path: string, entries: Entries): Promise<void> => {
  const { writeFile, rename, rm } = files()
  // Only the holder of the lock writes, so that one name is enough: a part that a crash has left is replaced.
  const part = `${path}.part`
  await rm(part, { force: true })
  try {
    await writeFile(part, JSON.stringify(entries), { mode: 0o600, flag: "wx" })
    await rename(part, path)
  } finally {
    await rm(part, { force: true })
  }
}

/** Removes the part of a file that a process has left that ended while it wrote: secret keys are in it. */
const sweep = async (path: string): Promise<void> => {
  const { rm, stat } = files()
  const part = `${path}.part`
  const isStale = async (): Promise<boolean> => {
    const found = await stat(part).catch(() => undefined)
    return found !== undefined && Date.now() - found.mtimeMs > STALE_MS
  }
  if (!(await isStale())) return
  // Where this fails, as on a disk that cannot be written, the keys can still be read.
  await locked(path, async () => {
    if (await isStale()) await rm(part, { force: true })
  }).catch(() => {})
}

/** A change takes milliseconds: a lock or a part that is so old was left by a process that ended. */
const STALE_MS = 10_000
const LONGEST_WAIT_MS = 30_000

/** Runs `change` while no other process changes the file: a folder beside it, which only one can make, is the lock. */
const locked = async <T>(path: string, change: () => Promise<T>): Promise<T> => {
  const lock = `${path}.lock`
  const began = Date.now()
  while (!(await isMade(lock, path))) {
    await breakStale(lock)
    if (Date.now() - began > LONGEST_WAIT_MS) {
      throw new RuntimeError(
        `the keys in ${path} are being changed by another process\nif none runs, remove ${lock}`,
        { code: "storage" },
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 5 + 20 * Math.random()))
  }
  try {
    return await change()
  } finally {
    await files()
      .rmdir(lock)
      .catch(() => {})
  }
}

/** Whether the lock could be made, because no one else has it. */
const isMade = async (lock: string, path: string): Promise<boolean> => {
  try {
    await files().mkdir(lock)
    return true
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string }
    if (code === "EEXIST") return false
    throw new RuntimeError(`the keys in ${path} cannot be stored: ${message}`, { code: "storage", cause })
  }
}

/** Of several that see a stale lock one moves it away. */
const breakStale = async (lock: string): Promise<void> => {
  const { rename, rmdir, stat } = files()
  try {
    const { mtimeMs } = await stat(lock)
    if (Date.now() - mtimeMs <= STALE_MS) return
    const old = `${lock}.${crypto.randomUUID()}`
    await rename(lock, old)
    await rmdir(old)
  } catch {
    // It has gone meanwhile.
  }
}

/** Asked for by name, so that no bundle for browsers mentions a module of Node. */
const files = (): typeof import("node:fs/promises") => {
  const found = globalThis.process?.getBuiltinModule?.("node:fs/promises")
  if (found === undefined)
    throw new RuntimeError("files are Node's\nin a browser use indexedDbKeys", { code: "platform" })
  return found
}
