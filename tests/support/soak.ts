import { createHash } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { connect as openSocket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { printExactJson } from "../../src/cli/files/exact-json.ts"
import { Client, readSpec, SealContext } from "../../src/client.ts"
import { type Compiled, compile, enc, uint } from "../../src/index.ts"
import { type Served, serveIn } from "./served.ts"

export interface SoakOptions {
  /** Ends after so many answers, or so many seconds, whichever comes first. */
  readonly requests: number
  readonly seconds: number
  readonly clients: number
  /** Told from time to time how far it is. */
  readonly onProgress?: (tally: Tally, seconds: number) => void
}

export interface Tally {
  /** Answers that are what `evaluate` says, and those that are not. */
  right: number
  wrong: number
  /** Requests that were neither answered nor refused, though their client waited. */
  lost: number
  /** Refusals because too many waited. */
  busy: number
  /** Runs whose client left before the answer. */
  left: number
  /** Bodies too large or malformed and foreign keys, which were refused as they must be. */
  refused: number
  /** What else was answered, in words. */
  readonly unexpected: string[]
}

export interface SoakResult {
  readonly tally: Tally
  readonly seconds: number
  /** Milliseconds from request to answer, of one round each, in ascending order. */
  readonly latencies: readonly number[]
  /** Bytes of memory of the server's process, every two seconds or so. */
  readonly memory: readonly number[]
  readonly restarts: number
  /** Status with which the server ended. */
  readonly status: number | null
}

const input = { x: enc(uint(4), [8]) }

/** One run of milliseconds, one of two rounds, and one with products. */
const programs: readonly Compiled[] = [
  compile(input, ({ x }) => x.mul([1, -2, 3, 1, 5, -3, 2, 1]).sum(), { name: "score" }),
  compile(input, ({ x }) => x.mul(x).refresh().mul(3).sum(), { name: "rounds" }),
  compile(input, ({ x }) => x.map((v) => (v * 7) % 13), { name: "table", encodeInputs: false }),
]

/** Many clients at a server of its own, some of which behave badly; every answer is compared with `evaluate`. */
export const soak = async (options: SoakOptions): Promise<SoakResult> => {
  const folder = mkdtempSync(join(tmpdir(), "lutra-soak-"))
  try {
    for (const program of programs) program.save(join(folder, `${program.spec.name}.lutra`))
    const tokens = Array.from({ length: options.clients }, (_, i) => `token-of-client-${i}`)
    writeFileSync(join(folder, "tokens"), tokens.map((token, i) => `client-${i} ${token}\n`).join(""))
    const files = programs.map(({ spec }) => `${spec.name}.lutra`)
    const served = await serveIn(folder, [...files, "--tokens", "tokens", "--max-queue", "4"])
    try {
      return await drive(served, tokens, options)
    } finally {
      served.process.kill("SIGKILL")
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const drive = async (
  served: Served,
  tokens: readonly string[],
  options: SoakOptions,
): Promise<SoakResult> => {
  const tally: Tally = { right: 0, wrong: 0, lost: 0, busy: 0, left: 0, refused: 0, unexpected: [] }
  const latencies: number[] = []
  const memory: number[] = []
  const contexts = await Promise.all(programs.map(({ parameters }) => SealContext.create(parameters)))
  const visitors: Visitor[][] = []
  for (const token of tokens) {
    const own = programs.map((program, i) =>
      Visitor.create(served.url, token, program, contexts[i]!, tally, latencies),
    )
    visitors.push(await Promise.all(own))
  }
  const ids = visitors.flat().map(({ id }) => id)
  const start = performance.now()
  const seconds = () => (performance.now() - start) / 1000
  const isOver = () => tally.right + tally.wrong >= options.requests || seconds() >= options.seconds
  const visit = async (own: readonly Visitor[]): Promise<void> => {
    while (!isOver()) await pick(own).act(ids)
  }
  const watch = async (): Promise<void> => {
    while (!isOver()) {
      memory.push(await metric(served.url, "process_resident_memory_bytes"))
      options.onProgress?.(tally, seconds())
      await sleep(2000)
    }
  }
  await Promise.all([...visitors.map(visit), watch()])
  const restarts = await metric(served.url, "lutra_worker_restarts_total")
  const took = seconds()
  const status = await served.stop()
  for (const visitor of visitors.flat()) visitor.dispose()
  for (const context of contexts) context.dispose()
  return { tally, seconds: took, latencies: latencies.sort((a, b) => a - b), memory, restarts, status }
}

/** One client of one program, who mostly behaves. */
class Visitor {
  static async create(
    url: string,
    token: string,
    program: Compiled,
    context: SealContext,
    tally: Tally,
    latencies: number[],
  ): Promise<Visitor> {
    const headers = { authorization: `Bearer ${token}` }
    const described = await fetch(`${url}/v1/models/${program.spec.name}`, { headers })
    const client = await Client.create(readSpec(await described.bytes()), { context })
    const keys = client.evaluationKeys()
    const id = createHash("sha256").update(keys).digest("hex")
    const visitor = new Visitor(url, token, program, client, id, tally, latencies)
    for (;;) {
      const stored = await visitor.put(keys, id)
      if (stored.status === 201) return visitor
      await sleep(200)
    }
  }

  readonly #url: string
  readonly #token: string
  readonly #program: Compiled
  readonly #client: Client
  readonly #tally: Tally
  readonly #latencies: number[]
  readonly id: string

  private constructor(
    url: string,
    token: string,
    program: Compiled,
    client: Client,
    id: string,
    tally: Tally,
    latencies: number[],
  ) {
    this.#url = url
    this.#token = token
    this.#program = program
    this.#client = client
    this.id = id
    this.#tally = tally
    this.#latencies = latencies
  }

  dispose(): void {
    this.#client.dispose()
  }

  put(bytes: Uint8Array, id: string): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#token}` }
    return fetch(`${this.#url}/v1/keys/${id}`, { method: "PUT", headers, body: Uint8Array.from(bytes) })
  }

  /** Does one thing, most often what it is there for. `ids` name the keys of all clients. */
  async act(ids: readonly string[]): Promise<void> {
    const chance = Math.random()
    if (chance < 0.8) await this.#predict(1)
    else if (chance < 0.84) await this.#predict(2 + Math.floor(Math.random() * 40))
    else if (chance < 0.9) await this.#leave()
    else if (chance < 0.92) await this.#breakOff()
    else await this.#misbehave(ids)
  }

  async #predict(count: number): Promise<void> {
    const samples = Array.from({ length: count }, sample)
    let reply = await this.#ask(this.#client.encryptBatch(samples))
    while (reply !== undefined && !this.#client.isFinal(reply))
      reply = await this.#ask(this.#client.refresh(reply))
    if (reply === undefined) return
    const expected = printExactJson(samples.map((inputs) => this.#program.evaluate(inputs)))
    if (printExactJson(this.#client.decryptBatch(reply)) === expected) this.#tally.right++
    else this.#tally.wrong++
  }

  /** Sends a request until it is answered. Undefined when it is not. */
  async #ask(request: Uint8Array): Promise<Uint8Array | undefined> {
    for (;;) {
      const since = performance.now()
      try {
        const response = await this.#post(request, this.id, AbortSignal.timeout(120_000))
        const body = await response.bytes()
        if (response.status === 200) {
          this.#latencies.push(performance.now() - since)
          return body
        }
        if (response.status !== 429) {
          this.#tally.unexpected.push(`${response.status} ${Buffer.from(body).toString()}`)
          return undefined
        }
        this.#tally.busy++
        await sleep(1000 * Math.random() * Number(response.headers.get("retry-after")))
      } catch (error) {
        this.#tally.lost++
        this.#tally.unexpected.push(String((error as Error).cause ?? error))
        return undefined
      }
    }
  }

  #post(request: Uint8Array, id: string, signal?: AbortSignal): Promise<Response> {
    return fetch(`${this.#url}/v1/models/${this.#program.spec.name}/run`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.#token}`, "lutra-keys": id },
      body: Uint8Array.from(request),
      ...(signal && { signal }),
    })
  }

  /** Goes away while its request is sent, waits or runs. */
  async #leave(): Promise<void> {
    const control = new AbortController()
    const answer = this.#post(this.#client.encrypt(sample()), this.id, control.signal)
    setTimeout(() => control.abort(), 300 * Math.random())
    await answer.then((response) => response.bytes()).catch(() => {})
    this.#tally.left++
  }

  /** Breaks off in the middle of a body. */
  async #breakOff(): Promise<void> {
    const socket = openSocket(Number(new URL(this.#url).port), "127.0.0.1")
    socket.on("error", () => {})
    const head = [
      `POST /v1/models/${this.#program.spec.name}/run HTTP/1.1`,
      "Host: localhost",
      `Authorization: Bearer ${this.#token}`,
      `Lutra-Keys: ${this.id}`,
      "Content-Length: 20000",
    ]
    socket.write(`${head.join("\r\n")}\r\n\r\n`)
    socket.write(Buffer.alloc(10_000))
    await sleep(100 * Math.random())
    socket.destroy()
    this.#tally.left++
  }

  async #misbehave(ids: readonly string[]): Promise<void> {
    const request = this.#client.encrypt(sample())
    const damaged = Uint8Array.from(request)
    damaged[Math.floor(Math.random() * damaged.length)]! ^= 1 + Math.floor(Math.random() * 255)
    const foreign = pick(ids)
    const deeds: readonly [() => Promise<Response>, number][] = [
      [() => this.#post(damaged, this.id), 400],
      [() => this.#post(request.subarray(0, Math.floor(Math.random() * request.length)), this.id), 400],
      [() => this.#post(new Uint8Array(64 * 2 ** 20), this.id), 413],
      [() => this.put(damaged, createHash("sha256").update(damaged).digest("hex")), 400],
      [() => this.#post(request, foreign), foreign === this.id ? 200 : 404],
    ]
    const [deed, expected] = pick(deeds)
    try {
      const response = await deed()
      await response.bytes()
      if (response.status === expected) this.#tally.refused++
      else if (response.status === 429) this.#tally.busy++
      // Own keys, but of another program.
      else if (expected === 404 && response.status === 400) this.#tally.refused++
      else this.#tally.unexpected.push(`${response.status} where ${expected} was due`)
    } catch (error) {
      this.#tally.unexpected.push(`${String((error as Error).cause ?? error)} where ${expected} was due`)
    }
  }
}

const sample = () => ({ x: Array.from({ length: 8 }, () => Math.floor(Math.random() * 16)) })

const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)]!

/** The sum of all that is counted under a name. */
const metric = async (url: string, name: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.split("\n").filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0)
}
