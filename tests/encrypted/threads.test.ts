import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Worker } from "node:worker_threads"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { type Instruction, lanesOf } from "../../src/backend/index.ts"
import { RuntimeError } from "../../src/data/index.ts"
import { Client, SealContext, Server } from "../../src/runtime/index.ts"
import { unpackMessage } from "../../src/runtime/messages/envelope.ts"
import { requestRules } from "../../src/runtime/messages/message-rules.ts"
import { WorkerPool } from "../../src/runtime/server/threads/worker-pool.ts"
import { circuitOf, DOUBLE, LAYOUT, MEDIUM, SCALED, SMALL, sixteen, specOf } from "../runtime/support.ts"

const LANES = lanesOf(LAYOUT)

/** Damages the second group's ciphertexts on their way to a worker: no message could, all that it says is checked. */
const damageSecondGroup = () => {
  const run = WorkerPool.prototype.runGroup
  let groups = 0
  const damaged = (bytes: Uint8Array) => bytes.map((byte, i) => (i === 113 + 7 ? 255 : byte))
  return vi.spyOn(WorkerPool.prototype, "runGroup").mockImplementation(function (
    this: WorkerPool,
    job,
    hooks,
  ) {
    groups++
    const ciphertexts = groups === 2 ? job.ciphertexts.map(damaged) : job.ciphertexts
    return run.call(this, { ...job, ciphertexts }, hooks)
  })
}

describe("two worker threads", () => {
  const { circuit, samples, results } = SCALED
  const spec = specOf(circuit, SMALL, { returns: "record" })
  let client: Client
  let inline: Server
  let server: Server
  beforeAll(async () => {
    client = await Client.create(spec)
    inline = await Server.create(spec, circuit, client.evaluationKeys())
    server = await Server.create(spec, circuit, client.evaluationKeys(), { threads: 2 })
  })
  afterAll(() => {
    client.dispose()
    inline.dispose()
    server.dispose()
  })

  test.each([1, LANES - 1, LANES, LANES + 1, 3 * LANES])(
    "%i samples: the reply of one thread",
    async (count) => {
      const request = client.encryptBatch(samples(count))
      const reply = await server.run(request)
      expect(client.decryptBatch(reply)).toEqual(results(count))
      expect(reply).toEqual(await inline.run(request))
    },
  )

  test("a single sample comes back as one", async () => {
    expect(client.decrypt(await server.run(client.encrypt(samples(1)[0]!)))).toEqual(results(1)[0])
  })

  test("a request in a Buffer, as Node reads files, is left as it was", async () => {
    const request = Buffer.concat([client.encryptBatch(samples(LANES + 1))])
    const copy = Uint8Array.from(request)
    expect(client.decryptBatch(await server.run(request))).toEqual(results(LANES + 1))
    expect(Buffer.compare(request, copy)).toBe(0)
  })

  test("requests that overlap get their own replies", async () => {
    const counts = [3 * LANES, 1, 2, LANES + 1, 3, 2 * LANES]
    const replies = await Promise.all(counts.map((count) => server.run(client.encryptBatch(samples(count)))))
    expect(replies.map((reply) => client.decryptBatch(reply))).toEqual(counts.map(results))
  })

  test("a small request does not wait for all of a large one", async () => {
    let progress = 0
    const onProgress = (done: number, total: number) => {
      progress = done / total
    }
    const large = server.run(client.encryptBatch(samples(12 * LANES)), { onProgress })
    await server.run(client.encryptBatch(samples(1)))
    expect(progress).toBeLessThan(0.7)
    await large
    expect(progress).toBe(1)
  })

  test("a damaged second group fails the run with SEAL's reason, and the next run works", async () => {
    const request = client.encryptBatch(samples(4 * LANES))
    for (const _ of [1, 2, 3]) {
      using _damage = damageSecondGroup()
      const error: unknown = await server.run(request).catch((error: unknown) => error)
      expect(error).toBeInstanceOf(RuntimeError)
      const { message, cause } = error as Error
      expect(message).toBe(
        `samples ${LANES} to ${2 * LANES - 1}: SEAL could not read a ciphertext: ciphertext data is invalid`,
      )
      expect((cause as Error).message).toBe("std::logic_error: ciphertext data is invalid")
    }
    expect(client.decryptBatch(await server.run(request))).toEqual(results(4 * LANES))
  })

  test("progress goes up to the instructions of all groups; what it throws ends the run", async () => {
    const steps: [number, number][] = []
    const onProgress = (done: number, total: number) => steps.push([done, total])
    const request = client.encryptBatch(samples(3 * LANES))
    await server.run(request, { onProgress })
    expect(steps.map(([done]) => done)).toEqual([...steps.map(([done]) => done)].sort((a, b) => a - b))
    expect(steps.at(-1)).toEqual([9, 9])
    const stop = () => {
      throw new Error("stop")
    }
    await expect(server.run(request, { onProgress: stop })).rejects.toThrow("stop")
    expect(client.decryptBatch(await server.run(request))).toEqual(results(3 * LANES))
  })

  test("a thousand runs leave the memory of the process as it was", async () => {
    const [sample] = samples(1)
    const requests = [1, 2].map(() => client.encrypt(sample!))
    const runs = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i += 2) await Promise.all(requests.map((request) => server.run(request)))
    }
    await runs(300)
    const before = residentMegabytes()
    await runs(1000)
    // One ciphertext left behind in each run would be 125 MB.
    expect(residentMegabytes() - before).toBeLessThan(50)
  })
})

