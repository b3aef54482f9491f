import { createHash } from "node:crypto"
import { PassThrough } from "node:stream"
import { afterEach, expect } from "vitest"
import { compile, enc, uint } from "../../src/index.ts"
import { type MessageRules, packMessage } from "../../src/runtime/messages/envelope.ts"
import {
  allEvaluationKeyRules,
  roundRequestRules,
  unnamedLevels,
} from "../../src/runtime/messages/round-messages.ts"
import { roundsOf } from "../../src/runtime/messages/rounds-and-residues.ts"
import type { ProgramSpec } from "../../src/runtime/spec/program-spec.ts"
import {
  createService,
  type Evaluator,
  type Job,
  type Service,
  type ServiceOptions,
  type Storage,
  type Stored,
} from "../../src/serve/index.ts"

/** 1 - 2 + 3 x, and the same with other weights. */
export const score = compile({ x: enc(uint(4), [4]) }, ({ x }) => x.mul([1, -2, 3, 1]).sum(), {
  name: "score",
})
export const other = compile({ x: enc(uint(4), [4]) }, ({ x }) => x.mul([1, -2, 3, 2]).sum(), {
  name: "other",
})

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** Bytes that have the frame of evaluation keys, and nothing in it. */
export const emptyKeys = (spec: ProgramSpec, fill = 0): Uint8Array =>
  framed(allEvaluationKeyRules(spec, unnamedLevels(spec)), 1, fill)

/** Bytes that have the frame of a request, and nothing in it. */
export const emptyRequest = (spec: ProgramSpec, samples = 1, fill = 0): Uint8Array =>
  framed(roundRequestRules(roundsOf(spec)[0]!, unnamedLevels(spec), samples), samples, fill)

const framed = (rules: MessageRules, samples: number, fill: number): Uint8Array => {
  const sizes = rules.blobs(samples, undefined).map((rule) => ("packedBytes" in rule ? rule.packedBytes : 0))
  const blobs = sizes.map((bytes) => new Uint8Array(bytes).fill(fill))
  return packMessage(
    { ...rules, blobs: () => sizes.map((bytes) => ({ bytes })) },
    { samples, batch: samples > 1, blobs },
  )
}

/** A storage that forgets. */
export const memoryStorage = (): Storage & { readonly files: ReadonlyMap<string, Uint8Array> } => {
  const files = new Map<string, Uint8Array>()
  const times = new Map<string, Date>()
  const statOf = (path: string): Stored | undefined => {
    const bytes = files.get(path)
    return bytes && { path, bytes: bytes.length, modified: times.get(path)! }
  }
  return {
    files,
    async put(path, bytes) {
      files.set(path, Uint8Array.from(bytes))
      times.set(path, new Date())
    },
    get: async (path) => files.get(path),
    stat: async (path) => statOf(path),
    async delete(path) {
      files.delete(path)
    },
    async *list(prefix) {
      for (const path of files.keys()) if (path.startsWith(prefix)) yield statOf(path)!
    },
    async touch(path) {
      times.set(path, new Date())
    },
  }
}

/** An evaluator whose jobs end when the test says so. */
export class FakeEvaluator implements Evaluator {
  readonly width: number
  readonly begun: Job[] = []
  readonly signals: AbortSignal[] = []
  readonly #ends: ((outcome: Uint8Array | Error) => void)[] = []
  /** Answers at once when it is set. */
  answer: ((job: Job) => Uint8Array) | undefined

  constructor(width = 1) {
    this.width = width
  }

  run(job: Job, signal: AbortSignal): Promise<Uint8Array> {
    this.begun.push(job)
    this.signals.push(signal)
    if (this.answer !== undefined) return Promise.resolve(this.answer(job))
    return new Promise((resolve, reject) => {
      this.#ends.push((outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)))
    })
  }

  /** Ends the job that was begun as number `i`. */
  end(i: number, outcome: Uint8Array | Error = Uint8Array.of(i)): void {
    this.#ends[i]!(outcome)
  }

  async close(): Promise<void> {}
}

export interface Started {
  readonly service: Service
  readonly url: string
  /** All that it has logged. */
  log(): string
  /** A request to it, as the client of that token. */
  fetch(method: string, path: string, options?: FetchOptions): Promise<Response>
}

interface FetchOptions {
  readonly token?: string
  readonly body?: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** A service on a free port, which is stopped after the test. */
export const start = async (options: Partial<ServiceOptions> = {}): Promise<Started> => {
  const stream = new PassThrough()
  const lines: string[] = []
  stream.on("data", (line: Buffer) => lines.push(line.toString()))
  const service = await createService({
    models: [score],
    storage: memoryStorage(),
    logger: { level: "info", stream },
    ...options,
  })
  stops.push(() => service.stop(0))
  const url = await service.listen({ port: 0 })
  return { service, url, log: () => lines.join(""), fetch: fetchFrom(url) }
}

/** Requests with a token and a body to a service at this URL. */
export const fetchFrom =
  (url: string) =>
  (method: string, path: string, { token, body, headers, signal }: FetchOptions = {}): Promise<Response> =>
    fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body && { "content-type": "application/octet-stream" }),
        ...headers,
      },
      ...(body && { body: Uint8Array.from(body) }),
      ...(signal && { signal }),
    })

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

/** The code in the JSON of a refusal, after its status. */
export const refusal = async (response: Response): Promise<string> => {
  const { error } = (await response.json()) as { error: { code: string; message: string } }
  return `${response.status} ${error.code}`
}

/** Expects something of a value that may take a while to come. */
export const soon = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 })
