import { MessageChannel, type MessagePort } from "node:worker_threads"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { compile, enc, uint } from "../../src/index.ts"
import { Client, SealContext } from "../../src/runtime/index.ts"
import { LocalEvaluator } from "../../src/serve/evaluator/local-evaluator.ts"
import type { Answer, Order, WorkerSetUp } from "../../src/serve/evaluator/worker-orders.ts"
import { modelsByName, serveModel } from "../../src/serve/served-model.ts"
import { memoryStorage, sha256, start } from "../serve/support.ts"

const matrix = Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (_, j) => ((i * j) % 5) - 2))
const program = compile({ x: enc(uint(3), [8]) }, ({ x }) => x.matmul(matrix).add(matrix[1]!), {
  name: "program",
  encodeInputs: false,
})
const x = [1, 7, 2, 0, 5, 3, 6, 4]

let client: Client
let keys: Uint8Array
beforeAll(async () => {
  client = await Client.create(program.spec)
  keys = client.evaluationKeys()
})
afterAll(() => client.dispose())

/** What the worker is given in place of a thread of its own, so that a test sees what it does. */
const given = vi.hoisted(() => ({ port: undefined as MessagePort | undefined, setUp: undefined as unknown }))
vi.mock("node:worker_threads", async (original) => ({
  ...(await original<typeof import("node:worker_threads")>()),
  get parentPort() {
    return given.port
  },
  get workerData() {
    return given.setUp
  },
}))

test("a worker that has prepared encodes no constant in its first run", async () => {
  const { port1: own, port2: port } = new MessageChannel()
  const programs = new Map([["program", new Uint8Array(program.toBytes())]])
  given.port = port
  given.setUp = { programs, maxGroups: 4, cacheBytes: 2 ** 28 } satisfies WorkerSetUp
  const answers: Answer[] = []
  own.on("message", (answer: Answer) => answers.push(answer))
  const tell = (order: Order) => own.postMessage(order)
  const heard = (id: number, kind: Answer["kind"]) =>
    vi.waitFor(
      () => expect(answers.find((one) => "id" in one && one.id === id && one.kind === kind)).toBeDefined(),
      60_000,
    )
  try {
    await import("../../src/serve/evaluator/evaluation-worker.ts")
    const encode = vi.spyOn(SealContext.prototype, "encode")
    const transform = vi.spyOn(SealContext.prototype, "transform")
    tell({ kind: "prepare", id: 0, model: "program", holder: "alice" })
    await heard(0, "keys")
    tell({ kind: "keys", id: 0, bytes: keys })
    await heard(0, "done")
    expect(encode.mock.calls.length).toBeGreaterThan(0)
    expect(transform.mock.calls.length).toBeGreaterThan(0)
    const request = client.encrypt({ x })
    encode.mockClear()
    transform.mockClear()
    tell({ kind: "run", id: 1, model: "program", holder: "alice", request })
    await heard(1, "done")
    expect([encode.mock.calls.length, transform.mock.calls.length]).toEqual([0, 0])
    expect(answers.map(({ kind }) => kind)).toEqual(["ready", "keys", "done", "done"])
    const done = answers.at(-1)!
    expect(client.decrypt((done as { reply: Uint8Array }).reply)).toEqual(program.evaluate({ x }))
  } finally {
    own.close()
    vi.restoreAllMocks()
  }
})

describe("a service", () => {
  test("prepares the first run when keys are stored, which then loads none", async () => {
    const storage = memoryStorage()
    const get = vi.spyOn(storage, "get")
    const started = await start({ models: [program], storage, workers: 1 })
    const id = sha256(keys)
    expect((await started.fetch("PUT", `/v1/keys/${id}`, { body: keys })).status).toBe(201)
    await vi.waitFor(() => expect(get).toHaveBeenCalledTimes(1), 60_000)
    const run = { body: client.encrypt({ x }), headers: { "lutra-keys": id } }
    const reply = await (await started.fetch("POST", "/v1/models/program/run", run)).bytes()
    expect(client.decrypt(reply)).toEqual(program.evaluate({ x }))
    expect(get).toHaveBeenCalledTimes(1)
  })

  test("lets a run wait for the worker that prepares it, and others begin", async () => {
    let give = (): void => {}
    const loadKeys = vi.fn(() => new Promise<Uint8Array>((resolve) => (give = () => resolve(keys.slice()))))
    const models = modelsByName([serveModel({ source: program })])
    const evaluator = new LocalEvaluator({ models, loadKeys, workers: 2, maxGroups: 4 })
    try {
      const own = { model: "program", client: "alice", keys: "k" }
      const job = { ...own, request: client.encrypt({ x }) }
      const prepared = evaluator.prepare(own)
      await vi.waitFor(() => expect(loadKeys).toHaveBeenCalledTimes(1), 60_000)
      expect(evaluator.canBegin(job)).toBe(false)
      expect(evaluator.canBegin({ ...job, client: "bob" })).toBe(true)
      await evaluator.prepare(own)
      give()
      await prepared
      expect(evaluator.canBegin(job)).toBe(true)
      const reply = await evaluator.run(job, new AbortController().signal)
      expect(client.decrypt(reply)).toEqual(program.evaluate({ x }))
      await evaluator.prepare(own)
      expect(loadKeys).toHaveBeenCalledTimes(1)
    } finally {
      await evaluator.close()
    }
  })
})
