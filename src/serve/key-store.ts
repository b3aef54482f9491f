import { createHash } from "node:crypto"
import {
  checkArguments,
  checkArity,
  checkOptions,
  forms,
  type OptionForms,
  RuntimeError,
} from "../data/index.ts"
import type { Stat, Storage, Stored } from "./storage/storage.ts"

/**
 * Evaluation keys of clients under the SHA-256 of their bytes, as 64 lower-case hexadecimal digits. What one client has
 * stored is unknown to the others. Keys that were not used for some time are gone.
 */
export interface KeyStore {
  /** Throws QuotaError when the client has too many, RuntimeError when `sha256` is not that of the bytes. */
  put(client: string, sha256: string, bytes: Uint8Array): Promise<"stored" | "known">
  /** The bytes as they were put, or undefined; what was altered on the disk is deleted and unknown from then on. */
  get(client: string, sha256: string): Promise<Uint8Array | undefined>
  has(client: string, sha256: string): Promise<boolean>
  /** Deletes what may be there. */
  delete(client: string, sha256: string): Promise<void>
  /** Deletes what has expired, of all clients. Returns how many. */
  sweep(): Promise<number>
}

export interface KeyStoreOptions {
  /** Most bytes of one client; 1 GB unless given. */
  readonly maxBytes?: number
  /** Most sets of keys of one client; 100 unless given. */
  readonly maxCount?: number
  /** Milliseconds after their last use when keys expire; 30 days unless given. Use is noted once an hour at most. */
  readonly maxAge?: number
  /** Milliseconds since 1970; Date.now unless given. */
  readonly now?: () => number
}

/** A client may not store more. */
export class QuotaError extends RuntimeError {
  constructor(message: string) {
    super(message, { code: "quota" })
  }
}

const HOUR = 3_600_000
const FOLDER = "keys"

const optionForms: OptionForms<KeyStoreOptions> = {
  maxBytes: forms.number,
  maxCount: forms.number,
  maxAge: forms.number,
  now: forms.function,
}

/** Whose keys, and which. */
const owned = { client: forms.text, sha256: forms.text }

/** A key store in a storage that several processes may share. */
export const createKeyStore = (storage: Storage, options: KeyStoreOptions = {}, ...surplus: []): KeyStore => {
  checkArity("createKeyStore", [storage, options, ...surplus], 2, RuntimeError)
  checkOptions("a store of keys", options, optionForms, RuntimeError)
  const { maxBytes = 1e9, maxCount = 100, maxAge = 30 * 24 * HOUR, now = Date.now } = options
  const inTurn = turns()
  const age = ({ modified }: Stat): number => now() - modified.getTime()

  /** Deletes what has expired; another process may have used it since it was listed. */
  const expire = async ({ path }: Stored): Promise<boolean> => {
    const stat = await storage.stat(path)
    if (stat === undefined || age(stat) <= maxAge) return false
    await storage.delete(path)
    return true
  }

  /** Whether keys are there and have not expired; they are in use from now on. */
  const use = async (path: string): Promise<Stat | undefined> => {
    const stat = await storage.stat(path)
    if (stat === undefined || age(stat) > maxAge) return undefined
    if (age(stat) > Math.min(HOUR, maxAge / 4)) await storage.touch(path)
    return stat
  }

  /** Throws QuotaError when a client has more than it may, with `extra` bytes of one more set of keys. */
  const checkQuota = async (client: string, own: string, extra: number): Promise<void> => {
    let count = 1
    let bytes = extra
    for await (const stored of storage.list(`${folderOf(client)}/`)) {
      if (stored.path === own || (age(stored) > maxAge && (await expire(stored)))) continue
      count++
      bytes += stored.bytes
    }
    if (count <= maxCount && bytes <= maxBytes) return
    throw new QuotaError(
      `with these keys, ${count} sets of ${bytes} bytes would be stored where ${maxCount} of ${maxBytes} bytes are allowed\n` +
        "delete keys that are no longer used",
    )
  }

  return {
    async put(client, sha256, bytes, ...surplus: []) {
      checkArguments(
        "put",
        [client, sha256, bytes, ...surplus],
        { ...owned, bytes: forms.bytes },
        RuntimeError,
      )
      const path = pathOf(client, sha256)
      if (hashOf(bytes) !== sha256) {
        throw new RuntimeError(
          `the SHA-256 of these ${bytes.length} bytes is not ${sha256}\nsend them again`,
          { code: "damaged" },
        )
      }
      return inTurn(client, async () => {
        if ((await use(path))?.bytes === bytes.length) return "known"
        await checkQuota(client, path, bytes.length)
        await storage.put(path, bytes)
        try {
          // Another process may have stored keys of this client since.
          await checkQuota(client, path, bytes.length)
        } catch (error) {
          await storage.delete(path)
          throw error
        }
        return "stored"
      })
    },

    async get(client, sha256, ...surplus: []) {
      checkArguments("get", [client, sha256, ...surplus], owned, RuntimeError)
      const path = pathOf(client, sha256)
      if ((await use(path)) === undefined) return undefined
      const bytes = await storage.get(path)
      if (bytes === undefined || hashOf(bytes) === sha256) return bytes
      await storage.delete(path)
      return undefined
    },

    async has(client, sha256, ...surplus: []) {
      checkArguments("has", [client, sha256, ...surplus], owned, RuntimeError)
      return (await use(pathOf(client, sha256))) !== undefined
    },

    async delete(client, sha256, ...surplus: []) {
      checkArguments("delete", [client, sha256, ...surplus], owned, RuntimeError)
      await storage.delete(pathOf(client, sha256))
    },

    async sweep(...surplus: []) {
      checkArity("sweep", surplus, 0, RuntimeError)
      let count = 0
      for await (const stored of storage.list(`${FOLDER}/`)) {
        if (age(stored) > maxAge && (await expire(stored))) count++
      }
      return count
    },
  }
}

const hashOf = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex")

/** A client may have any name; that of its folder says nothing of it. */
const folderOf = (client: string): string => `${FOLDER}/${hashOf(client)}`

const pathOf = (client: string, sha256: string): string => {
  if (/^[0-9a-f]{64}$/.test(sha256)) return `${folderOf(client)}/${sha256}`
  throw new RuntimeError(`${JSON.stringify(sha256)} is no SHA-256, which has 64 digits of 0-9 and a-f`, {
    code: "wrong-argument",
  })
}

/** Runs work of the same name one after the other. */
const turns = () => {
  const last = new Map<string, Promise<unknown>>()
  return async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const before = last.get(name) ?? Promise.resolve()
    const own = before.then(work, work)
    last.set(name, own)
    try {
      return await own
    } finally {
      if (last.get(name) === own) last.delete(name)
    }
  }
}