describe("creating a server with threads", () => {
  const spec = specOf(DOUBLE)
  let client: Client
  beforeAll(async () => {
    client = await Client.create(spec)
  })
  afterAll(() => client.dispose())
  const create = (options: Parameters<typeof Server.create>[3]) =>
    Server.create(spec, DOUBLE, client.evaluationKeys(), options)

  test("starts as many as are asked for and the memory allows, but one", async () => {
    const found: number[] = []
    for (const options of [{ threads: 3 }, { threads: 3, workerMemoryBytes: 1 }, { threads: 1 }] as const) {
      using server = await create(options)
      found.push(server.threads)
    }
    expect(found).toEqual([3, 1, 1])
    using server = await create({ threads: "auto" })
    expect(server.threads).toBeGreaterThanOrEqual(1)
    const x = sixteen((i) => i)
    expect(client.decrypt(await server.run(client.encrypt({ x })))).toEqual(sixteen((i) => 2 * i))
  })

  test("refuses keys of another program as one thread does, and leaves no worker", async () => {
    using stranger = await Client.create({ ...spec, hash: "f".repeat(64) })
    const error: unknown = await Server.create(spec, DOUBLE, stranger.evaluationKeys(), { threads: 2 }).catch(
      (error: unknown) => error,
    )
    expect(error).toBeInstanceOf(RuntimeError)
    expect((error as Error).message).toMatch(/belongs to program ffffffffffff…, not 0123456789ab…/)
    await expect.poll(activeWorkers).toBe(0)
  })

  test("ends the other workers when one cannot start", async () => {
    vi.spyOn(Worker.prototype, "once").mockImplementationOnce(function (this: Worker) {
      void this.terminate()
      return this
    })
    await expect(create({ threads: 3 })).rejects.toThrow("a worker thread has ended")
    await expect.poll(activeWorkers).toBe(0)
    vi.restoreAllMocks()
  })

  test("refuses a place of SEAL's file that is wrong", async () => {
    const wrong = create({ threads: 2, wasmUrl: "/nowhere/seal.wasm" })
    await expect(wrong).rejects.toThrow("SEAL could not be loaded from /nowhere/seal.wasm")
  })

  test("whose workers end goes on with those that are left, and fails when none is", async () => {
    using server = await create({ threads: 2 })
    const request = client.encrypt({ x: sixteen((i) => i) })
    const endWorker = () =>
      vi.spyOn(Worker.prototype, "postMessage").mockImplementationOnce(function (this: Worker) {
        void this.terminate()
      })
    endWorker()
    await expect(server.run(request)).rejects.toThrow("a worker thread has ended: exit code 1")
    expect(server.threads).toBe(1)
    expect(client.decrypt(await server.run(request))).toEqual(sixteen((i) => 2 * i))
    endWorker()
    await expect(server.run(request)).rejects.toThrow("a worker thread has ended")
    await expect(server.run(request)).rejects.toThrow("no worker thread of this server is left")
    vi.restoreAllMocks()
  })

  test("refuses numbers that count nothing, and a context beside threads", async () => {
    for (const threads of [0, -1, 1.5, Number.NaN, "all" as "auto"]) {
      await expect(create({ threads })).rejects.toThrow(/^threads is .*; it counts worker threads, from 1/)
    }
    using context = await SealContext.create(SMALL)
    await expect(create({ threads: 2, context })).rejects.toThrow("not both")
  })
})

