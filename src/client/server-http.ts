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
  /** How often a request is tried again after the network failed, where that is safe; 3 unless given. */
  readonly retries?: number
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
  /** Whether it may be sent again when nobody knows if it arrived. */
  readonly isRepeatable?: boolean
  readonly signal?: AbortSignal | undefined
}

/** Statuses after which the same request may succeed a little later. */
const PASSING = [429, 502, 503]

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
    const base = new URL(url, globalThis.location?.href)
    if (!base.pathname.endsWith("/")) base.pathname += "/"
    this.url = base.href
    this.#options = options
  }

  async models(signal?: AbortSignal): Promise<ModelSummary[]> {
    const response = await this.#call({
      method: "GET",
      path: "v1/models",
      what: "the list of models",
      signal,
    })
    const found: unknown = await response.json().catch(() => undefined)
    const list = Array.isArray(found) ? found : (found as { models?: unknown } | undefined)?.models
    if (!Array.isArray(list)) throw new RuntimeError(`${this.url} lists no models: is it a server of Lutra?`)
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
    return (await this.#call({ method: "HEAD", path: `v1/keys/${hash}`, what, answers: [404], signal })).ok
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
    const { retries = 3, patience = 60_000 } = this.#options
    const { answers = [], isRepeatable = true, signal } = call
    let waited = 0
    let failures = 0
    for (let attempt = 0; ; attempt++) {
      let response: Response
      try {
        response = await this.#fetch(call)
      } catch (cause) {
        if (signal?.aborted) throw signal.reason
        if (cause instanceof RuntimeError) throw cause
        if (!isRepeatable || failures++ >= retries) throw this.#unreached(call, cause)
        await pause(backoff(attempt), signal)
        continue
      }
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
  async #fetch({ method, path, what, body, headers, most = MOST_BYTES, signal }: Call): Promise<Response> {
    const { token, fetch = globalThis.fetch } = this.#options
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        ...headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body && { "content-type": "application/octet-stream" }),
      },
      // A browser sends bytes as they are from the page's own thread, which stands still meanwhile; not so a blob.
      ...(body && { body: new Blob([body as Uint8Array<ArrayBuffer>]) }),
      ...(signal && { signal }),
    })
    const content = response.body && (await contentOf(response.body, most, what))
    const { status, statusText } = response
    return new Response(content, { status, statusText, headers: response.headers })
  }

  #unreached({ what, isRepeatable = true }: Call, cause: unknown): RuntimeError {
    const tries = isRepeatable ? ` in ${1 + (this.#options.retries ?? 3)} attempts` : ""
    return new RuntimeError(
      `${what} did not reach ${this.url}${tries}: ${(cause as Error).message}\n` +
        "check the address, that the server runs, and that it allows this page's origin",
      { cause },
    )
  }
}

/** The address of a model, under which its keys are stored too. */
export const modelUrl = (url: string, model: string): string =>
  new URL(`v1/models/${encodeURIComponent(model)}`, url).href

/** Whether the server was not reached, or the answer got lost on its way. */
export const isUnreached = (error: unknown): boolean =>
  error instanceof RuntimeError && error.cause !== undefined && refusalOf(error) === undefined

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
      throw new RuntimeError(`the answer to ${what} has more than ${most} bytes, the most that it needs`)
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
