import { mismatch } from "../data/checks/arguments.ts"
import { RuntimeError } from "../data/errors.ts"
import { backoff, pause } from "./pause.ts"
import { readRefusal, refusalOf } from "./refusal.ts"

/** What the server tells of a model before it is asked to run it. */
export interface ModelSummary {
  readonly name: string
  /** Hash of the program, 64 hex digits. */
  readonly hash: string
  /** Exact bytes of the evaluation keys, and at most those of a request and a reply. */
  readonly bytes: { readonly keys: number; readonly mostRequest: number; readonly mostReply: number }
}

export interface HttpOptions {
  /** Sent as a bearer token with every request. */
  readonly token?: string
  /** In place of the platform's `fetch`. */
  readonly fetch?: typeof fetch
  /**
   * How often a request is tried again after the network failed, where that is safe. Unless given, for 30 seconds: as long as a
   * server takes that is restarted.
   */
  readonly retries?: number
  /**
   * Milliseconds after which an attempt at a request is given up; 600,000 unless given, and a minute where little is asked for. An
   * attempt that took so long is not made again.
   */
  readonly timeout?: number
  /** Milliseconds that one request waits at most for a busy server, all waits together; 60,000 unless given. */
  readonly patience?: number
}

interface Call {
  readonly method: string
  readonly path: string
  /** What the request does, for messages. */
  readonly what: string
  readonly body?: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  /** Statuses that are answers and no refusals, besides 2xx. */
  readonly answers?: readonly number[]
  /** The most bytes of an answer; 1 MB unless given. */
  readonly most?: number
  /** Whether the answer takes neither long computations nor long messages. */
  readonly isShort?: boolean
  /** Whether it may be sent again when nobody knows if it arrived. */
  readonly isRepeatable?: boolean
  readonly signal?: AbortSignal | undefined
}

/** Statuses after which the same request may succeed a little later. */
const PASSING = [429, 502, 503]

/** Milliseconds after the first failure in which requests are tried again. */
const OUTAGE = 30_000
const TIMEOUT = 600_000
const SHORT_TIMEOUT = 60_000
const MOST_REDIRECTS = 5

const MOST_BYTES = 2 ** 20
const MOST_CLIENT_PART = 2 ** 26

/**
 * Requests to the HTTP interface of a server, see docs/http-api.md. Tries again when the network fails or the server is busy, for
 * as long as the options allow. Throws RuntimeError, with a Refusal as its cause when the server answered one, and the signal's
 * reason when that is aborted.
 */
export class ServerHttp {
  readonly url: string
  readonly #options: HttpOptions

  constructor(url: string | URL, options: HttpOptions = {}) {
    const page = globalThis.location?.href
    if (!(typeof url === "string" || url instanceof URL) || !URL.canParse(url, page)) {
      throw new RuntimeError(
        mismatch("the address of a server", url, { needed: "a URL, as https://example.org/" }),
        { code: "wrong-argument" },
      )
    }
    const base = new URL(url, page)
    if (!base.pathname.endsWith("/")) base.pathname += "/"
    this.url = base.href
    this.#options = options
  }

