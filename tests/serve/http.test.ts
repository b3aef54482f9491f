import { request as httpRequest } from "node:http"
import { connect } from "node:net"
import { text } from "node:stream/consumers"
import { describe, expect, test } from "vitest"
import { readSpec } from "../../src/client.ts"
import { compile, enc, uint } from "../../src/index.ts"
import { readTokens, ServiceError } from "../../src/serve/index.ts"
import {
  emptyKeys,
  emptyRequest,
  FakeEvaluator,
  memoryStorage,
  other,
  refusal,
  score,
  sha256,
  soon,
  start,
} from "./support.ts"

const keys = emptyKeys(score.spec)
const id = sha256(keys)
const request = emptyRequest(score.spec)
const RUN = "/v1/models/score/run"
const named = { headers: { "lutra-keys": id } }

/** A service whose jobs are answered by their first byte doubled, or as the test says. */
const startFake = async (options: Parameters<typeof start>[0] = {}) => {
  const evaluator = new FakeEvaluator()
  return { evaluator, ...(await start({ createEvaluator: () => evaluator, ...options })) }
}

/** The same with keys in it. */
const startWithKeys = async (options: Parameters<typeof start>[0] = {}) => {
  const started = await startFake(options)
  expect((await started.fetch("PUT", `/v1/keys/${id}`, { body: keys })).status).toBe(201)
  return started
}

describe("models", () => {
  test("are listed with their hashes and sizes", async () => {
    const { fetch } = await startFake({ models: { first: score, second: other } })
    const { models } = (await (await fetch("GET", "/v1/models")).json()) as {
      models: { name: string; hash: string; bytes: { keys: number } }[]
    }
    expect(models.map(({ name, hash }) => [name, hash])).toEqual([
      ["first", score.spec.hash],
      ["second", other.spec.hash],
    ])
    expect(models[0]!.bytes.keys).toBe(keys.length)
  })

  test("give clients their part, once as long as its hash is the same", async () => {
    const { fetch } = await startFake()
    const response = await fetch("GET", "/v1/models/score")
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(readSpec(bytes)).toEqual(score.spec)
    expect(Buffer.from(bytes).includes("-2")).toBe(false)
    const tag = response.headers.get("etag")!
    expect(tag).toBe(`"${sha256(bytes)}"`)
    const again = await fetch("GET", "/v1/models/score", { headers: { "if-none-match": tag } })
    expect([again.status, await again.text()]).toEqual([304, ""])
  })

  test("must have names of their own, which fit in a path", async () => {
    const evaluator = { createEvaluator: () => new FakeEvaluator() }
    await expect(start({ models: [score, score], ...evaluator })).rejects.toThrow(
      "two models are called score",
    )
    await expect(start({ models: { "a/b": score }, ...evaluator })).rejects.toThrow(
      '"a/b" cannot be the name of a served model',
    )
    await expect(start({ models: [], ...evaluator })).rejects.toThrow("there is no model to serve")
  })
})

