import { readdirSync, readFileSync } from "node:fs"
import { request as httpRequest } from "node:http"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { openApi } from "../../src/serve/http/openapi.ts"
import { readTokens, ServiceError } from "../../src/serve/index.ts"
import {
  emptyKeys,
  emptyRequest,
  FakeEvaluator,
  memoryStorage,
  score,
  sha256,
  soon,
  start,
} from "./support.ts"

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>
}

const document = openApi()
const HTTP = join(import.meta.dirname, "../../src/serve/http")

/** `GET /v1/models/{name}` and the like, as described. */
const described = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item as unknown as Record<string, Operation>)
    .filter(([method]) => method !== "parameters")
    .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
)
const nameOf = ({ method, path }: { readonly method: string; readonly path: string }) => `${method} ${path}`

const keys = emptyKeys(score.spec)
const id = sha256(keys)
const request = emptyRequest(score.spec)
const body = request

/** `GET /v1/models/{name} 200` and the like, as answered. */
const answered = new Set<string>()

/** Asks, remembers what was answered where, and checks the answer's type. */
const asking =
  (fetch: Awaited<ReturnType<typeof start>>["fetch"]) =>
  async (
    method: string,
    path: string,
    ...[options]: Parameters<Awaited<ReturnType<typeof start>>["fetch"]> extends [string, string, ...infer R]
      ? R
      : never
  ): Promise<number> => {
    const response = await fetch(method, path, options)
    const one = described.find(
      (each) =>
        each.method === method && new RegExp(`^${each.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path),
    )!
    const { status } = response
    answered.add(`${nameOf(one)} ${status}`)
    const { content } = one.operation.responses[status] ?? {}
    const bytes = await response.arrayBuffer()
    if (content === undefined) expect(bytes.byteLength, `${nameOf(one)} ${status}`).toBe(0)
    else expect(response.headers.get("content-type"), nameOf(one)).toContain(Object.keys(content)[0])
    return status
  }

const RUN = "/v1/models/score/run"
const named = { headers: { "lutra-keys": id } }

describe("every answer is described, and all that is described is answered", () => {
  afterAll(() => {
    const all = described.flatMap((one) =>
      Object.keys(one.operation.responses).map((status) => `${nameOf(one)} ${status}`),
    )
    // A body that comes too slowly is refused before any route is known; its answer is tested with the others of that kind.
    const slow = all.filter((name) => name.endsWith(" 408"))
    expect(slow).toEqual(["POST /v1/models/{name}/run 408", "PUT /v1/keys/{sha256} 408"])
    expect([...answered, ...slow].sort()).toEqual(all.sort())
  })

  test("of a server that works", async () => {
    const evaluator = new FakeEvaluator()
    evaluator.answer = ({ request }) => request.slice(0, 4)
    const ask = asking((await start({ createEvaluator: () => evaluator })).fetch)
    for (const path of ["/healthz", "/readyz", "/metrics", "/openapi.json", "/v1/models"]) {
      expect(await ask("GET", path), path).toBe(200)
    }
    const tag = async () => {
      const { fetch } = await start()
      return (await fetch("GET", "/v1/models/score")).headers.get("etag")!
    }
    expect(await ask("GET", "/v1/models/score")).toBe(200)
    expect(await ask("GET", "/v1/models/score", { headers: { "if-none-match": await tag() } })).toBe(304)
    expect(await ask("GET", "/v1/models/none")).toBe(404)
    expect(await ask("HEAD", `/v1/keys/${id}`)).toBe(404)
    expect(await ask("HEAD", "/v1/keys/0")).toBe(400)
    expect(await ask("POST", RUN, { ...named, body })).toBe(404)
    expect(await ask("PUT", `/v1/keys/${id}`, { body: keys })).toBe(201)
    expect(await ask("PUT", `/v1/keys/${id}`, { body: keys })).toBe(200)
    expect(await ask("PUT", `/v1/keys/${id}`, { body: keys.subarray(1) })).toBe(400)
    expect(await ask("PUT", `/v1/keys/${id}`, { body: new Uint8Array(keys.length + 1) })).toBe(413)
    expect(await ask("HEAD", `/v1/keys/${id}`)).toBe(200)
    expect(await ask("POST", RUN, { ...named, body })).toBe(200)
    expect(await ask("POST", RUN, { body })).toBe(400)
    expect(await ask("POST", RUN, { ...named, body: new Uint8Array(1e7) })).toBe(413)
    expect(await ask("DELETE", "/v1/keys/0")).toBe(400)
    expect(await ask("DELETE", `/v1/keys/${id}`)).toBe(204)
  })

  test("of a server that does not know who asks", async () => {
    const ask = asking((await start({ authenticate: readTokens("alice correct-horse-battery") })).fetch)
    for (const one of described.filter(({ operation }) => "401" in operation.responses)) {
      const path = one.path.replace("{name}", "score").replace("{sha256}", id)
      expect(await ask(one.method, path), nameOf(one)).toBe(401)
    }
  })

  test("of a server that is called by another name", async () => {
    const { url } = await start()
    // `fetch` does not let a Host be set, and neither is it needed: this name leads to the same machine.
    const elsewhere = url.replace("127.0.0.1", "[::ffff:127.0.0.1]")
    const ask = asking((method, path, { body } = {}) =>
      fetch(`${elsewhere}${path}`, { method, ...(body && { body: Uint8Array.from(body) }) }),
    )
    for (const one of described.filter(({ operation }) => "421" in operation.responses)) {
      const path = one.path.replace("{name}", "score").replace("{sha256}", id)
      expect(await ask(one.method, path), nameOf(one)).toBe(421)
    }
  })

  test("of a server that is busy, full, failing or too slow", async () => {
    const evaluator = new FakeEvaluator()
    const storage = memoryStorage()
    const options = { createEvaluator: () => evaluator, maxWaiting: 0, storage }
    const busy = asking((await start(options)).fetch)
    expect(await busy("PUT", `/v1/keys/${id}`, { body: keys })).toBe(201)
    expect(await busy("POST", RUN, { ...named, body })).toBe(429)
    const full = asking((await start({ keyLimits: { maxBytes: 1, maxAge: 1e9 } })).fetch)
    expect(await full("PUT", `/v1/keys/${id}`, { body: keys })).toBe(507)
    const work = asking((await start({ ...options, maxWaiting: 4 })).fetch)
    for (const [i, code] of (["internal", "timeout"] as const).entries()) {
      const status = work("POST", RUN, { ...named, body })
      await soon(() => evaluator.begun.length).toBe(i + 1)
      evaluator.end(i, new ServiceError(code, code))
      expect(await status).toBe(code === "internal" ? 500 : 504)
    }
    const fails = async () => {
      throw new Error("the disk is gone")
    }
    const failing = asking(
      (await start({ storage: { ...storage, stat: fails, put: fails, delete: fails } })).fetch,
    )
    expect(await failing("PUT", `/v1/keys/${id}`, { body: keys })).toBe(500)
    expect(await failing("HEAD", `/v1/keys/${id}`)).toBe(500)
    expect(await failing("DELETE", `/v1/keys/${id}`)).toBe(500)
  })

  test("of a server where more keys come than it takes at a time", async () => {
    const { url, fetch } = await start()
    // Two whose bytes never come.
    const coming = [1, 2].map((fill) => {
      const asked = httpRequest(`${url}/v1/keys/${sha256(emptyKeys(score.spec, fill))}`, {
        method: "PUT",
        headers: { "content-length": keys.length },
      })
      asked.on("error", () => {})
      asked.write("x")
      return asked
    })
    const ask = asking(fetch)
    await expect.poll(() => ask("PUT", `/v1/keys/${id}`, { body: keys }), { timeout: 20_000 }).toBe(429)
    for (const asked of coming) asked.destroy()
  })

  test("of a server that stops", async () => {
    const evaluator = new FakeEvaluator()
    const { service, fetch } = await start({ createEvaluator: () => evaluator })
    const ask = asking(fetch)
    await fetch("PUT", `/v1/keys/${id}`, { body: keys })
    const last = fetch("POST", RUN, { ...named, body })
    await soon(() => evaluator.begun.length).toBe(1)
    const stopped = service.stop(10)
    for (const [method, path] of [
      ["GET", "/readyz"],
      ["PUT", `/v1/keys/${id}`],
      ["POST", RUN],
    ] as const) {
      expect(await ask(method, path, method === "GET" ? {} : { ...named, body })).toBe(503)
    }
    evaluator.end(0)
    await last
    await stopped
  })
})

test("every route of the source is described, and no other", () => {
  const routes = readdirSync(HTTP).flatMap((file) =>
    [
      ...readFileSync(join(HTTP, file), "utf8").matchAll(
        /\bapp\.(get|put|head|delete|post|patch|options|all|route)\b(?:<[^(]*>)?\(\s*"([^"]+)"/g,
      ),
    ].map(([, method, path]) => ({
      method: method!.toUpperCase(),
      path: path!.replaceAll(/:(\w+)/g, "{$1}"),
    })),
  )
  expect(routes.length).toBeGreaterThan(5)
  expect(routes.map(nameOf).sort()).toEqual(described.map(nameOf).sort())
})

test("the description is served to everybody as it is, and its references lead somewhere", async () => {
  const { fetch } = await start({ authenticate: readTokens("alice correct-horse-battery") })
  const served: unknown = await (await fetch("GET", "/openapi.json")).json()
  expect(served).toEqual(JSON.parse(JSON.stringify(document)))
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name!,
  )
  expect(new Set(references)).toEqual(new Set(Object.keys(document.components.schemas)))
  const operations = described.map(({ operation }) => (operation as { operationId?: string }).operationId)
  const ids = operations.filter((id) => id !== undefined)
  expect(new Set(ids).size).toBe(ids.length)
})
