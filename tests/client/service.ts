import { createHash } from "node:crypto"
import type { Compiled, Module } from "../../src/index.ts"
import { packSpec, unpackCall } from "../../src/runtime/index.ts"

/** A request as it arrived. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: Uint8Array
}

/** What stands between a request and its answer: a response in place of it, an error, or nothing. */
export type Fault = (sent: Sent, count: number) => Response | undefined | Promise<Response | undefined>

interface Answerer {
  run(request: Uint8Array): Promise<Uint8Array>
  dispose(): void
}

const answererOf = async (model: Compiled | Module, keys: Uint8Array): Promise<Answerer> => {
  if (!("programs" in model)) return model.server(keys)
  const server = await model.server(keys)
  return {
    run: (bytes) => {
      const { name, request } = unpackCall(bytes)
      return server.run(name, request)
    },
    dispose: () => server.dispose(),
  }
}

/** The HTTP interface in memory, with one server for each set of keys: a `fetch`, and all that came in. */
export const service = (
  models: Readonly<Record<string, Compiled | Module>>,
  fault: Fault = () => undefined,
) => {
  const keys = new Map<string, Uint8Array>()
  const servers = new Map<string, Promise<Answerer>>()
  const sent: Sent[] = []

  const answer = async ({ method, path, headers, body }: Sent): Promise<Response> => {
    const [kind, name = "", run] = path.replace(/^.*\/v1\//, "").split("/")
    if (kind === "models" && name === "") {
      const list = Object.entries(models).map(([name, { spec }]) => ({ name, hash: spec.hash }))
      return Response.json({ models: list })
    }
    if (kind === "keys") {
      if (method === "HEAD") return new Response(null, { status: keys.has(name) ? 200 : 404 })
      if (createHash("sha256").update(body).digest("hex") !== name) return refusal(400, "damaged")
      keys.set(name, body)
      return new Response(null, { status: 201 })
    }
    const model = models[name]
    if (model === undefined) return refusal(404, "unknown-model")
    if (run === undefined) return new Response(packSpec(model.spec) as Uint8Array<ArrayBuffer>)
    const id = headers["lutra-keys"]!
    const bytes = keys.get(id)
    if (bytes === undefined) return refusal(404, "unknown-keys")
    const at = `${name} ${id}`
    if (!servers.has(at)) servers.set(at, answererOf(model, bytes))
    try {
      const reply = await (await servers.get(at)!).run(body)
      return new Response(reply as Uint8Array<ArrayBuffer>, {
        headers: { "server-timing": "wait;dur=1, run;dur=42.5" },
      })
    } catch (error) {
      return refusal(400, "damaged", (error as Error).message)
    }
  }

  const handle = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    init.signal?.throwIfAborted()
    const headers = { ...(init.headers as Record<string, string>) }
    const body = new Uint8Array(await new Response(init.body ?? null).arrayBuffer())
    const one: Sent = { method: init.method ?? "GET", path: new URL(String(input)).pathname, headers, body }
    sent.push(one)
    const replaced = await fault(one, sent.length)
    init.signal?.throwIfAborted()
    return replaced ?? answer(one)
  }

  return {
    fetch: handle as typeof fetch,
    sent,
    /** What the requests were, in order: `GET /v1/models`. */
    log: (): string[] => sent.map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{64}/, "KEYS")}`),
    forgetKeys: (): void => keys.clear(),
    dispose: async (): Promise<void> => {
      for (const server of servers.values()) (await server).dispose()
    },
  }
}

export const refusal = (status: number, code: string, message = "no", headers = {}): Response =>
  Response.json({ error: { code, message } }, { status, headers })