describe("keys", () => {
  test("are stored once, found, and deleted", async () => {
    const { fetch } = await startFake()
    const path = `/v1/keys/${id}`
    expect((await fetch("HEAD", path)).status).toBe(404)
    expect((await fetch("PUT", path, { body: keys })).status).toBe(201)
    expect((await fetch("PUT", path, { body: keys })).status).toBe(200)
    expect((await fetch("HEAD", path)).status).toBe(200)
    expect((await fetch("DELETE", path)).status).toBe(204)
    expect((await fetch("DELETE", path)).status).toBe(204)
    expect((await fetch("HEAD", path)).status).toBe(404)
  })

  test("that are not what they must be are refused and not stored", async () => {
    const storage = memoryStorage()
    const { fetch } = await startFake({ storage })
    const put = async (bytes: Uint8Array, name = sha256(bytes)) =>
      refusal(await fetch("PUT", `/v1/keys/${name}`, { body: bytes }))
    const altered = Uint8Array.from(keys)
    altered[keys.length >> 1]! ^= 1
    expect(await put(altered)).toBe("400 damaged")
    expect(await put(altered, id)).toBe("400 damaged")
    expect(await put(keys, "0".repeat(64))).toBe("400 damaged")
    expect(await put(keys, id.toUpperCase())).toBe("400 damaged")
    expect(await put(keys, "..%2f..%2fetc")).toBe("400 damaged")
    expect(await put(keys.subarray(0, -1))).toBe("400 damaged")
    expect(await put(emptyKeys(other.spec))).toBe("400 damaged")
    expect(await put(new Uint8Array(keys.length))).toBe("400 damaged")
    expect(await put(Uint8Array.of(...new Uint8Array(100), 1))).toBe("400 damaged")
    expect(await put(request)).toBe("400 damaged")
    expect(await put(new Uint8Array(keys.length + 1))).toBe("413 too-large")
    expect((await fetch("PUT", `/v1/keys/${id}`)).status).toBe(400)
    expect([...storage.files.keys()]).toEqual([])
  })

  test("of every model are taken, and count against a quota", async () => {
    const second = emptyKeys(other.spec)
    const { fetch } = await startFake({ models: [score, other], keyLimits: { maxCount: 1 } })
    expect((await fetch("PUT", `/v1/keys/${sha256(second)}`, { body: second })).status).toBe(201)
    expect(await refusal(await fetch("PUT", `/v1/keys/${id}`, { body: keys }))).toBe("507 quota")
  })

  test("of one token do not exist for another", async () => {
    const authenticate = readTokens("alice a-token\nbob b-token")
    const { fetch, evaluator } = await startFake({ authenticate })
    evaluator.answer = () => Uint8Array.of(1)
    const as = (token: string, method: string, path = `/v1/keys/${id}`, more = {}) =>
      fetch(method, path, { token, ...more })
    expect((await as("a-token", "PUT", undefined, { body: keys })).status).toBe(201)
    expect((await as("b-token", "HEAD")).status).toBe(404)
    const run = { body: request, ...named }
    const never = await as("b-token", "POST", RUN, { ...run, headers: { "lutra-keys": "0".repeat(64) } })
    const foreign = await as("b-token", "POST", RUN, run)
    expect([foreign.status, await foreign.text()]).toEqual([404, await never.text()])
    expect((await as("b-token", "DELETE")).status).toBe(204)
    expect((await as("a-token", "HEAD")).status).toBe(200)
    // The same bytes are new when another client sends them.
    expect((await as("b-token", "PUT", undefined, { body: keys })).status).toBe(201)
    expect((await as("a-token", "POST", RUN, run)).status).toBe(200)
    expect(evaluator.begun.map(({ client }) => client)).toEqual(["alice"])
  })
})

describe("tokens", () => {
  test("are asked for by all but health and metrics", async () => {
    const { fetch } = await startFake({ authenticate: readTokens("alice a-token") })
    for (const path of ["/healthz", "/readyz", "/metrics"])
      expect((await fetch("GET", path)).status).toBe(200)
    const asked: [string, string][] = [
      ["GET", "/v1/models"],
      ["GET", "/v1/models/score"],
      ["GET", "/v1/models/none"],
      ["PUT", `/v1/keys/${id}`],
      ["DELETE", `/v1/keys/${id}`],
      ["POST", RUN],
      ["GET", "/nothing"],
    ]
    for (const [method, path] of asked) {
      for (const token of [undefined, "b-token", "a-toke", "a-token2", ""]) {
        const response = await fetch(method, path, token === undefined ? {} : { token })
        expect(`${method} ${path} ${await refusal(response)}`).toBe(`${method} ${path} 401 unauthorized`)
        expect(response.headers.get("www-authenticate")).toBe("Bearer")
      }
    }
    expect((await fetch("HEAD", `/v1/keys/${id}`)).status).toBe(401)
    expect((await fetch("GET", "/v1/models", { token: "a-token" })).status).toBe(200)
  })

  test("may belong to names that take a while to find, and none is not asked about", async () => {
    const asked: string[] = []
    const authenticate = async (token: string) => {
      asked.push(token)
      return token === "a-token" ? "alice" : undefined
    }
    const { fetch } = await startFake({ authenticate })
    expect((await fetch("GET", "/v1/models", { token: "a-token" })).status).toBe(200)
    expect((await fetch("GET", "/v1/models", { token: "b-token" })).status).toBe(401)
    expect((await fetch("GET", "/v1/models")).status).toBe(401)
    expect(asked).toEqual(["a-token", "b-token"])
  })

  test("are needed where others can reach the service", async () => {
    const { service } = await startFake()
    await expect(service.listen({ port: 0, host: "0.0.0.0" })).rejects.toThrow(
      "0.0.0.0 can be reached by others, and there are no tokens",
    )
  })

  test("without them a page that gives this machine another name is refused", async () => {
    const { url } = await startFake()
    const asked = (path: string) =>
      new Promise((resolve, reject) => {
        const options = { headers: { host: "evil.example" } }
        httpRequest(`${url}${path}`, options, ({ statusCode }) => resolve(statusCode))
          .on("error", reject)
          .end()
      })
    expect(await asked("/v1/models")).toBe(421)
    expect(await asked("/metrics")).toBe(421)
    expect(await asked("/healthz")).toBe(200)
  })
})

