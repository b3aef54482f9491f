import { RuntimeError } from "../../data/errors.ts"
import type { KeyStorage, StoredKeys } from "./key-storage.ts"

const STORE = "keys"

/**
 * Keys in IndexedDB, in the database `name`. The secret key lies there as it is: every script of this origin can read it, and
 * so can whoever reads the profile of the browser on disk. Throws RuntimeError where there is no IndexedDB or it refuses.
 */
export const indexedDbKeys = (name = "lutra"): KeyStorage => ({
  indexedDbName: name,
  load: (id) => inStore<StoredKeys | undefined>(name, "readonly", (store) => store.get(id)),
  save: async (id, keys) => void (await inStore(name, "readwrite", (store) => store.put(keys, id))),
  remove: async (id) => void (await inStore(name, "readwrite", (store) => store.delete(id))),
})

/** Runs one request in a transaction of its own, and resolves when that is complete. */
const inStore = async <T>(
  name: string,
  mode: IDBTransactionMode,
  step: (store: IDBObjectStore) => IDBRequest,
): Promise<T> => {
  if (globalThis.indexedDB === undefined) {
    throw new RuntimeError("there is no IndexedDB here\nleave out `keys`, or give a storage of your own", {
      code: "platform",
    })
  }
  const database = await opened(name)
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode)
      const request = step(transaction.objectStore(STORE))
      transaction.oncomplete = () => resolve(request.result)
      transaction.onerror = () => reject(refused(name, transaction.error))
      transaction.onabort = () => reject(refused(name, transaction.error))
    })
  } finally {
    database.close()
  }
}

const opened = (name: string): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(refused(name, request.error))
    request.onblocked = () =>
      reject(refused(name, new Error("another tab holds an older version of it open")))
  })

const refused = (name: string, cause: Error | null): RuntimeError =>
  new RuntimeError(
    `the database "${name}" of this browser cannot be used: ${cause?.message ?? "it gave up"}\n` +
      "private windows and full disks refuse it; without `keys` new keys are made for each visit",
    { code: "storage", cause },
  )
