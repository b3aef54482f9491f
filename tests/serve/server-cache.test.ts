import { expect, test } from "vitest"
import type { Server } from "../../src/runtime/index.ts"
import { ServerCache } from "../../src/serve/evaluator/server-cache.ts"

/** A cache of servers of which each use costs memory; what was made and disposed of is noted. */
const cacheOf = (mostBytes: number) => {
  const made: string[] = []
  const disposed: string[] = []
  let memory = 0
  const cache = new ServerCache(mostBytes, () => memory)
  const use = (holder: string, bytes: number, error?: Error) =>
    cache.use(
      holder,
      async () => {
        made.push(holder)
        return { dispose: () => disposed.push(holder) } as unknown as Server
      },
      async () => {
        memory += bytes
        if (error !== undefined) throw error
        return holder
      },
      ({ message }: Error) => message === "broken",
    )
  return {
    cache,
    made,
    disposed,
    use: use as (holder: string, bytes: number, error?: Error) => Promise<string>,
  }
}

test("a server is made once, and the least recently used goes when there is too much", async () => {
  const { cache, made, disposed, use } = cacheOf(100)
  for (const holder of ["a", "b", "a"]) expect(await use(holder, 30)).toBe(holder)
  expect([made, disposed]).toEqual([["a", "b"], []])
  await use("c", 30)
  expect(disposed).toEqual(["b"])
  expect(cache.holders).toEqual(["a", "c"])
  await use("b", 10)
  expect(made).toEqual(["a", "b", "c", "b"])
})

test("the server of the last job stays, however large it is", async () => {
  const { cache, disposed, use } = cacheOf(100)
  await use("a", 30)
  await use("b", 1000)
  expect([cache.holders, disposed]).toEqual([["b"], ["a"]])
})

test("a server that is broken goes, and one whose request was refused stays", async () => {
  const { cache, disposed, use } = cacheOf(100)
  await expect(use("a", 10, new Error("refused"))).rejects.toThrow("refused")
  await expect(use("b", 10, new Error("broken"))).rejects.toThrow("broken")
  expect([cache.holders, disposed]).toEqual([["a"], ["b"]])
})