describe("a run", () => {
  test("gives the evaluator the client's request and answers with its reply", async () => {
    const { fetch, evaluator } = await startWithKeys()
    evaluator.answer = () => Uint8Array.of(1, 2, 3)
    const response = await fetch("POST", RUN, { body: request, ...named })
    expect([response.status, [...new Uint8Array(await response.arrayBuffer())]]).toEqual([200, [1, 2, 3]])
    expect(response.headers.get("content-type")).toBe("application/octet-stream")
    expect(response.headers.get("server-timing")).toMatch(/^wait;dur=[\d.]+, run;dur=[\d.]+$/)
    const [{ request: given, ...job }] = evaluator.begun as [(typeof evaluator.begun)[0]]
    expect(job).toEqual({ model: "score", client: "anonymous", keys: id })
    expect(Buffer.compare(given, request)).toBe(0)
  })

  test("is refused for what can be seen to be wrong, before anything is run", async () => {
    const { fetch, evaluator } = await startWithKeys({ maxGroups: 1 })
    const run = async (path: string, keysId: string | undefined, body: Uint8Array) =>
      refusal(
        await fetch("POST", path, { body, headers: keysId === undefined ? {} : { "lutra-keys": keysId } }),
      )
    expect(await run("/v1/models/none/run", id, request)).toBe("404 unknown-model")
    expect(await run(RUN, "f".repeat(64), request)).toBe("404 unknown-keys")
    expect(await run(RUN, undefined, request)).toBe("400 damaged")
    expect(await run(RUN, "../../keys", request)).toBe("400 damaged")
    expect(await run(RUN, id, emptyRequest(other.spec))).toBe("400 damaged")
    expect(await run(RUN, id, request.subarray(0, -1))).toBe("400 damaged")
    expect(await run(RUN, id, Uint8Array.of(1))).toBe("400 damaged")
    expect(await run(RUN, id, new Uint8Array(request.length + 1))).toBe("413 too-large")
    const altered = Uint8Array.from(request)
    altered[100]! ^= 1
    expect(await run(RUN, id, altered)).toBe("400 damaged")
    expect((await fetch("POST", RUN, named)).status).toBe(400)
    expect(evaluator.begun).toEqual([])
  })

  test("may be as large as the groups of samples that are allowed", async () => {
    const { fetch, evaluator } = await startWithKeys({ maxGroups: 2 })
    evaluator.answer = () => Uint8Array.of(1)
    const lanes = score.report().lanes
    const run = async (samples: number) =>
      (await fetch("POST", RUN, { body: emptyRequest(score.spec, samples), ...named })).status
    expect(await run(2 * lanes)).toBe(200)
    expect(await run(2 * lanes + 1)).toBe(413)
  })

  test("may not be larger for one model because another takes more", async () => {
    const large = compile({ x: enc(uint(4), [20_000]) }, ({ x }) => x.add(1), { name: "large" })
    const { fetch } = await startWithKeys({ models: [score, large], maxGroups: 1 })
    const sizes = (await (await fetch("GET", "/v1/models")).json()) as {
      models: { bytes: { mostRequest: number } }[]
    }
    const [own, most] = sizes.models.map(({ bytes }) => bytes.mostRequest)
    expect(own! + 1).toBeLessThan(most!)
    const response = await fetch("POST", RUN, { body: new Uint8Array(own! + 1), ...named })
    expect(await refusal(response)).toBe("413 too-large")
  })

  test("tells what an evaluator refuses, and nothing of what is the server's fault", async () => {
    const { fetch, evaluator, log } = await startWithKeys()
    const fail = async (error: Error) => {
      evaluator.answer = () => {
        throw error
      }
      const response = await fetch("POST", RUN, { body: request, ...named })
      return { status: response.status, body: await response.text() }
    }
    expect(await fail(new ServiceError("damaged", "SEAL could not read it"))).toEqual({
      status: 400,
      body: '{"error":{"code":"damaged","message":"SEAL could not read it"}}',
    })
    expect((await fail(new ServiceError("timeout", "too long"))).status).toBe(504)
    const failed = await fail(new Error("the disk /private is full"))
    expect(failed.status).toBe(500)
    expect(failed.body).not.toContain("private")
    expect(log()).toContain("the disk /private is full")
  })

  test("waits for its turn, and is refused when too many wait", async () => {
    const { fetch, evaluator } = await startWithKeys({ maxWaiting: 2 })
    const run = () => fetch("POST", RUN, { body: request, ...named })
    const runs = [run(), run(), run()]
    await soon(() => evaluator.begun.length).toBe(1)
    await soon(async () =>
      (await (await fetch("GET", "/metrics")).text()).includes("lutra_queue_waiting 2"),
    ).toBe(true)
    const refused = await run()
    expect(await refusal(refused)).toBe("429 busy")
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1)
    for (const i of [0, 1, 2]) {
      await soon(() => evaluator.begun.length).toBe(i + 1)
      evaluator.end(i)
    }
    const replies = await Promise.all(runs)
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200])
  })

  test("of a client that has gone is told to the evaluator, or never begun", async () => {
    const { fetch, evaluator, log } = await startWithKeys()
    const gone = new AbortController()
    const stay = fetch("POST", RUN, { body: request, ...named })
    await soon(() => evaluator.begun.length).toBe(1)
    const waiting = fetch("POST", RUN, { body: request, ...named, signal: gone.signal }).catch(() => "gone")
    const metrics = async () => (await fetch("GET", "/metrics")).text()
    await soon(metrics).toContain("lutra_queue_waiting 1")
    gone.abort()
    expect(await waiting).toBe("gone")
    await soon(metrics).toContain("lutra_queue_waiting 0")
    evaluator.end(0)
    expect((await stay).status).toBe(200)

    const leaving = new AbortController()
    const running = fetch("POST", RUN, { body: request, ...named, signal: leaving.signal }).catch(
      () => "gone",
    )
    await soon(() => evaluator.begun.length).toBe(2)
    expect(evaluator.signals[1]!.aborted).toBe(false)
    leaving.abort()
    expect(await running).toBe("gone")
    await soon(() => evaluator.signals[1]!.aborted).toBe(true)
    evaluator.end(1)
    await soon(log).toContain('"status":499')
    evaluator.answer = () => Uint8Array.of(1)
    expect((await fetch("POST", RUN, { body: request, ...named })).status).toBe(200)
    expect(evaluator.begun.length).toBe(3)
  })
})

