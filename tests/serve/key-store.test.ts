import { createHash } from "node:crypto"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { RuntimeError } from "../../src/data/index.ts"
import { createKeyStore, QuotaError } from "../../src/serve/key-store.ts"
import { FilesystemStorage } from "../../src/serve/storage/filesystem.ts"
import type { Storage } from "../../src/serve/storage/storage.ts"

const HOUR = 3_600_000

let folder: string
let storage: Storage
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "lutra-keys-"))
  storage = await FilesystemStorage.open(folder)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const keys = (seed: number, length = 100): Uint8Array => Uint8Array.from({ length }, (_, i) => seed + i * 7)
const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")
const files = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /[0-9a-f]{64}.[0-9a-f]{64}$/.test(name),
  )

test("keys are found by their hash, stored once, and gone when deleted", async () => {
  const store = createKeyStore(storage)
  const [bytes, sha] = [keys(1), hash(keys(1))]
  expect([await store.has("ann", sha), await store.get("ann", sha)]).toEqual([false, undefined])
  expect(await store.put("ann", sha, bytes)).toBe("stored")
  expect(await store.put("ann", sha, bytes)).toBe("known")
  expect([await store.has("ann", sha), await store.get("ann", sha)]).toEqual([true, bytes])
  await store.delete("ann", sha)
  await store.delete("ann", sha)
  expect([await store.has("ann", sha), await store.get("ann", sha)]).toEqual([false, undefined])
})

test("a client neither finds nor deletes the keys of another, nor learns that they are known", async () => {
  const store = createKeyStore(storage)
  const [bytes, sha] = [keys(1), hash(keys(1))]
  await store.put("ann", sha, bytes)
  expect([await store.has("bob", sha), await store.get("bob", sha)]).toEqual([false, undefined])
  await store.delete("bob", sha)
  expect(await store.put("bob", sha, bytes)).toBe("stored")
  await store.delete("bob", sha)
  expect(await store.get("ann", sha)).toEqual(bytes)
})

test("a client may have any name, and the disk does not tell it", async () => {
  const store = createKeyStore(storage)
  const names = ["../../ann", "", "a/b", "ANN", "ann", "x".repeat(10_000), "\0"]
  for (const name of names) expect(await store.put(name, hash(keys(1)), keys(1))).toBe("stored")
  expect(files()).toHaveLength(names.length)
  expect(files().join()).not.toContain("ann")
})

test("what is no hash, and bytes of another hash, are refused and not stored", async () => {
  const store = createKeyStore(storage)
  for (const wrong of ["", "..", "0".repeat(63), "A".repeat(64), `${"0".repeat(62)}/.`]) {
    await expect(store.put("ann", wrong, keys(1))).rejects.toThrow("is no SHA-256")
    await expect(store.get("ann", wrong)).rejects.toThrow("is no SHA-256")
    await expect(store.has("ann", wrong)).rejects.toThrow("is no SHA-256")
    await expect(store.delete("ann", wrong)).rejects.toThrow("is no SHA-256")
  }
  const put = store.put("ann", hash(keys(1)), keys(2))
  await expect(put).rejects.toThrow(RuntimeError)
  await expect(put).rejects.toThrow(`the SHA-256 of these 100 bytes is not ${hash(keys(1))}\nsend them again`)
  expect(files()).toEqual([])
})

test.each([
  ["an altered byte", (bytes: Buffer) => bytes.fill(bytes[50]! ^ 1, 50, 51)],
  ["a missing end", (bytes: Buffer) => bytes.subarray(0, 60)],
  ["nothing left", () => Buffer.alloc(0)],
])("keys with %s on the disk are unknown, and can be stored again", async (_, damage) => {
  const store = createKeyStore(storage)
  const sha = hash(keys(1))
  await store.put("ann", sha, keys(1))
  const file = join(folder, files()[0]!)
  const bytes = readFileSync(file)
  writeFileSync(file, damage(bytes))
  expect(await store.get("ann", sha)).toBeUndefined()
  expect(await store.has("ann", sha)).toBe(false)
  expect(await store.put("ann", sha, keys(1))).toBe("stored")
  expect(await store.get("ann", sha)).toEqual(keys(1))
})

