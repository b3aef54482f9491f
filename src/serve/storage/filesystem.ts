import { randomBytes } from "node:crypto"
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, unlink, utimes } from "node:fs/promises"
import { dirname, join, relative, resolve, sep } from "node:path"
import { checkArguments, fileTrouble, forms, RuntimeError } from "../../data/index.ts"
import { checkPath, checkPrefix, type Stat, type Storage, StorageError, type Stored } from "./storage.ts"

/** Below the root; no path starts with a dot. */
const UNFINISHED = ".unfinished"
/** Files that are being written change all the time: one that has not for an hour was left by a crash. */
const ABANDONED_AFTER = 3_600_000

/**
 * A storage in a folder of this machine, or of a file system that several share. Only its owner can read files and folders.
 * Bytes are written under another name, flushed to the disk and renamed.
 */
export class FilesystemStorage implements Storage {
  /** Makes the folder unless it is there, and deletes what crashes have left unfinished. Throws StorageError. */
  static async open(folder: string, ...surplus: []): Promise<FilesystemStorage> {
    const given = [folder, ...surplus]
    checkArguments("FilesystemStorage.open", given, { folder: forms.text }, RuntimeError)
    const storage = new FilesystemStorage(resolve(folder))
    await failing(`${folder} cannot be used as a storage`, () => storage.#clean())
    return storage
  }

  readonly #root: string

  private constructor(root: string) {
    this.#root = root
  }

  async put(path: string, bytes: Uint8Array, ...surplus: []): Promise<void> {
    checkArguments("put", [path, bytes, ...surplus], { path: forms.text, bytes: forms.bytes }, RuntimeError)
    const target = this.#locate(path)
    const unfinished = join(this.#root, UNFINISHED, randomBytes(16).toString("hex"))
    await failing(`${path} cannot be stored`, async () => {
      try {
        await writeFlushed(unfinished, bytes)
        await moveTo(unfinished, target)
        await flushFolder(dirname(target))
      } catch (error) {
        await rm(unfinished, { force: true })
        throw error
      }
    })
  }

  async get(path: string, ...surplus: []): Promise<Uint8Array | undefined> {
    checkArguments("get", [path, ...surplus], { path: forms.text }, RuntimeError)
    const file = this.#locate(path)
    return failing(`${path} cannot be read`, async () => {
      const bytes = await unlessMissing(readFile(file))
      return bytes && new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    })
  }

  async stat(path: string, ...surplus: []): Promise<Stat | undefined> {
    checkArguments("stat", [path, ...surplus], { path: forms.text }, RuntimeError)
    const file = this.#locate(path)
    return failing(`${path} cannot be read`, () => statFile(file))
  }

  async delete(path: string, ...surplus: []): Promise<void> {
    checkArguments("delete", [path, ...surplus], { path: forms.text }, RuntimeError)
    const file = this.#locate(path)
    await failing(`${path} cannot be deleted`, async () => {
      await unlessMissing(unlink(file))
      for (let folder = dirname(file); folder !== this.#root; folder = dirname(folder)) {
        if (!(await removeEmpty(folder))) break
      }
    })
  }

  async *list(prefix: string, ...surplus: []): AsyncIterable<Stored> {
    checkArguments("list", [prefix, ...surplus], { prefix: forms.text }, RuntimeError)
    checkPrefix(prefix)
    const folder = join(this.#root, prefix.slice(0, prefix.lastIndexOf("/") + 1))
    const what = `${prefix || "the storage"} cannot be listed`
    for (const file of await failing(what, () => filesBelow(folder))) {
      const path = relative(this.#root, file).replaceAll(sep, "/")
      if (!path.startsWith(prefix)) continue
      const found = await failing(what, () => statFile(file))
      if (found) yield { path, ...found }
    }
  }

  async touch(path: string, ...surplus: []): Promise<void> {
    checkArguments("touch", [path, ...surplus], { path: forms.text }, RuntimeError)
    const file = this.#locate(path)
    const now = new Date()
    await failing(`${path} cannot be touched`, () => unlessMissing(utimes(file, now, now)))
  }

  #locate(path: string): string {
    checkPath(path)
    return join(this.#root, path)
  }

  async #clean(): Promise<void> {
    const folder = join(this.#root, UNFINISHED)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (const name of await readdir(folder)) {
      const file = join(folder, name)
      const found = await statFile(file)
      if (found && Date.now() - found.modified.getTime() > ABANDONED_AFTER) await rm(file, { force: true })
    }
  }
}

const writeFlushed = async (file: string, bytes: Uint8Array): Promise<void> => {
  await using handle = await open(file, "wx", 0o600)
  await handle.writeFile(bytes)
  await handle.sync()
}

/** Another process may delete the folder, which was empty, between its making and the renaming. */
const moveTo = async (from: string, to: string): Promise<void> => {
  for (let attempt = 0; ; attempt++) {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    try {
      return await rename(from, to)
    } catch (error) {
      if (!isMissing(error) || attempt === 10) throw error
    }
  }
}

/** The new name is on the disk only after this. Folders cannot be flushed on every system. */
const flushFolder = async (folder: string): Promise<void> => {
  try {
    await using handle = await open(folder)
    await handle.sync()
  } catch (error) {
    if (!["EISDIR", "EPERM", "EINVAL", "ENOENT"].includes(codeOf(error))) throw error
  }
}

const statFile = async (file: string): Promise<Stat | undefined> => {
  const found = await unlessMissing(stat(file))
  return found?.isFile() ? { bytes: found.size, modified: found.mtime } : undefined
}

const filesBelow = async (folder: string): Promise<string[]> => {
  const files: string[] = []
  const folders = [folder]
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const entry of (await unlessMissing(readdir(next, { withFileTypes: true }))) ?? []) {
      if (entry.name.startsWith(".")) continue
      if (entry.isDirectory()) folders.push(join(next, entry.name))
      else files.push(join(next, entry.name))
    }
  }
  return files
}

const removeEmpty = async (folder: string): Promise<boolean> => {
  try {
    await rmdir(folder)
    return true
  } catch (error) {
    if (["ENOTEMPTY", "EEXIST", "ENOENT"].includes(codeOf(error))) return false
    throw error
  }
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code)

/** A file where a folder is needed is a missing file too. */
const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(codeOf(error))

const unlessMissing = async <T>(found: Promise<T>): Promise<T | undefined> => {
  try {
    return await found
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

const failing = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (cause) {
    throw new StorageError(`${what}: ${fileTrouble(cause)}`, { cause })
  }
}