describe("a connection", () => {
  /** What a server says to these bytes, until it closes the connection. */
  const send = async (url: string, bytes: string): Promise<string> => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1")
    socket.on("error", () => {})
    socket.write(bytes)
    return text(socket)
  }

  /** Sends a body without end, and returns what was answered and how many bytes were taken until the connection ended. */
  const flood = (url: string, head: string): Promise<{ readonly answer: string; readonly taken: number }> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(url).port), "127.0.0.1")
      let answer = ""
      const chunk = Buffer.alloc(2 ** 16)
      const pour = (): void => {
        while (!socket.destroyed && socket.write(chunk));
      }
      socket.on("drain", pour).on("error", () => {})
      socket.on("data", (bytes: Buffer) => {
        answer += bytes
      })
      socket.on("close", () => resolve({ answer, taken: socket.bytesWritten - socket.writableLength }))
      socket.write(head)
      pour()
    })

  test.each([
    ["without a token", "GET /v1/models", "401", "unauthorized", 10 ** 12],
    ["of a run without a token", `POST ${RUN}`, "401", "unauthorized", 10 ** 12],
    ["too large", `PUT /v1/keys/${"0".repeat(64)}`, "413", "too-large", 10 ** 12],
    ["for nothing that is here", "POST /v1/nothing", "413", "too-large", 10 ** 12],
  ])(
    "whose body is refused before it was read is closed, and not read on: %s",
    async (_, line, status, code, length) => {
      const { url } = await startFake(status === "401" ? { authenticate: () => undefined } : {})
      const head = `${line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`
      const { answer, taken } = await flood(url, head)
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*connection: close.*"code":"${code}"`, "is"))
      // What lingers, and what the system holds on its way.
      expect(taken).toBeLessThan(2 ** 25)
    },
  )

  test("whose request does not come in is ended with 408, and its place is free", async () => {
    const { url, fetch } = await startWithKeys({ requestSeconds: 1 })
    const head = `POST ${RUN} HTTP/1.1\r\nHost: localhost\r\nLutra-Keys: ${id}\r\nContent-Length: 100\r\n\r\nabc`
    const answer = send(url, head)
    const metrics = async () => (await fetch("GET", "/metrics")).text()
    await soon(metrics).toContain("lutra_queue_waiting 1")
    expect(await answer).toMatch(/^HTTP\/1\.1 408 .*"code":"slow"/s)
    await soon(metrics).toContain("lutra_queue_waiting 0")
  })

  test("that ends frees the places of all its requests, also of those behind another", async () => {
    const { url, fetch, evaluator, log } = await startWithKeys()
    const socket = connect(Number(new URL(url).port), "127.0.0.1")
    const head = (line: string, length: number) =>
      `${line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n`
    socket.write(`${head(`POST ${RUN}`, request.length)}Lutra-Keys: ${id}\r\n\r\n`)
    socket.write(request)
    await soon(() => evaluator.begun.length).toBe(1)
    socket.write(`${head(`POST ${RUN}`, request.length)}Lutra-Keys: ${id}\r\n\r\n`)
    socket.write(request)
    const metrics = async () => (await fetch("GET", "/metrics")).text()
    await soon(metrics).toContain("lutra_queue_waiting 1")
    socket.write(`${head(`POST ${RUN}`, request.length)}Lutra-Keys: ${id}\r\n\r\nabc`)
    await soon(metrics).toContain("lutra_queue_waiting 2")
    socket.destroy()
    await soon(metrics).toContain("lutra_queue_waiting 0")
    expect(evaluator.signals[0]!.aborted).toBe(true)
    process.stderr.write(log())
    expect(log().match(/"status":499/g)).toHaveLength(3)

    for (let i = 0; i < 2; i++) {
      const upload = connect(Number(new URL(url).port), "127.0.0.1")
      upload.write(`${head(`POST ${RUN}`, request.length)}Lutra-Keys: ${id}\r\n\r\n`)
      upload.write(request)
      upload.write(`${head(`PUT /v1/keys/${id}`, keys.length)}\r\nabc`)
      await soon(metrics).toContain("lutra_queue_waiting 1")
      upload.destroy()
      await soon(metrics).toContain("lutra_queue_waiting 0")
    }
    evaluator.end(0)
    expect((await fetch("PUT", `/v1/keys/${id}`, { body: keys })).status).toBe(200)
  })

  test("that ends after an upload does not make room for another before that is stored", async () => {
    const storage = memoryStorage()
    let release = (): void => {}
    const free = new Promise<void>((resolve) => {
      release = resolve
    })
    let puts = 0
    const { put } = storage
    storage.put = async (...args) => {
      puts++
      await free
      await put(...args)
    }
    const { fetch } = await startFake({ storage, models: [score, other] })
    const [first, second] = [keys, emptyKeys(other.spec)].map((body) => {
      const gone = new AbortController()
      const sent = fetch("PUT", `/v1/keys/${sha256(body)}`, { body, signal: gone.signal }).catch(() => "gone")
      return { gone, sent }
    })
    await soon(() => puts).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 200))
    first!.gone.abort()
    second!.gone.abort()
    expect(await Promise.all([first!.sent, second!.sent])).toEqual(["gone", "gone"])
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(await refusal(await fetch("PUT", `/v1/keys/${id}`, { body: keys }))).toBe("429 busy")
    release()
    await soon(() => storage.files.size).toBe(2)
    await soon(async () => (await fetch("PUT", `/v1/keys/${id}`, { body: keys })).status).toBe(200)
  })

  test("that takes nothing of its answer is ended", async () => {
    const { url, evaluator, log } = await startWithKeys({ answerSeconds: 0.2 })
    evaluator.answer = () => new Uint8Array(2 ** 26)
    const socket = connect(Number(new URL(url).port), "127.0.0.1")
    socket.on("error", () => {})
    socket.write(
      `POST ${RUN} HTTP/1.1\r\nHost: localhost\r\nLutra-Keys: ${id}\r\nContent-Length: ${request.length}\r\n\r\n`,
    )
    socket.write(request)
    await soon(log).toContain('"status":499')
    socket.destroy()
  })

  test("that speaks something else is ended with 400", async () => {
    const { url } = await startFake()
    expect(await send(url, "EHLO example.com\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 .*"code":"damaged"/s)
  })

  test("that asks for a path which cannot be read is answered", async () => {
    const { fetch } = await startFake()
    for (const path of [
      "/v1/models/%zz",
      `/v1/models/${"a".repeat(300)}`,
      "/v1/models/__proto__",
      "//",
      "/v1/keys/%00",
    ]) {
      expect(`${path} ${(await fetch("GET", path)).status}`).toBe(`${path} 404`)
    }
  })

  test("cannot send more in pieces than it may in one", async () => {
    const { url } = await startFake()
    const { port } = new URL(url)
    const status = await new Promise((resolve, reject) => {
      const sent = httpRequest({ port, method: "PUT", path: `/v1/keys/${id}` }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      sent.on("error", reject)
      const piece = Buffer.alloc(65_536)
      for (let bytes = 0; bytes <= keys.length; bytes += piece.length) sent.write(piece)
      sent.end()
    })
    expect(status).toBe(413)
  })
})

describe("origins", () => {
  const preflight = {
    headers: {
      origin: "https://app.example",
      "access-control-request-method": "PUT",
      "access-control-request-headers": "authorization,content-type",
    },
  }

  test("that are named may use the service from a page", async () => {
    const options = { origins: ["https://app.example"], authenticate: readTokens("alice a-token") }
    const { fetch } = await startFake(options)
    const asked = await fetch("OPTIONS", `/v1/keys/${id}`, preflight)
    expect(asked.status).toBe(204)
    expect(asked.headers.get("access-control-allow-origin")).toBe("https://app.example")
    expect(asked.headers.get("access-control-allow-headers")).toContain("Lutra-Keys")
    const headers = { origin: "https://app.example" }
    const got = await fetch("GET", "/v1/models", { token: "a-token", headers })
    expect(got.headers.get("access-control-expose-headers")).toContain("Retry-After")
    const refused = await fetch("GET", "/v1/models", { headers })
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([
      401,
      "https://app.example",
    ])
    const foreign = await fetch("GET", "/v1/models", {
      token: "a-token",
      headers: { origin: "https://b.example" },
    })
    expect(foreign.headers.get("access-control-allow-origin")).not.toBe("https://b.example")
  })

  test("may not unless they are named", async () => {
    const { fetch } = await startFake()
    const asked = await fetch("OPTIONS", `/v1/keys/${id}`, preflight)
    expect([asked.status, asked.headers.get("access-control-allow-origin")]).toEqual([404, null])
  })
})
