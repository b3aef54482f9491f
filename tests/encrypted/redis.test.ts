import { type ChildProcess, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { compile, enc, uint } from "../../src/index.ts"
import { createService, openStorage, RedisEvaluator, type Service } from "../../src/serve/index.ts"
import { askRedis, dumpRedis, hasRedis, type LocalRedis, startRedis } from "../support/redis.ts"

/** A second or more for one sample. */
const slow = compile(
  { x: enc(uint(4), [1024]) },
  ({ x }) => x.lookup([0, 3, 1, 2, 5, 4, 7, 9, 8, 6, 1, 1, 2, 3, 0, 5]).sum(),
  { name: "slow", encodeInputs: false },
)
const sample = (seed: number) => ({ x: Array.from({ length: 1024 }, (_, i) => (i * seed) % 16) })
const main = join(import.meta.dirname, "../../src/cli/main.ts")

interface Logged {
  readonly msg: string
  readonly id: string
  readonly code?: string
}

interface Worker {
  readonly process: ChildProcess
  readonly log: Logged[]
  readonly exit: Promise<unknown>
}

describe.skipIf(!hasRedis)("serve with a queue, and workers as processes of their own", () => {
  const folder = mkdtempSync(join(tmpdir(), "lutra-queue-"))
  const data = join(folder, "data")
  const workers: Worker[] = []
  let redis: LocalRedis
  let service: Service
  let url: string

  beforeAll(async () => {
    mkdirSync(data)
    slow.save(join(folder, "slow.lutra"))
    redis = await startRedis()
    service = await createService({
      models: [slow],
      storage: await openStorage(data),
      createEvaluator: (parts) => RedisEvaluator.connect({ ...parts, queue: redis.url }),
    })
    url = await service.listen({ port: 0 })
    workers.push(...(await Promise.all([startWorker(), startWorker()])))
  }, 120_000)
  afterAll(async () => {
    for (const { process } of workers) process.kill("SIGKILL")
    await service?.stop(0)
    await redis?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const startWorker = async (): Promise<Worker> => {
    const options = ["--queue", redis.url, "--data", data, "--workers", "1", "--lock", "2"]
    const args = ["-C", "source", main, "worker", join(folder, "slow.lutra"), ...options]
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] })
    const log: Logged[] = []
    createInterface({ input: child.stdout! }).on("line", (line) => log.push(JSON.parse(line)))
    // Not "exit", which may come before the last lines.
    const exit = once(child, "close")
    await once(child.stderr!, "data")
    return { process: child, log, exit }
  }
  const logged = (msg: string): Logged[] =>
    workers.flatMap(({ log }) => log).filter((line) => line.msg === msg)
  const jobs = () => readdirSync(data).filter((name) => name === "jobs")

  const createUser = async () => {
    const client = await slow.client()
    const keys = client.evaluationKeys()
    const sha256 = createHash("sha256").update(keys).digest("hex")
    const put = await fetch(`${url}/v1/keys/${sha256}`, { method: "PUT", ...bodyOf(keys) })
    expect(put.status).toBe(201)
    const run = async (request: Uint8Array): Promise<Uint8Array> => {
      const { headers, body } = bodyOf(request)
      const init = { method: "POST", headers: { ...headers, "lutra-keys": sha256 }, body }
      const response = await fetch(`${url}/v1/models/slow/run`, init)
      expect(response.status).toBe(200)
      return new Uint8Array(await response.arrayBuffer())
    }
    return { client, run }
  }

  test("a run whose worker is killed in the middle is done by the other, once, and the client gets its answer", async () => {
    const { client, run } = await createUser()
    const request = client.encrypt(sample(3))
    const reply = run(request)
    await expect.poll(() => logged("run begins").length, { timeout: 60_000 }).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const [killed, other] =
      workers[0]!.log.length > 0 ? [workers[0]!, workers[1]!] : [workers[1]!, workers[0]!]
    killed.process.kill("SIGKILL")
    await killed.exit

    // While it is in the queue: nothing of the request in Redis, nothing secret there or in the storage.
    const held = await dumpRedis(redis)
    expect(held.includes(slow.spec.hash)).toBe(true)
    const secret = Buffer.from(client.secretKey().subarray(200, 216))
    const plain = Buffer.from(JSON.stringify(sample(3).x).slice(0, 40))
    for (const bytes of [secret, plain]) expect(held.includes(bytes)).toBe(false)
    for (let at = 0; at + 16 <= request.length; at += 1000) {
      const part = Buffer.from(request.subarray(at, at + 16))
      expect([held.includes(part), held.includes(part.toString("base64").slice(1, 19))]).toEqual([
        false,
        false,
      ])
    }
    const files = filesIn(data)
    expect(files.some((file) => file.equals(request))).toBe(true)
    for (const file of files) expect([file.includes(secret), file.includes(plain)]).toEqual([false, false])

    expect(client.decrypt(await reply)).toBe(slow.evaluate(sample(3)))
    expect(killed.log).toEqual([expect.objectContaining({ msg: "run begins" })])
    const { id } = killed.log[0]!
    await expect
      .poll(() => other.log)
      .toMatchObject([
        { msg: "run begins", id },
        { msg: "run", id },
      ])
    expect(jobs()).toEqual([])
    for (const part of [await reply, request]) {
      expect((await dumpRedis(redis)).includes(Buffer.from(part.subarray(300, 316)))).toBe(false)
    }
  })

  test("a worker that is told to end finishes its run first", async () => {
    workers.push(await startWorker())
    const { client, run } = await createUser()
    const known = new Set(logged("run begins").map(({ id }) => id))
    const begun = () => logged("run begins").filter(({ id }) => !known.has(id))
    const reply = run(client.encrypt(sample(5)))
    await expect.poll(() => begun().length, { timeout: 60_000 }).toBe(1)
    const { id } = begun()[0]!
    const busy = workers.find(({ log }) => log.some((line) => line.id === id && line.msg === "run begins"))!
    busy.process.kill("SIGTERM")
    expect(client.decrypt(await reply)).toBe(slow.evaluate(sample(5)))
    expect(await busy.exit).toEqual([0, null])
    expect(busy.log.at(-1)).toMatchObject({ msg: "run", id })
  })

  test("several clients at once get their own answers from the workers that are left", async () => {
    workers.push(await startWorker())
    const users = [await createUser(), await createUser()]
    const answers = await Promise.all(
      [1, 2, 3, 4].map(async (seed) => {
        const { client, run } = users[seed % 2]!
        return client.decrypt(await run(client.encrypt(sample(seed))))
      }),
    )
    expect(answers).toEqual([1, 2, 3, 4].map((seed) => slow.evaluate(sample(seed))))
    expect(jobs()).toEqual([])
    expect(await askRedis(redis, "ZCARD", "lutra:runs:prioritized")).toBe(0)
  })
})

describe("lutra worker", () => {
  test.each([
    [["--queue", "redis://127.0.0.1:1"], /^lutra: a worker needs --data FOLDER or --storage/],
    [["--data", "x"], /^lutra: required option '--queue <url>' not specified/],
  ])("with %j is refused", async (options, message) => {
    const child = spawn(process.execPath, ["-C", "source", main, "worker", "x.lutra", ...options])
    let stderr = ""
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk
    })
    expect(await once(child, "close")).toEqual([2, null])
    expect(stderr).toMatch(message)
  })
})

const bodyOf = (bytes: Uint8Array) => ({
  headers: { "content-type": "application/octet-stream" },
  body: Uint8Array.from(bytes),
})

const filesIn = (folder: string): Buffer[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)))