describe("long runs", () => {
  const products: Instruction[] = [0, 1].flatMap((i) => [
    { op: "multiply", a: 2 * i, b: 2 * i },
    { op: "relinearize", a: 2 * i + 1 },
  ])
  const turns: Instruction[] = Array.from({ length: 40 }, (_, i) => ({ op: "rotate", a: i + 4, steps: 256 }))
  const layout = { n: MEDIUM.n, ring: 16 }
  const long = circuitOf([{ op: "input", name: "x", piece: 0 }, ...products, ...turns], {
    layout,
    t: MEDIUM.t,
  })
  const spec = specOf(long, MEDIUM)
  const lanes = lanesOf(layout)
  const batch = Array.from({ length: 4 * lanes }, (_, k) => ({ x: sixteen((i) => ((k + i) % 9) - 4) }))
  const wanted = batch.map(({ x }) => sixteen((i) => x[(i + 40) % 16]! ** 4))
  let context: SealContext
  let client: Client
  let request: Uint8Array
  beforeAll(async () => {
    context = await SealContext.create(spec.parameters)
    client = await Client.create(spec, { context })
    request = client.encryptBatch(batch)
  })
  afterAll(() => {
    client.dispose()
    context.dispose()
  })
  /** The ciphertexts of one sample, as SEAL reads them. */
  const ciphertextsOf = (sample: (typeof batch)[number]): readonly Uint8Array[] =>
    unpackMessage(client.encrypt(sample), requestRules(spec, context.levelIds, 1)).blobs
  const create = (threads: number) => Server.create(spec, long, client.evaluationKeys(), { threads })

  test("groups really run at the same time, and one after the other on one worker", async () => {
    const ciphertexts = ciphertextsOf(batch[0]!)
    const orders: boolean[] = []
    for (const threads of [2, 1]) {
      using pool = await WorkerPool.create(spec, [long], client.evaluationKeys(), { threads })
      const order: string[] = []
      const run = (name: string) =>
        pool.runGroup(
          { ciphertexts, given: {} },
          { signal: new AbortController().signal, onSteps: () => order.push(name) },
        )
      await Promise.all([run("a"), run("b")])
      orders.push(order.indexOf("b") < order.lastIndexOf("a"))
    }
    expect(orders).toEqual([true, false])
  })

  test("four groups on two threads give the results of one", async () => {
    using one = await create(1)
    using two = await create(2)
    const [single, double] = [await one.run(request), await two.run(request)]
    expect(client.decryptBatch(single)).toEqual(wanted)
    expect(double).toEqual(single)
  })

  test("the thread that asks stays free", async () => {
    using server = await create(2)
    let ticks = 0
    const timer = setInterval(() => ticks++, 10)
    const start = performance.now()
    await server.run(request)
    clearInterval(timer)
    expect(ticks).toBeGreaterThan((performance.now() - start) / 40)
  })

  test("a server that is disposed during runs fails them at once and ends its workers", async () => {
    const server = await create(2)
    const outcomes = Promise.allSettled([server.run(request), server.run(request)])
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(activeWorkers()).toBeGreaterThan(0)
    server.dispose()
    server.dispose()
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: "rejected" })
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(RuntimeError)
      expect((outcome as PromiseRejectedResult).reason.message).toMatch("this server is disposed")
    }
    await expect(server.run(request)).rejects.toThrow("this server is disposed")
    await expect.poll(activeWorkers).toBe(0)
  })

  test("a group that is given up stops, and its worker takes the next", { retry: 2 }, async () => {
    using pool = await WorkerPool.create(spec, [long], client.evaluationKeys(), { threads: 1 })
    const job = { ciphertexts: ciphertextsOf(batch[0]!), given: {} }
    const run = () => pool.runGroup(job, { signal: new AbortController().signal })
    await run()
    let start = process.cpuUsage()
    await run()
    const whole = cpuSince(start)
    const control = new AbortController()
    start = process.cpuUsage()
    const onSteps = () => control.abort(new Error("given up"))
    await expect(pool.runGroup(job, { signal: control.signal, onSteps })).rejects.toThrow("given up")
    await run()
    expect(cpuSince(start) / whole).toBeLessThan(1.6)
  })

  test("a failing group fails the run, and those after it are not begun", { retry: 2 }, async () => {
    using server = await create(2)
    const start = process.cpuUsage()
    await server.run(request)
    const whole = cpuSince(start)
    const again = process.cpuUsage()
    const damage = damageSecondGroup()
    await expect(server.run(request)).rejects.toThrow("SEAL could not read a ciphertext")
    damage.mockRestore()
    expect(client.decrypt(await server.run(client.encrypt(batch[0]!)))).toEqual(wanted[0])
    expect(cpuSince(again) / whole).toBeLessThan(0.7)
  })
})

test("a process that forgets to dispose its server ends all the same, whatever flags it has", async () => {
  const root = join(import.meta.dirname, "../..")
  const program = `
    import { compile, enc, uint } from "${root}/src/index.ts"
    const program = compile({ x: enc(uint(3)) }, ({ x }) => x.add(1))
    const client = await program.client()
    const server = await program.server(client.evaluationKeys(), { threads: 2 })
    console.log(client.decrypt(await server.run(client.encrypt({ x: 4 }))))`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["-C", "source", "--input-type=module", "-e", program],
    { timeout: 60_000 },
  )
  expect(stdout).toBe("5\n")
})

/** Microseconds of processor time of all threads. */
const cpuSince = (start: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(start)
  return user + system
}

const activeWorkers = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === "Worker" || name === "MessagePort").length

const residentMegabytes = (): number => {
  setFlagsFromString("--expose-gc")
  const collect: () => void = runInNewContext("gc")
  collect()
  collect()
  return process.memoryUsage().rss / 1e6
}
