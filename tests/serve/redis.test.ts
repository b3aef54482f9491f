import { once } from "node:events"
import { createConnection } from "node:net"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { modelsByName, ServiceError, serveModel } from "../../src/serve/index.ts"
import { startQueueWorker } from "../../src/serve/redis/queue-worker.ts"
import { RedisEvaluator, type RedisEvaluatorOptions } from "../../src/serve/redis/redis-evaluator.ts"
import { askRedis, hasRedis, type LocalRedis, startRedis } from "../support/redis.ts"
import {
  emptyKeys,
  emptyRequest,
  FakeEvaluator,
  memoryStorage,
  other,
  score,
  sha256,
  start,
} from "./support.ts"

const models = modelsByName([serveModel({ source: score, maxGroups: 4 })])
const request = emptyRequest(score.spec)
const keys = "0".repeat(64)
const never = new AbortController().signal
const closes: (() => Promise<void>)[] = []
let redis: LocalRedis
let storage: ReturnType<typeof memoryStorage>

describe.skipIf(!hasRedis)("a queue in Redis", () => {
  beforeAll(async () => {
    redis = await startRedis()
  })
  beforeEach(() => {
    storage = memoryStorage()
  })
  afterEach(async () => {
    for (const close of closes.splice(0).reverse()) await close()
    await redis.restart()
  })
  afterAll(() => redis.stop())

  const connect = async (options: Partial<RedisEvaluatorOptions> = {}): Promise<RedisEvaluator> => {
    const evaluator = await RedisEvaluator.connect({ queue: redis.url, storage, models, ...options })
    closes.push(() => evaluator.close())
    return evaluator
  }
  const startWorker = async ({
    answer,
    own = models,
    onError,
  }: {
    answer?: Uint8Array
    own?: typeof models
    onError?: (error: Error) => void
  } = {}) => {
    const evaluator = new FakeEvaluator()
    if (answer) evaluator.answer = () => answer
    const options = { queue: redis.url, storage, models: own, evaluator, ...(onError && { onError }) }
    const worker = await startQueueWorker(options)
    let closed: Promise<void> | undefined
    const close = () => (closed ??= worker.close())
    closes.push(close)
    return { evaluator, close }
  }
  const jobOf = (client: string) => ({ model: "score", client, keys, request })
  const begun = (evaluator: FakeEvaluator, count: number) =>
    expect.poll(() => evaluator.begun.length, { timeout: 20_000 }).toBe(count)
  const waiting = (count: number) =>
    expect.poll(() => askRedis(redis, "zcard", "lutra:runs:prioritized"), { timeout: 5000 }).toBe(count)

  test("gives a run to a worker and its reply to the client, and keeps neither", async () => {
    const [server, worker] = [await connect(), await startWorker()]
    const reply = server.run(jobOf("ann"), never)
    await begun(worker.evaluator, 1)
    expect(worker.evaluator.begun[0]).toEqual(jobOf("ann"))
    expect([...storage.files.keys()]).toEqual([expect.stringMatching(/^jobs\/[0-9a-f]{32}\/request$/)])
    worker.evaluator.end(0, Uint8Array.of(1, 2, 3))
    expect(await reply).toEqual(Uint8Array.of(1, 2, 3))
    expect([...storage.files.keys()]).toEqual([])
  })

  test("holds names and hashes of a run, and none of its bytes", async () => {
    const secret = Uint8Array.from({ length: 64 }, (_, i) => 65 + (i % 26))
    const server = await connect()
    await startWorker({ answer: secret })
    const seen = await recordRedis()
    expect(await server.run(jobOf("ann"), never)).toEqual(secret)
    const data = JSON.stringify({ model: "score", program: score.spec.hash, client: "ann", keys })
    await expect.poll(() => seen.text().replaceAll("\\", "")).toContain(data.slice(0, -1))
    const text = Buffer.from(secret)
    for (const form of ["latin1", "base64", "hex"] as const) {
      expect(seen.text()).not.toContain(text.subarray(0, 24).toString(form).replace(/=+$/, ""))
    }
    seen.stop()
  })

  test("tells the client why a worker has refused", async () => {
    const [server, worker] = [await connect(), await startWorker()]
    const reply = server.run(jobOf("ann"), never)
    await begun(worker.evaluator, 1)
    worker.evaluator.end(0, new ServiceError("unknown-keys", "there are no such keys"))
    await expect(reply).rejects.toMatchObject({ code: "unknown-keys", message: "there are no such keys" })
    await expect(server.run({ ...jobOf("ann"), request: request.subarray(5) }, never)).rejects.toMatchObject({
      code: "damaged",
    })
    expect([...storage.files.keys()]).toEqual([])
  })

  test("tells whoever runs a worker why a run failed, and not the client", async () => {
    const told: string[] = []
    const onError = ({ message }: Error) => told.push(message)
    const [server, worker] = [await connect(), await startWorker({ onError })]
    const reply = server.run(jobOf("ann"), never)
    const refused = expect(reply).rejects.toMatchObject({ code: "internal", message: "could not be run" })
    await begun(worker.evaluator, 1)
    worker.evaluator.end(
      0,
      new ServiceError("internal", "could not be run", { cause: "Error: at seal.ts:1" }),
    )
    await refused
    expect(told).toEqual([expect.stringMatching(/^run [0-9a-f]{32} failed: Error: at seal\.ts:1$/)])
  })

  test("keeps no more requests in memory than may wait while the storage is slow", async () => {
    let release = (): void => {}
    const free = new Promise<void>((resolve) => {
      release = resolve
    })
    const { put } = storage
    storage.put = async (...args) => {
      await free
      await put(...args)
    }
    const server = await connect({ maxWaiting: 6 })
    const runs = ["ann", "ann", "ann", "ann"].map((client) => server.run(jobOf(client), never))
    await expect(server.run(jobOf("ann"), never)).rejects.toThrow("4 of your requests are waiting already")
    runs.push(server.run(jobOf("bob"), never), server.run(jobOf("bob"), never))
    await expect(server.run(jobOf("eve"), never)).rejects.toMatchObject({ code: "busy" })
    await startWorker({ answer: Uint8Array.of(1) })
    release()
    expect(await Promise.all(runs)).toHaveLength(6)
  })

  test("takes no more than its limits, of all clients and of one, through all servers", async () => {
    const [one, two] = [await connect({ maxWaiting: 6 }), await connect({ maxWaiting: 6 })]
    const ann = Array.from({ length: 4 }, () => one.run(jobOf("ann"), never))
    await waiting(4)
    await expect(two.run(jobOf("ann"), never)).rejects.toMatchObject({
      code: "busy",
      message: "4 of your requests are waiting already; try again later",
      retryAfter: expect.any(Number),
    })
    const bob = [two.run(jobOf("bob"), never), one.run(jobOf("bob"), never)]
    await waiting(6)
    await expect(two.run(jobOf("eve"), never)).rejects.toThrow("6 requests are waiting already")
    expect(storage.files.size).toBe(6)
    await startWorker({ answer: Uint8Array.of(1) })
    expect(await Promise.all([...ann, ...bob])).toHaveLength(6)
    expect(storage.files.size).toBe(0)
  })

  test("of many requests at once accepts as many as may wait", async () => {
    const server = await connect({ maxWaiting: 8, maxWaitingPerClient: 5 })
    const runs = Array.from({ length: 20 }, () => server.run(jobOf("ann"), never))
    let refused = 0
    const outcomes = runs.map((run) =>
      run.catch((error: ServiceError) => {
        expect(error.code).toBe("busy")
        refused++
      }),
    )
    await expect.poll(() => refused).toBe(15)
    await startWorker({ answer: Uint8Array.of(1) })
    expect((await Promise.all(outcomes)).filter((reply) => reply !== undefined)).toHaveLength(5)
  })

  test("lets clients take turns", async () => {
    const server = await connect()
    const runs = ["a", "a", "a", "a", "b", "b", "c"].map((client) => server.run(jobOf(client), never))
    await waiting(7)
    const worker = await startWorker({ answer: Uint8Array.of(1) })
    await Promise.all(runs)
    expect(worker.evaluator.begun.map(({ client }) => client).join("")).toBe("abcabaa")
  })

  test("drops a run whose client goes before a worker takes it", async () => {
    const server = await connect()
    const gone = new AbortController()
    const run = server.run(jobOf("ann"), gone.signal)
    await waiting(1)
    gone.abort()
    await expect(run).rejects.toMatchObject({ code: "gone" })
    await waiting(0)
    await expect.poll(() => storage.files.size).toBe(0)
  })

  test("cleans up after a run whose client goes while a worker is at it", async () => {
    const [server, worker] = [await connect(), await startWorker()]
    const gone = new AbortController()
    const run = server.run(jobOf("ann"), gone.signal)
    await begun(worker.evaluator, 1)
    gone.abort()
    await expect(run).rejects.toMatchObject({ code: "gone" })
    worker.evaluator.end(0)
    await expect.poll(() => [...storage.files.keys()]).toEqual([])
    await waiting(0)
  })

  test("does not let a client wait for ever", async () => {
    const server = await connect({ waitSeconds: 0.3 })
    await expect(server.run(jobOf("ann"), never)).rejects.toMatchObject({ code: "timeout" })
    await expect.poll(() => storage.files.size).toBe(0)
  })

  test.each([
    ["and no worker at all", false],
    ["and a worker that does not have their program", true],
  ])("forgets the runs of a server that was killed, with another server %s", async (_, hasWorker) => {
    const options = { maxWaiting: 4, waitSeconds: 3 }
    const killed = await connect(options)
    const lost = Array.from({ length: 4 }, () => killed.run(jobOf("ann"), never).catch(() => "lost"))
    await waiting(4)
    await killed.close()
    await Promise.all(lost)
    const own = modelsByName([serveModel({ source: other, name: "score", maxGroups: 4 })])
    if (hasWorker) await startWorker({ own })
    const server = await connect({ ...options, waitSeconds: 600 })
    const refused = await server.run(jobOf("ann"), never).catch((error) => error)
    expect(refused).toMatchObject({ code: "busy" })
    await new Promise((resolve) => setTimeout(resolve, 3000))
    const reply = server.run(jobOf("ann"), never)
    const inQueue = async () => {
      const sets = ["prioritized", "delayed", "wait", "active"].map((name) => `lutra:runs:${name}`)
      const counts = sets.map((name, i) => askRedis(redis, i < 2 ? "zcard" : "llen", name))
      return (await Promise.all(counts)).reduce((sum: number, count) => sum + Number(count), 0)
    }
    await expect.poll(inQueue, { timeout: 60_000 }).toBe(1)
    await startWorker({ answer: Uint8Array.of(5) })
    expect(await reply).toEqual(Uint8Array.of(5))
    if (!hasWorker) expect(storage.files.size).toBe(0)
  })

  test("keeps a run for a worker that has its program", async () => {
    const [server, wrong] = [
      await connect(),
      await startWorker({ own: modelsByName([serveModel({ source: other, name: "score", maxGroups: 4 })]) }),
    ]
    const reply = server.run(jobOf("ann"), never)
    await new Promise((resolve) => setTimeout(resolve, 800))
    await startWorker({ answer: Uint8Array.of(7) })
    expect(await reply).toEqual(Uint8Array.of(7))
    expect(wrong.evaluator.begun).toEqual([])
  })

  test("a worker that is closed finishes what it has begun and takes nothing more", async () => {
    const [server, first] = [await connect(), await startWorker()]
    const runs = [server.run(jobOf("ann"), never), server.run(jobOf("ann"), never)]
    await begun(first.evaluator, 1)
    const closed = first.close()
    first.evaluator.end(0, Uint8Array.of(1))
    await closed
    expect(await runs[0]).toEqual(Uint8Array.of(1))
    expect(first.evaluator.begun).toHaveLength(1)
    await startWorker({ answer: Uint8Array.of(2) })
    expect(await runs[1]).toEqual(Uint8Array.of(2))
  })

  test("a run whose worker fails is given to another", async () => {
    const [server, worker] = [await connect(), await startWorker()]
    const reply = server.run(jobOf("ann"), never)
    await begun(worker.evaluator, 1)
    worker.evaluator.end(0, new ServiceError("stopping", "the server stops"))
    await begun(worker.evaluator, 2)
    worker.evaluator.end(1, Uint8Array.of(9))
    expect(await reply).toEqual(Uint8Array.of(9))
  })

  test("runs survive a Redis that starts anew with nothing in it", async () => {
    const [server, worker] = [await connect(), await startWorker()]
    const runs = [server.run(jobOf("ann"), never), server.run(jobOf("bob"), never)]
    await begun(worker.evaluator, 1)
    await redis.restart()
    worker.evaluator.answer = () => Uint8Array.of(8)
    worker.evaluator.end(0, Uint8Array.of(8))
    expect(await Promise.all(runs)).toEqual([Uint8Array.of(8), Uint8Array.of(8)])
  }, 60_000)

  test("refuses new runs while Redis is away, and takes them when it is back", async () => {
    const server = await connect()
    await redis.kill()
    await expect(server.run(jobOf("ann"), never)).rejects.toMatchObject({ code: "internal" })
    expect(storage.files.size).toBe(0)
    await redis.restart()
    await startWorker({ answer: Uint8Array.of(3) })
    const again = () => server.run(jobOf("ann"), never).catch(() => undefined)
    await expect.poll(again, { timeout: 20_000 }).toEqual(Uint8Array.of(3))
  })

  test("gives up a run whose worker has died three times", async () => {
    const server = await connect()
    const reply = server.run(jobOf("ann"), never)
    const outcome = expect(reply).rejects.toMatchObject({ code: "internal" })
    const deadly = new FakeEvaluator()
    const die = async (count: number) => {
      const options = { queue: redis.url, storage, models, evaluator: deadly, lockMilliseconds: 300 }
      const worker = await startQueueWorker(options)
      await begun(deadly, count)
      await worker.abandon()
    }
    for (let i = 1; i <= 3; i++) await die(i)
    const last = new FakeEvaluator()
    const worker = await startQueueWorker({
      queue: redis.url,
      storage,
      models,
      evaluator: last,
      lockMilliseconds: 300,
    })
    closes.push(() => worker.close())
    await outcome
    expect(last.begun).toEqual([])
    expect(deadly.begun).toHaveLength(3)
  })

  test("serves HTTP: 429 with Retry-After when it is full, and the reply when a worker comes", async () => {
    const createEvaluator = (parts: Pick<RedisEvaluatorOptions, "models">) =>
      RedisEvaluator.connect({ queue: redis.url, storage, models: parts.models, maxWaiting: 1 })
    const { fetch, service } = await start({ storage, createEvaluator })
    closes.push(() => service.stop(0))
    const stored = emptyKeys(score.spec)
    await fetch("PUT", `/v1/keys/${sha256(stored)}`, { body: stored })
    const run = () =>
      fetch("POST", "/v1/models/score/run", { body: request, headers: { "lutra-keys": sha256(stored) } })
    const first = run()
    await waiting(1)
    const second = await run()
    expect([second.status, Number(second.headers.get("retry-after"))]).toEqual([429, expect.any(Number)])
    await startWorker({ answer: Uint8Array.of(4, 2) })
    expect(new Uint8Array(await (await first).arrayBuffer())).toEqual(Uint8Array.of(4, 2))
  })

  test("an address that is none, or where nothing answers, is refused without its password", async () => {
    await expect(connect({ queue: "http://127.0.0.1" })).rejects.toThrow(
      "the address of the queue is http://127.0.0.1; it is redis://HOST:PORT, or rediss://HOST:PORT with TLS; " +
        "did you mean redis://127.0.0.1?",
    )
    const refused = connect({ queue: "redis://user:hidden@127.0.0.1:1" })
    await expect(refused).rejects.toThrow(
      /^Redis at 127\.0\.0\.1:1 cannot be used: nothing listens there\nstart it there, or give another/,
    )
    await expect(refused).rejects.not.toThrow("hidden")
  })

  test("models in several rounds are refused", async () => {
    const inRounds = new Map([
      ["score", { ...serveModel({ source: score, maxGroups: 4 }), isInRounds: true }],
    ])
    const message =
      "score runs in several rounds, and one process has to remember what is between them\nserve it without a queue"
    await expect(connect({ models: inRounds })).rejects.toThrow(message)
    await expect(startWorker({ own: inRounds })).rejects.toThrow(message)
  })
})

/** All that Redis is told, scripts included. */
const recordRedis = async () => {
  const socket = createConnection(Number(new URL(redis.url).port), "127.0.0.1")
  let text = ""
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk
  })
  socket.write("MONITOR\r\n")
  await once(socket, "data")
  return { text: () => text, stop: () => socket.destroy() }
}
