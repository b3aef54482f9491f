import { RuntimeError } from "../../data/index.ts"

/**
 * Where a server keeps bytes: evaluation keys, and the requests and replies of queued jobs. Paths are those that `checkPath`
 * lets through. A path is either that of bytes or a folder of other paths, never both. Several processes may use the same
 * storage at the same time. What goes wrong in it is a StorageError.
 */
export interface Storage {
  /** Stores bytes whole or not at all, in place of what was there; they outlive a crash once this has resolved. */
  put(path: string, bytes: Uint8Array): Promise<void>
  /** The bytes that were last put, undefined where there are none. */
  get(path: string): Promise<Uint8Array | undefined>
  stat(path: string): Promise<Stat | undefined>
  /** Deletes what may be there. */
  delete(path: string): Promise<void>
  /** All that starts with `prefix`, in no order; what comes or goes meanwhile may be missing. */
  list(prefix: string): AsyncIterable<Stored>
  /** Makes now the time when the bytes were modified, if there are any. */
  touch(path: string): Promise<void>
}

/** Size, and when the bytes were last put or touched by the clock of the storage. */
export interface Stat {
  readonly bytes: number
  readonly modified: Date
}

export interface Stored extends Stat {
  readonly path: string
}

/** The storage cannot do what it is for: a full disk, no permission, no connection. Not the fault of any client. */
export class StorageError extends RuntimeError {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, { ...options, code: "storage" })
  }
}

/** Lower case only, because some file systems do not tell it from upper case. */
const SEGMENT = "[a-z0-9][a-z0-9._-]{0,127}"
const PATH = new RegExp(`^${SEGMENT}(?:/${SEGMENT}){0,7}$`)
const PREFIX = new RegExp(`^(?:${SEGMENT}/){0,7}(?:${SEGMENT})?$`)

/** Whether this is a path in a storage. */
export const isPath = (path: string): boolean => PATH.test(path)

/** Throws StorageError unless a path is of up to eight names of a-z, 0-9, `.`, `_` and `-`, each starting with a letter or digit. */
export const checkPath = (path: string): void => {
  if (isPath(path)) return
  throw new StorageError(
    `${JSON.stringify(path)} is no path in a storage\nuse up to eight names of a-z 0-9 . _ - with / between them`,
  )
}

/** Throws StorageError unless some path could start like this. */
export const checkPrefix = (prefix: string): void => {
  if (PREFIX.test(prefix)) return
  throw new StorageError(`${JSON.stringify(prefix)} is the beginning of no path in a storage`)
}
