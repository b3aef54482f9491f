// How much more two workers serve than one: node -C source scripts/scaling.ts [SECONDS]
// Needs redis-server. Each worker is a process with one thread; the machine should have nothing else to do.
import { type ChildProcess, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { compile, enc, uint } from "../src/index.ts"
import { createService, openStorage, RedisEvaluator } from "../src/serve/index.ts"
import { type LocalRedis, startRedis } from "../tests/support/redis.ts"

const seconds = Number(process.argv[2] ?? 60)
const AT_ONCE = 6

/** A table of every element of a vector, and their sum: one ciphertext, half a second on one core. */
const model = compile(
  { x: enc(uint(4), [1024]) },
  ({ x }) => x.lookup([0, 3, 1, 2, 5, 4, 7, 9, 8, 6, 1, 1, 2, 3, 0, 5]).sum(),
  { name: "model", encodeInputs: false },
)
const input = { x: Array.from({ length: 1024 }, (_, i) => i % 16) }

interface Rate {
  readonly workers: number
  readonly runs: number
  readonly perMinute: number
  /** Milliseconds from request to reply in the middle of all. */
  readonly median: number
}

const measure = async (folder: string, redis: LocalRedis, workers: number): Promise<Rate> => {
  const data = join(folder, `data-${workers}`)
  const service = await createService({
    models: [model],
    storage: await openStorage(data),
    createEvaluator: (parts) => RedisEvaluator.connect({ ...parts, queue: redis.url }),
  })
  const url = await service.listen({ port: 0 })
  const started = await Promise.all(Array.from({ length: workers }, () => startWorker(folder, data, redis)))
  try {
    const client = await model.client()
    const keys = client.evaluationKeys()
    const sha256 = createHash("sha256").update(keys).digest("hex")
    const type = { "content-type": "application/octet-stream" }
    await fetch(`${url}/v1/keys/${sha256}`, { method: "PUT", headers: type, body: Uint8Array.from(keys) })
    const body = Uint8Array.from(client.encrypt(input))
    const run = async (): Promise<number> => {
      const since = performance.now()
      const init = { method: "POST", headers: { ...type, "lutra-keys": sha256 }, body }
      const response = await fetch(`${url}/v1/models/model/run`, init)
      const reply = new Uint8Array(await response.arrayBuffer())
      if (!response.ok) throw new Error(`status ${response.status}: ${new TextDecoder().decode(reply)}`)
      if (client.decrypt(reply) !== model.evaluate(input)) throw new Error("a wrong answer")
      return performance.now() - since
    }
    // Until every worker has made its context and loaded the keys.
    while (started.some(({ runs }) => runs() === 0)) await Promise.all(Array.from({ length: AT_ONCE }, run))
    const times: number[] = []
    const since = performance.now()
    const until = since + 1000 * seconds
    const loop = async (): Promise<void> => {
      while (performance.now() < until) times.push(await run())
    }
    await Promise.all(Array.from({ length: AT_ONCE }, loop))
    const minutes = (performance.now() - since) / 60_000
    const median = times.sort((a, b) => a - b)[times.length >> 1]!
    return { workers, runs: times.length, perMinute: times.length / minutes, median }
  } finally {
    for (const worker of started) worker.process.kill("SIGKILL")
    await service.stop(0)
  }
}

const startWorker = async (
  folder: string,
  data: string,
  { url }: LocalRedis,
): Promise<{ process: ChildProcess; runs: () => number }> => {
  const main = join(import.meta.dirname, "../src/cli/main.ts")
  const options = ["--queue", url, "--data", data, "--workers", "1"]
  const args = ["-C", "source", main, "worker", join(folder, "model.lutra"), ...options]
  const worker = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] })
  let runs = 0
  createInterface({ input: worker.stdout }).on("line", (line) => {
    if (JSON.parse(line).msg === "run") runs++
  })
  await once(worker.stderr, "data")
  return { process: worker, runs: () => runs }
}

const folder = mkdtempSync(join(tmpdir(), "lutra-scaling-"))
const redis = await startRedis()
try {
  model.save(join(folder, "model.lutra"))
  const rates: Rate[] = []
  for (const workers of [1, 2]) {
    const rate = await measure(folder, redis, workers)
    rates.push(rate)
    const { runs, perMinute, median } = rate
    const line = `${perMinute.toFixed(1)} a minute, ${(median / 1000).toFixed(2)} s from request to reply`
    console.log(`${workers} workers: ${runs} runs, ${line} with ${AT_ONCE} at once`)
  }
  console.log(`two serve ${(rates[1]!.perMinute / rates[0]!.perMinute).toFixed(2)} times as much as one`)
} finally {
  await redis.stop()
  rmSync(folder, { recursive: true, force: true })
}