describe("the quota", () => {
  test("of bytes and of sets is each client's own; deleting makes room", async () => {
    const store = createKeyStore(storage, { maxBytes: 250, maxCount: 3 })
    const put = (client: string, seed: number, length = 100) =>
      store.put(client, hash(keys(seed, length)), keys(seed, length))
    await put("ann", 1)
    await put("ann", 2)
    const third = put("ann", 3)
    await expect(third).rejects.toThrow(QuotaError)
    await expect(third).rejects.toThrow(
      "3 sets of 300 bytes would be stored where 3 of 250 bytes are allowed\ndelete keys that are no longer used",
    )
    expect(await put("ann", 2)).toBe("known")
    expect(await put("bob", 3)).toBe("stored")
    expect(await put("ann", 3, 50)).toBe("stored")
    await expect(put("ann", 4, 0)).rejects.toThrow("4 sets of 250 bytes")
    await store.delete("ann", hash(keys(1)))
    expect(await put("ann", 4, 0)).toBe("stored")
  })

  test("holds when many are stored at once, also by two servers on one storage", async () => {
    const stores = [createKeyStore(storage, { maxCount: 5 }), createKeyStore(storage, { maxCount: 5 })]
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, i) => stores[i % 2]!.put("ann", hash(keys(i)), keys(i))),
    )
    const stored = results.filter(({ status }) => status === "fulfilled").length
    expect(files()).toHaveLength(stored)
    expect(stored).toBeLessThanOrEqual(5)
    for (const result of results)
      if (result.status === "rejected") expect(result.reason).toBeInstanceOf(QuotaError)
    const alone = createKeyStore(storage, { maxCount: 7 })
    const more = Array.from({ length: 30 }, (_, i) => alone.put("bob", hash(keys(i)), keys(i)))
    expect((await Promise.allSettled(more)).filter(({ status }) => status === "fulfilled")).toHaveLength(7)
  })

  test("does not count what has expired", async () => {
    let now = Date.now()
    const store = createKeyStore(storage, { maxCount: 1, maxAge: 10 * HOUR, now: () => now })
    await store.put("ann", hash(keys(1)), keys(1))
    now += 11 * HOUR
    expect(await store.put("ann", hash(keys(2)), keys(2))).toBe("stored")
    expect(files()).toHaveLength(1)
  })
})

describe("expiry", () => {
  test("counts from the last use", async () => {
    const start = Date.now()
    let now = start
    // The times of a folder are those of the machine; here they follow the test's clock.
    const clocked: Storage = {
      ...bind(storage),
      stat: async (path) => shift(await storage.stat(path), times.get(path)),
      touch: async (path) => void times.set(path, new Date(now)),
      list: async function* (prefix) {
        for await (const one of storage.list(prefix)) yield shift(one, times.get(one.path))
      },
    }
    const times = new Map<string, Date>()
    const store = createKeyStore(clocked, { maxAge: 10 * HOUR, now: () => now })
    const [used, unused] = [hash(keys(1)), hash(keys(2))]
    await store.put("ann", used, keys(1))
    await store.put("ann", unused, keys(2))
    now = start + 8 * HOUR
    expect(await store.get("ann", used)).toEqual(keys(1))
    expect(await store.sweep()).toBe(0)
    now = start + 12 * HOUR
    expect([await store.has("ann", used), await store.has("ann", unused)]).toEqual([true, false])
    expect(await store.get("ann", unused)).toBeUndefined()
    expect(await store.sweep()).toBe(1)
    expect(files()).toHaveLength(1)
    now = start + 23 * HOUR
    expect(await store.sweep()).toBe(1)
    expect(files()).toEqual([])
  })

  test("touches the storage once an hour at most", async () => {
    let now = Date.now()
    let touched = 0
    const counting: Storage = { ...bind(storage), touch: async () => void touched++ }
    const store = createKeyStore(counting, { now: () => now })
    await store.put("ann", hash(keys(1)), keys(1))
    for (let i = 0; i < 5; i++) await store.get("ann", hash(keys(1)))
    expect(touched).toBe(0)
    now += HOUR + 10_000
    await store.get("ann", hash(keys(1)))
    expect(touched).toBe(1)
  })

  test("spares what another server has used since it was listed", async () => {
    const store = createKeyStore(
      {
        ...bind(storage),
        list: async function* (prefix) {
          for await (const one of storage.list(prefix)) yield { ...one, modified: new Date(0) }
        },
      },
      { maxAge: 10 * HOUR },
    )
    await store.put("ann", hash(keys(1)), keys(1))
    expect(await store.sweep()).toBe(0)
    expect(files()).toHaveLength(1)
  })
})

const bind = (storage: Storage): Storage => ({
  put: (path, bytes) => storage.put(path, bytes),
  get: (path) => storage.get(path),
  stat: (path) => storage.stat(path),
  delete: (path) => storage.delete(path),
  list: (prefix) => storage.list(prefix),
  touch: (path) => storage.touch(path),
})

const shift = <T>(found: T, modified: Date | undefined): T =>
  found && modified ? { ...found, modified } : found
