import { Worker } from "node:worker_threads"
import { afterEach, describe, expect, test, vi } from "vitest"
import { Client, connect as open, readSpec } from "../../src/client.ts"
import { compile, enc, uint } from "../../src/index.ts"
import { readTokens } from "../../src/serve/index.ts"
import {
  emptyKeys,
  emptyRequest,
  other,
  refusal,
  type Started,
  score,
  sha256,
  start,
} from "../serve/support.ts"

const clients: Client[] = []
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose()
})

/** A client that knows a service's URL and a program's name, and nothing else. */
const connect = async (started: Started, name: string, token?: string) => {
  const own = token === undefined ? {} : { token }
  const spec = readSpec(await (await started.fetch("GET", `/v1/models/${name}`, own)).bytes())
  const client = await Client.create(spec)
  clients.push(client)
  const keys = client.evaluationKeys()
  const id = sha256(keys)
  const upload = () => started.fetch("PUT", `/v1/keys/${id}`, { ...own, body: keys })
  const post = (body: Uint8Array, signal?: AbortSignal) =>
    started.fetch("POST", `/v1/models/${name}/run`, {
      ...own,
      body,
      headers: { "lutra-keys": id },
      ...(signal && { signal }),
    })
  const predict = async (inputs: Parameters<Client["encrypt"]>[0]) => {
    let reply = await (await post(client.encrypt(inputs))).bytes()
    while (!client.isFinal(reply)) reply = await (await post(client.refresh(reply))).bytes()
    return client.decrypt(reply)
  }
  return { client, id, keys, upload, post, predict }
}

/** What a service counts under a name with its labels; 0 for what has not happened. */
const metric = async ({ fetch }: Started, name: string): Promise<number> => {
  const text = await (await fetch("GET", "/metrics")).text()
  return Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length) ?? 0,
  )
}

const restarts = (started: Started, reason: string) =>
  metric(started, `lutra_worker_restarts_total{reason="${reason}"}`)

const x = [1, 15, 3, 7]

const rounds = compile({ x: enc(uint(4), [4]) }, ({ x }) => x.mul(x).refresh().mul(3).sum(), {
  name: "rounds",
})

/** A table by a polynomial: the groups of a full request take many seconds. */
const slow = compile({ x: enc(uint(4), [4]) }, ({ x }) => x.map((value) => (value * 7) % 13), {
  name: "slow",
  encodeInputs: false,
})
const slowBatch = Array.from({ length: 64 * slow.report().lanes }, () => ({ x: [1, 2, 3, 15] }))
const fewGroups = slowBatch.slice(0, 2 * slow.report().lanes)

describe("clients", () => {
  test("of several models with tokens of their own get what evaluate says", async () => {
    const authenticate = readTokens("alice a-token\nbob b-token")
    const started = await start({ models: [score, other], authenticate, workers: 2 })
    const results = await Promise.all(
      [
        ["score", "a-token"],
        ["other", "a-token"],
        ["score", "b-token"],
      ].map(async ([name, token]) => {
        const { upload, predict } = await connect(started, name!, token)
        expect((await upload()).status).toBe(201)
        expect((await upload()).status).toBe(200)
        return [await predict({ x }), await predict({ x: [0, 1, 2, 3] })]
      }),
    )
    const expected = [score, other, score].map((program) =>
      [x, [0, 1, 2, 3]].map((values) => program.evaluate({ x: values })),
    )
    expect(results).toEqual(expected)
    expect(await metric(started, "lutra_queue_running")).toBe(0)
  })

  test("cannot run with keys of another, and lose nothing by what the other tries", async () => {
    const authenticate = readTokens("alice a-token\nbob b-token")
    const started = await start({ authenticate, workers: 1 })
    const alice = await connect(started, "score", "a-token")
    await alice.upload()
    expect(await alice.predict({ x })).toEqual(score.evaluate({ x }))
    const run = {
      token: "b-token",
      body: alice.client.encrypt({ x }),
      headers: { "lutra-keys": alice.id },
    }
    // Her keys are in the worker by now.
    expect(await refusal(await started.fetch("POST", "/v1/models/score/run", run))).toBe("404 unknown-keys")
    await started.fetch("DELETE", `/v1/keys/${alice.id}`, { token: "b-token" })
    expect(await alice.predict({ x })).toEqual(score.evaluate({ x }))
    await started.fetch("DELETE", `/v1/keys/${alice.id}`, { token: "a-token" })
    expect(await refusal(await alice.post(run.body))).toBe("404 unknown-keys")
  })

  test("go through the rounds of a program, several at a time", async () => {
    const started = await start({ models: [rounds], workers: 2 })
    const one = await connect(started, "rounds")
    const two = await connect(started, "rounds")
    for (const { upload } of [one, two]) await upload()
    const inputs = Array.from({ length: 8 }, (_, i) => [i, 15 - i, 3, 7])
    const results = await Promise.all(inputs.map((values, i) => [one, two][i % 2]!.predict({ x: values })))
    expect(results).toEqual(inputs.map((values) => rounds.evaluate({ x: values })))
  })

  test("who take a round twice are refused the second time", async () => {
    const started = await start({ models: [rounds], workers: 2 })
    const { client, upload, post } = await connect(started, "rounds")
    await upload()
    const first = await (await post(client.encrypt({ x }))).bytes()
    const second = client.refresh(first)
    const reply = await (await post(second)).bytes()
    expect(await refusal(await post(second))).toBe("400 damaged")
    expect(client.decrypt(reply)).toEqual(rounds.evaluate({ x }))
  })
})