  async models(signal?: AbortSignal): Promise<ModelSummary[]> {
    const response = await this.#call({
      method: "GET",
      path: "v1/models",
      what: "the list of models",
      isShort: true,
      signal,
    })
    const found: unknown = await response.json().catch(() => undefined)
    const list = Array.isArray(found) ? found : (found as { models?: unknown } | undefined)?.models
    if (!Array.isArray(list))
      throw new RuntimeError(`${this.url} lists no models: is it a server of Lutra?`, { code: "bad-answer" })
    return list
  }

  /** The client's part of a program. */
  async clientPart(model: string, signal?: AbortSignal): Promise<Uint8Array> {
    const path = `v1/models/${encodeURIComponent(model)}`
    const what = `the model "${model}"`
    return bytesOf(await this.#call({ method: "GET", path, what, most: MOST_CLIENT_PART, signal }))
  }

  /** Whether this client has stored the evaluation keys of that SHA-256 and they have not expired. */
  async hasKeys(hash: string, signal?: AbortSignal): Promise<boolean> {
    const what = "the question for evaluation keys"
    return (
      await this.#call({
        method: "HEAD",
        path: `v1/keys/${hash}`,
        what,
        answers: [404],
        isShort: true,
        signal,
      })
    ).ok
  }

  async putKeys(hash: string, keys: Uint8Array, signal?: AbortSignal): Promise<void> {
    const what = `the upload of ${keys.length} bytes of evaluation keys`
    await this.#call({ method: "PUT", path: `v1/keys/${hash}`, what, body: keys, signal })
  }

  /**
   * The reply to a request, of `most` bytes at most, and the milliseconds in which the server computed it, where it says so.
   * `isRepeatable` is false where the server answers only once: in later rounds of a run.
   */
  async run(
    model: string,
    keys: string,
    request: Uint8Array,
    { most, isRepeatable, signal }: Pick<Call, "most" | "isRepeatable" | "signal">,
  ): Promise<{ readonly reply: Uint8Array; readonly computing: number | undefined }> {
    const response = await this.#call({
      method: "POST",
      path: `v1/models/${encodeURIComponent(model)}/run`,
      what: "the run",
      body: request,
      headers: { "lutra-keys": keys },
      signal,
      ...(most !== undefined && { most }),
      ...(isRepeatable !== undefined && { isRepeatable }),
    })
    const timing = /\brun;dur=([\d.]+)/.exec(response.headers.get("server-timing") ?? "")?.[1]
    return { reply: await bytesOf(response), computing: timing === undefined ? undefined : Number(timing) }
  }

  async #call(call: Call): Promise<Response> {
    const { retries = Number.POSITIVE_INFINITY, patience = 60_000 } = this.#options
    const { answers = [], isRepeatable = true, signal } = call
    let waited = 0
    let failures = 0
    let failing = 0
    for (let attempt = 0; ; attempt++) {
      let response: Response
      try {
        response = await this.#fetch(call)
      } catch (cause) {
        if (signal?.aborted) throw signal.reason
        if (cause instanceof RuntimeError) throw cause
        const wait = backoff(attempt)
        const isOver = failures >= retries || failing >= OUTAGE
        failures++
        if (!isRepeatable || isOver) throw this.#unreached(call, cause, { failures, failing })
        failing += wait
        await pause(wait, signal)
        continue
      }
      failing = 0
      if (response.ok || answers.includes(response.status)) return response
      // Later than asked by a part of that, so that those who were told the same do not come back together.
      const wait = Math.max((retryAfter(response) ?? 0) * (1 + Math.random() / 4), backoff(attempt))
      const refusal = await readRefusal(response, call.what)
      waited += wait
      if (!PASSING.includes(response.status) || waited > patience) throw refusal
      await pause(wait, signal)
    }
  }

  /** The whole response, so that a connection that breaks in the middle of it is tried again too. */
  async #fetch(call: Call): Promise<Response> {
    const { signal, isShort = false, most = MOST_BYTES, what } = call
    const { timeout = TIMEOUT } = this.#options
    const milliseconds = isShort ? Math.min(timeout, SHORT_TIMEOUT) : timeout
    const late = AbortSignal.timeout(milliseconds)
    try {
      const response = await this.#follow(call, signal ? AbortSignal.any([signal, late]) : late)
      const content = response.body && (await contentOf(response.body, most, what))
      const { status, statusText } = response
      return new Response(content, { status, statusText, headers: response.headers })
    } catch (cause) {
      if (!late.aborted || signal?.aborted || cause instanceof RuntimeError) throw cause
      throw new RuntimeError(
        `${what} was not answered by ${this.url} in ${milliseconds / 1000} seconds\n` +
          "try again, or give connect a longer `timeout`",
        { code: "timeout", cause },
      )
    }
  }

  /** A response after redirects, none of which leads to another origin: the token and the messages are for this one. */
  async #follow({ method, path, what, body, headers }: Call, signal: AbortSignal): Promise<Response> {
    const { token, fetch = globalThis.fetch } = this.#options
    const first = new URL(path, this.url)
    let url = first
    for (let redirects = 0; ; redirects++) {
      const response = await fetch(url, {
        method,
        headers: {
          ...headers,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body && { "content-type": "application/octet-stream" }),
        },
        // A browser sends bytes as they are from the page's own thread, which stands still meanwhile; not so a blob.
        ...(body && { body: new Blob([body as Uint8Array<ArrayBuffer>]) }),
        redirect: "manual",
        signal,
      })
      const location = response.headers.get("location")
      // A browser does not tell where a redirect leads.
      const isHidden = response.type === "opaqueredirect"
      if (!isHidden && !(REDIRECTS.includes(response.status) && location !== null)) {
        if (response.url !== "" && new URL(response.url).origin !== first.origin) {
          throw this.#redirected(what, response.url)
        }
        return response
      }
      void response.body?.cancel().catch(() => {})
      const next = location === null || !URL.canParse(location, url) ? undefined : new URL(location, url)
      // A redirect that turns a request with a body into one without is not followed.
      const keepsMethod = method === "GET" || method === "HEAD" || [307, 308].includes(response.status)
      if (next?.origin !== first.origin || !keepsMethod || redirects >= MOST_REDIRECTS) {
        throw this.#redirected(what, next?.href)
      }
      url = next
    }
  }

  #redirected(what: string, to: string | undefined): RuntimeError {
    return new RuntimeError(
      `${what} was redirected from ${this.url}${to === undefined ? "" : ` to ${to}`}, which is not followed\n` +
        "give connect the address of the server itself, if you trust that one with the token and the messages",
      { code: "bad-answer" },
    )
  }

  #unreached(
    { what, isRepeatable = true }: Call,
    cause: unknown,
    { failures, failing }: { readonly failures: number; readonly failing: number },
  ): RuntimeError {
    const tries = isRepeatable ? ` in ${failures} attempts over ${Math.round(failing / 1000)} seconds` : ""
    return new RuntimeError(
      `${what} did not reach ${this.url}${tries}: ${(cause as Error).message}\n` +
        "check the address, that the server runs, and that it allows this page's origin",
      { code: "unreachable", cause },
    )
  }
}

