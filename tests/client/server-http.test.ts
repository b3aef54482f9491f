import { describe, expect, test, vi } from "vitest"
import { refusalOf } from "../../src/client/index.ts"
import { ServerHttp } from "../../src/client/server-http.ts"
import { refusal } from "./service.ts"

/** Answers in turn; the last goes on. An error is thrown as a network's. */
const answering = (...answers: readonly (() => Response)[]) => {
  let calls = 0
  const fetch = vi.fn(async () => answers[Math.min(calls++, answers.length - 1)]!())
  return { fetch, calls: () => calls }
}
const lost = (): never => {
  throw new TypeError("fetch failed")
}
const reply = () => new Response(Uint8Array.of(7))
const run = (http: ServerHttp, isRepeatable = true) =>
  http.run("m", "k", Uint8Array.of(1), { isRepeatable, signal: undefined })

describe("a request", () => {
  test("is sent again after the network failed, a few times", async () => {
    const { fetch, calls } = answering(lost, lost, reply)
    expect((await run(new ServerHttp("http://s", { fetch }))).reply).toEqual(Uint8Array.of(7))
    expect(calls()).toBe(3)
    const down = answering(lost)
    await expect(run(new ServerHttp("http://s", { fetch: down.fetch, retries: 1 }))).rejects.toThrow(
      "the run did not reach http://s/ in 2 attempts: fetch failed\ncheck the address",
    )
    expect(down.calls()).toBe(2)
  })

  test("that the server answers only once is not sent again", async () => {
    const { fetch, calls } = answering(lost, reply)
    await expect(run(new ServerHttp("http://s", { fetch }), false)).rejects.toThrow("the run did not reach")
    expect(calls()).toBe(1)
  })

  test("waits as long as a busy server says, and no longer than its patience", async () => {
    const busy = () => refusal(429, "busy", "full", { "retry-after": "1" })
    const { fetch, calls } = answering(busy, reply)
    const began = performance.now()
    await run(new ServerHttp("http://s", { fetch }))
    expect(performance.now() - began).toBeGreaterThan(990)
    expect(calls()).toBe(2)
    const full = answering(busy)
    const failed = run(new ServerHttp("http://s", { fetch: full.fetch, patience: 1500 }))
    await expect(failed).rejects.toThrow("the run was refused with 429 busy: full\ntry again later")
    expect(full.calls()).toBe(2)
  })

  test("does not press a server that asks for no pause", async () => {
    const { fetch, calls } = answering(() => refusal(429, "busy", "full", { "retry-after": "0" }))
    await expect(run(new ServerHttp("http://s", { fetch, patience: 500 }))).rejects.toThrow("429 busy")
    expect(calls()).toBeLessThan(6)
  })

  test("takes no more of an answer than it can need, and does not ask again", async () => {
    const { fetch, calls } = answering(() => new Response(new Uint8Array(9)))
    const http = new ServerHttp("http://s", { fetch })
    const asked = (most: number) =>
      http.run("m", "k", Uint8Array.of(1), { most, isRepeatable: true, signal: undefined })
    expect((await asked(9)).reply).toHaveLength(9)
    await expect(asked(8)).rejects.toThrow("the answer to the run has more than 8 bytes")
    expect(calls()).toBe(2)
  })

  test("that is refused is not sent again, and the error says what the server answered", async () => {
    const { fetch, calls } = answering(() => refusal(401, "unauthorized", "who?"))
    const error: unknown = await new ServerHttp("http://s", { fetch }).models().catch((reason) => reason)
    expect(refusalOf(error)).toEqual({ status: 401, code: "unauthorized" })
    expect(String(error)).toContain("give connect the right `token`")
    expect(calls()).toBe(1)
    const html = answering(() => new Response("<h1>Bad Gateway</h1>", { status: 500 }))
    const page = await new ServerHttp("http://s", { fetch: html.fetch }).models().catch((reason) => reason)
    expect(String(page)).toContain("500 unknown: <h1>Bad Gateway</h1>")
  })

  test("goes below the path of the server's address", async () => {
    const { fetch } = answering(() => new Response(null, { status: 404 }))
    expect(await new ServerHttp("http://s/lutra", { fetch }).hasKeys("ab")).toBe(false)
    expect(fetch.mock.calls).toMatchObject([[new URL("http://s/lutra/v1/keys/ab"), { method: "HEAD" }]])
  })
})

test("another server's answer to the list of models is refused", async () => {
  const { fetch } = answering(() => new Response("<html>"))
  await expect(new ServerHttp("http://s", { fetch }).models()).rejects.toThrow(
    "http://s/ lists no models: is it a server of Lutra?",
  )
})