describe("connect of lutra/client", () => {
  test("finds the model of a service, and fills the lanes of one request with calls made at once", async () => {
    const started = await start({ authenticate: readTokens("alice a-token"), workers: 1 })
    const connection = await open(started.url, { token: "a-token" })
    const inputs = Array.from({ length: 20 }, (_, i) => ({ x: [i % 16, 1, 2, 3] }))
    expect(await Promise.all(inputs.map((one) => connection.run(one)))).toEqual(
      inputs.map((one) => score.evaluate(one)),
    )
    expect(await metric(started, 'lutra_run_seconds_count{model="score"}')).toBe(1)
    connection.dispose()
  })

  test("is told why when the worker of a run in several rounds is always replaced in between", async () => {
    const started = await start({ models: [rounds], workers: 1, workerMemoryBytes: 1 })
    const connection = await open(started.url, { model: "rounds" })
    await expect(connection.run({ x })).rejects.toThrow("waits for no such round")
    connection.dispose()
  })
})

describe("bytes of the right form with impossible content", () => {
  test("are refused by a worker, which goes on", async () => {
    const started = await start({ workers: 1 })
    const { client, upload, post, predict } = await connect(started, "score")
    await upload()
    const evil = emptyKeys(client.spec, 0xff)
    expect((await started.fetch("PUT", `/v1/keys/${sha256(evil)}`, { body: evil })).status).toBe(201)
    const headers = { "lutra-keys": sha256(evil) }
    const body = client.encrypt({ x })
    for (let i = 0; i < 3; i++) {
      const refused = await started.fetch("POST", "/v1/models/score/run", { body, headers })
      expect(await refusal(refused)).toBe("400 damaged")
    }
    expect(await refusal(await post(emptyRequest(client.spec, 1, 0xff)))).toBe("400 damaged")
    expect(await predict({ x })).toEqual(score.evaluate({ x }))
    expect(await restarts(started, "crash")).toBe(0)
  })
})

describe("a worker", () => {
  const running = async (started: Started) => {
    await expect.poll(() => metric(started, "lutra_queue_running"), { timeout: 20_000 }).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(await metric(started, "lutra_queue_running")).toBe(1)
  }

  test("that is killed fails its job only, and another takes its place", async () => {
    const posts = vi.spyOn(Worker.prototype, "postMessage")
    const started = await start({ models: [slow], workers: 1 })
    const { client, upload, post, predict } = await connect(started, "slow")
    await upload()
    const failing = post(client.encryptBatch(slowBatch))
    await running(started)
    const waiting = post(client.encryptBatch(fewGroups))
    await (posts.mock.contexts[0] as Worker).terminate()
    posts.mockRestore()
    expect(await refusal(await failing)).toBe("500 internal")
    expect(client.decryptBatch(await (await waiting).bytes())).toEqual(
      fewGroups.map((inputs) => slow.evaluate(inputs)),
    )
    expect(await predict({ x })).toEqual(slow.evaluate({ x }))
    expect(await restarts(started, "crash")).toBe(1)
  })

  test("that takes too long is ended, and another takes its place", async () => {
    // As long as a new worker may need on this machine, which may be slow, and no longer than the many groups take.
    const began = performance.now()
    const quick = await connect(await start({ workers: 1 }), "score")
    await quick.upload()
    await quick.predict({ x })
    const timeoutSeconds = Math.max(8, Math.ceil((3 * (performance.now() - began)) / 1000))
    const started = await start({ models: [slow, score], workers: 1, timeoutSeconds })
    const { client, upload, post } = await connect(started, "slow")
    await upload()
    expect(await refusal(await post(client.encryptBatch(slowBatch)))).toBe("504 timeout")
    const next = await connect(started, "score")
    await next.upload()
    expect(await next.predict({ x })).toEqual(score.evaluate({ x }))
    expect(await restarts(started, "timeout")).toBe(1)
  })

  test("that took too much memory is replaced after its job", async () => {
    const started = await start({ workers: 1, workerMemoryBytes: 1 })
    const { upload, predict } = await connect(started, "score")
    await upload()
    for (let i = 0; i < 2; i++) expect(await predict({ x })).toEqual(score.evaluate({ x }))
    expect(await restarts(started, "memory")).toBe(2)
  })

  test("ends a run whose client has gone, keeps its keys, and leaves the service responsive", async () => {
    const started = await start({ models: [slow], workers: 1 })
    const { client, upload, post, predict } = await connect(started, "slow")
    await upload()
    const control = new AbortController()
    const gone = post(client.encryptBatch(slowBatch), control.signal).catch(() => "gone")
    await running(started)
    expect((await started.fetch("GET", "/healthz")).status).toBe(200)
    expect(await metric(started, "lutra_queue_running")).toBe(1)
    control.abort()
    expect(await gone).toBe("gone")
    await expect.poll(() => metric(started, "lutra_queue_running"), { timeout: 10_000 }).toBe(0)
    expect(await predict({ x })).toEqual(slow.evaluate({ x }))
    expect(await restarts(started, "crash")).toBe(0)
  })
})
