import { describe, expect, test, vi } from "vitest"
import { refusalOf } from "../../src/connect/index.ts"
import { ServerHttp } from "../../src/connect/server-http.ts"
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
      "the run did not reach http://s/ in 2 attempts over 0 seconds: fetch failed\ncheck the address",
    )
    expect(down.calls()).toBe(2)
  })

  test("is tried again for half a minute, as long as a server takes that is restarted", async () => {
    vi.useFakeTimers()
    try {
      const began = Date.now()
      const restarting = vi.fn(async () => (Date.now() - began < 30_000 ? lost() : reply()))
      const answer = run(new ServerHttp("http://s", { fetch: restarting }))
      await vi.advanceTimersByTimeAsync(60_000)
      expect((await answer).reply).toEqual(Uint8Array.of(7))
      const down = answering(lost)
      const failed = run(new ServerHttp("http://s", { fetch: down.fetch })).catch((error) => String(error))
      await vi.advanceTimersByTimeAsync(60_000)
      expect(await failed).toMatch(
        /did not reach http:\/\/s\/ in \d+ attempts over 3\d seconds: fetch failed/,
      )
      expect(down.calls()).toBeLessThan(30)
    } finally {
      vi.useRealTimers()
    }
  })

  test("has a deadline, after which it is not sent again", async () => {
    const hanging = vi.fn(
      (_: unknown, { signal }: RequestInit = {}) =>
        new Promise<Response>((_, reject) => {
          signal!.addEventListener("abort", () => reject(signal!.reason))
        }),
    )
    const http = new ServerHttp("http://s", { fetch: hanging as typeof fetch, timeout: 50 })
    await expect(run(http)).rejects.toThrow(
      "the run was not answered by http://s/ in 0.05 seconds\ntry again",
    )
    await expect(http.models()).rejects.toThrow("the list of models was not answered")
    expect(hanging).toHaveBeenCalledTimes(2)
    // Without a `timeout` too there is a signal that ends it.
    const asked = answering(() => Response.json({ models: [] }))
    await new ServerHttp("http://s", { fetch: asked.fetch }).models()
    expect(asked.fetch.mock.calls).toMatchObject([
      [new URL("http://s/v1/models"), { signal: expect.any(AbortSignal) }],
    ])
  })

  test("is not sent to another origin", async () => {
    const moved = (status: number, location: string) => () =>
      new Response(null, { status, headers: { location } })
    for (const [status, to] of [
      [307, "https://elsewhere.test/v1/models/m/run"],
      [308, "http://s:81/v1/models/m/run"],
      [302, "/v1/models/m/run/"],
      [301, "https://s/"],
    ] as const) {
      const { fetch, calls } = answering(moved(status, to), reply)
      await expect(run(new ServerHttp("http://s", { fetch }))).rejects.toThrow(
        `the run was redirected from http://s/ to ${new URL(to, "http://s").href}, which is not followed`,
      )
      expect(calls()).toBe(1)
    }
    const within = answering(moved(308, "/lutra/v1/models/m/run"), reply)
    expect((await run(new ServerHttp("http://s", { fetch: within.fetch }))).reply).toEqual(Uint8Array.of(7))
    expect(within.fetch.mock.calls).toMatchObject([
      [{}, { redirect: "manual" }],
      [new URL("http://s/lutra/v1/models/m/run"), { method: "POST" }],
    ])
    const circle = answering(moved(307, "/v1/models/m/run"))
    await expect(run(new ServerHttp("http://s", { fetch: circle.fetch }))).rejects.toThrow("is not followed")
    expect(circle.calls()).toBeLessThan(10)
    // A browser hides where it leads, and a `fetch` of one's own may have followed.
    for (const shown of [{ type: "opaqueredirect" }, { url: "https://elsewhere.test/" }]) {
      const hidden = Object.defineProperties(
        reply(),
        Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, { value }])),
      )
      const { fetch } = answering(() => hidden)
      await expect(run(new ServerHttp("http://s", { fetch }))).rejects.toThrow(
        "was redirected from http://s/",
      )
    }
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