const REDIRECTS = [301, 302, 303, 307, 308]

/** The address of a model, under which its keys are stored too. */
export const modelUrl = (url: string, model: string): string =>
  new URL(`v1/models/${encodeURIComponent(model)}`, url).href

/** Whether the server was not reached, or the answer got lost on its way. */
export const isUnreached = (error: unknown): boolean =>
  error instanceof RuntimeError &&
  (error.code === "unreachable" || error.code === "timeout") &&
  refusalOf(error) === undefined

/** Throws RuntimeError when there are more bytes than `most`. */
const contentOf = async (
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  most: number,
  what: string,
): Promise<Blob> => {
  const reader = body.getReader()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length
    if (length > most) {
      reader.cancel().catch(() => {})
      throw new RuntimeError(`the answer to ${what} has more than ${most} bytes, the most that it needs`, {
        code: "bad-answer",
      })
    }
    chunks.push(next.value)
  }
  return new Blob(chunks)
}

const bytesOf = async (response: Response): Promise<Uint8Array> =>
  new Uint8Array(await response.arrayBuffer())

/** Milliseconds that the server asks to wait. */
const retryAfter = (response: Response): number | undefined => {
  const value = response.headers.get("retry-after")
  if (value === null) return undefined
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000
  return Number.isNaN(seconds) ? undefined : Math.max(0, 1000 * seconds)
}
