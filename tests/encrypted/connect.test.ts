import "fake-indexeddb/auto"
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeAll, describe, expect, test } from "vitest"
import { type ConnectOptions, connect, fileKeys, indexedDbKeys, type Progress } from "../../src/client.ts"
import { type Compiled, clear, compile, enc, int, type Tensor, uint } from "../../src/index.ts"
import { type ProgramSpec, packSpec, readSpec, withHash } from "../../src/runtime/index.ts"
import { type Fault, refusal, service } from "../client/service.ts"
import { modelFolder } from "../ml/models.ts"
import { quantizedFrom } from "../ml/support.ts"

const URL_ = "https://server.test/lutra"

let score: Compiled
let other: Compiled
let rounds: Compiled
beforeAll(() => {
  const inputs = { x: enc(uint(4), [4]), shift: clear(int(5)) }
  score = compile(inputs, ({ x, shift }) => x.mul([1, -2, 3, 1]).sum().add(shift), { name: "score" })
  other = compile(inputs, ({ x, shift }) => x.mul([1, -2, 3, 2]).sum().add(shift), { name: "score" })
  const twice = ({ x }: { x: Tensor }) => x.lookup([1, 0, 3, 2]).refresh().lookup([3, 1, 2, 0])
  rounds = compile({ x: enc(uint(2), [4]) }, twice, { name: "rounds" })
})

const disposals: (() => unknown)[] = []
afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose()
})

const start = (models: Readonly<Record<string, Compiled>>, fault?: Fault) => {
  const running = service(models, fault)
  disposals.push(running.dispose)
  return running
}

const open = async (running: { fetch: typeof fetch }, options: ConnectOptions = {}) => {
  const connection = await connect(URL_, { fetch: running.fetch, clear: ["shift"], ...options })
  disposals.unshift(() => connection.dispose())
  return connection
}

const sample = { x: [1, 2, 3, 4], shift: 5 }

describe("a connection", () => {
  test("runs samples on a server that gets ciphertexts, with a token in every request", async () => {
    const running = start({ score })
    const connection = await open(running, { token: "open sesame" })
    expect(await connection.run(sample)).toBe(15)
    expect(await connection.runBatch([sample, { x: [15, 0, 0, 0], shift: -16 }])).toEqual([15, -1])
    expect(await connection.runBatch([])).toEqual([])
    expect(running.log()).toEqual([
      "GET /lutra/v1/models",
      "GET /lutra/v1/models/score",
      "PUT /lutra/v1/keys/KEYS",
      "POST /lutra/v1/models/score/run",
      "POST /lutra/v1/models/score/run",
    ])
    expect(new Set(running.sent.map(({ headers }) => headers["authorization"]))).toEqual(
      new Set(["Bearer open sesame"]),
    )
  })

  test("never sends the secret key", async () => {
    const running = start({ score })
    const keys = fileKeys(temporary("keys.json"))
    const connection = await open(running, { keys })
    await connection.run({ x: [1, 2, 3, 4], shift: 5 })
    const { secretKey } = (await keys.load(`${URL_}/v1/models/score`))!
    // Without the header that all messages share.
    const inside = Buffer.from(secretKey.subarray(200, 232))
    expect(new Set(inside).size).toBeGreaterThan(8)
    expect(running.sent).toHaveLength(4)
    for (const { path, headers, body } of running.sent) {
      expect(Buffer.from(body).includes(inside), path).toBe(false)
      expect(JSON.stringify({ path, headers })).not.toContain(inside.toString("hex"))
    }
  })

  test("tells of its steps, with what is sent and what came back", async () => {
    const running = start({ score })
    const steps: Progress[] = []
    const connection = await open(running, { onProgress: (progress) => steps.push(progress) })
    const own: Progress[] = []
    await connection.run(sample, { onProgress: (progress) => own.push(progress) })
    const done = steps.filter(({ state }) => state === "done")
    expect(done.map(({ step }) => step)).toEqual([
      "download",
      "keys",
      "keys",
      "upload",
      "encrypt",
      "server",
      "decrypt",
    ])
    expect(done.every(({ milliseconds }) => milliseconds! >= 0)).toBe(true)
    expect(own).toEqual(steps.slice(-6))
    const begun = own.find(({ step, state }) => step === "server" && state === "begun")
    expect(begun?.message).toEqual(running.sent.at(-1)?.body)
    expect(own.find(({ computing }) => computing !== undefined)?.computing).toBe(42.5)
  })

  test("merges calls made at the same time, and those made while a request is under way", async () => {
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const running = start({ score }, async ({ path }, count) => {
      if (path.endsWith("/run") && count === 4) await held
      return undefined
    })
    const connection = await open(running, { model: "score" })
    const runs = () => running.log().filter((line) => line.startsWith("POST")).length
    const of = (k: number) => connection.run({ x: [k, 0, 0, 0], shift: 0 })
    const first = [of(1), of(2), of(3)]
    expect(await Promise.all(first)).toEqual([1, 2, 3])
    expect(runs()).toBe(1)
    const second = of(4)
    await until(() => runs() === 2)
    const third = [of(5), connection.runBatch([sample, sample]), of(7)]
    const wrong = connection.run({ x: [16, 0, 0, 0], shift: 0 })
    await expect(wrong).rejects.toThrow('input "x"[0] is 16, outside its declared range 0..15')
    release()
    expect(await second).toBe(4)
    expect(await Promise.all(third)).toEqual([5, [15, 15], 7])
    expect(runs()).toBe(3)
  })

  test("predicts rows of a model, and refuses rows where the program was not made of one", async () => {
    const { quantized, test: held } = await quantizedFrom(join(modelFolder, "cancer-logistic.onnx"))
    const cancer = quantized.compile({ name: "cancer" })
    const connection = await open(start({ cancer }), { clear: [] })
    const rows = held.x.slice(0, 3)
    expect(await connection.predict(rows)).toEqual(cancer.predictClear(rows))
    const other = await open(start({ score }))
    await expect(other.predict([[1, 2]])).rejects.toThrow('"score" was not made of a model')
  })

  test("runs programs of several rounds, and does not begin again by itself when a later round is lost", async () => {
    let posts = 0
    const running = start({ rounds }, ({ method }) => {
      if (method !== "POST" || ++posts !== 2) return undefined
      throw new TypeError("fetch failed")
    })
    const connection = await open(running, { clear: [] })
    await expect(connection.run({ x: [0, 1, 2, 3] })).rejects.toThrow(
      /^the run was lost in round 2 of 2: the run did not reach .*it is not begun again by itself/s,
    )
    expect(posts).toBe(2)
    expect(await connection.run({ x: [3, 2, 1, 0] })).toEqual([2, 0, 3, 1])
    expect(posts).toBe(4)
  })

  test("uploads its keys again when the server has let them expire", async () => {
    const running = start({ score })
    const connection = await open(running, { model: "score" })
    running.forgetKeys()
    expect(await connection.run(sample)).toBe(15)
    expect(running.log().slice(-4)).toEqual([
      "POST /lutra/v1/models/score/run",
      "HEAD /lutra/v1/keys/KEYS",
      "PUT /lutra/v1/keys/KEYS",
      "POST /lutra/v1/models/score/run",
    ])
  })

  test("gives up on a server that forgets keys at once", async () => {
    const running = start({ score }, ({ method }) =>
      method === "POST" ? refusal(404, "unknown-keys", "which keys?") : undefined,
    )
    const connection = await open(running, { model: "score" })
    await expect(connection.run(sample)).rejects.toThrow(
      "the run was refused with 404 unknown-keys: which keys?",
    )
    expect(running.log().filter((line) => line.startsWith("POST"))).toHaveLength(3)
  })

  test("waits for a busy server, is stopped by a signal, and closes", async () => {
    let isBusy = true
    const running = start({ score }, ({ method }) =>
      method === "POST" && isBusy ? refusal(429, "busy", "later", { "retry-after": "1" }) : undefined,
    )
    const connection = await open(running, { model: "score", patience: 100_000 })
    const control = new AbortController()
    const stopped = connection.run(sample, { signal: control.signal })
    await until(() => running.log().at(-1)!.startsWith("POST"))
    control.abort(new Error("enough"))
    await expect(stopped).rejects.toThrow("enough")
    const began = performance.now()
    const patient = connection.run(sample)
    await until(() => running.log().filter((line) => line.startsWith("POST")).length === 2)
    isBusy = false
    expect(await patient).toBe(15)
    expect(performance.now() - began).toBeGreaterThan(900)
    connection.dispose()
    await expect(connection.run(sample)).rejects.toThrow("this connection is closed")
  })
})

describe("stored keys", () => {
  const storages = {
    "in IndexedDB": () => indexedDbKeys(crypto.randomUUID()),
    "in a file": () => fileKeys(temporary("keys.json")),
  }
  test.each(Object.entries(storages))("%s are used again, without an upload", async (_, make) => {
    const keys = make()
    const running = start({ score })
    await open(running, { model: "score", keys })
    const again = await open(running, { model: "score", keys })
    expect(await again.run(sample)).toBe(15)
    expect(running.log().slice(2)).toEqual([
      "GET /lutra/v1/models/score",
      "HEAD /lutra/v1/keys/KEYS",
      "POST /lutra/v1/models/score/run",
    ])
    running.forgetKeys()
    expect(await (await open(running, { model: "score", keys })).run(sample)).toBe(15)
    expect(running.log().at(-2)).toBe("PUT /lutra/v1/keys/KEYS")
  })

  test("bind a user to the program they were made for, until another is expected", async () => {
    const keys = indexedDbKeys(crypto.randomUUID())
    await open(start({ score }), { keys })
    const changed = start({ score: other })
    await expect(open(changed, { keys })).rejects.toThrow(
      "https://server.test/lutra/v1/models/score offers another program than the one that the stored keys were made for",
    )
    expect(changed.log()).toEqual(["GET /lutra/v1/models", "GET /lutra/v1/models/score"])
    const connection = await open(changed, { keys, hash: other.spec.hash })
    expect(await connection.run(sample)).toBe(19)
  })

  test("in a file are all there when several are stored at the same time", async () => {
    const keys = fileKeys(temporary("keys.json"))
    const ids = ["a", "b", "c", "d"]
    await Promise.all(ids.map((id) => keys.save(id, { program: id, secretKey: Uint8Array.of(1) })))
    expect((await Promise.all(ids.map((id) => keys.load(id)))).map((found) => found?.program)).toEqual(ids)
  })

  test("in a file are for their owner alone", async () => {
    const path = temporary("keys.json")
    const keys = fileKeys(path)
    await keys.save("a", { program: "p", secretKey: Uint8Array.of(1, 200) })
    await keys.save("b", { program: "q", secretKey: Uint8Array.of(2), evaluationKeys: "e" })
    await keys.remove("b")
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(await keys.load("a")).toEqual({ program: "p", secretKey: Uint8Array.of(1, 200) })
    expect(await keys.load("b")).toBeUndefined()
    expect(readFileSync(path, "utf8")).not.toContain('"b"')
  })
})

describe("the program", () => {
  test("is refused when its hash is another than expected, before anything is sent", async () => {
    const running = start({ score: other })
    await expect(open(running, { model: "score", hash: score.spec.hash })).rejects.toThrow(
      `offers "score" with hash ${other.spec.hash}, and ${score.spec.hash} is expected`,
    )
    expect(running.log()).toEqual(["GET /lutra/v1/models/score"])
  })

  test("can be shipped with the page, and then is not asked for", async () => {
    const running = start({ score })
    const connection = await open(running, { model: "score", spec: packSpec(score.spec) })
    expect(await connection.run(sample)).toBe(15)
    expect(running.log()).toEqual(["PUT /lutra/v1/keys/KEYS", "POST /lutra/v1/models/score/run"])
  })

  /** A server whose word on a program is another than its compiler's. */
  const lying = (change: (spec: ProgramSpec) => ProgramSpec, model = score) => {
    const lies = packSpec(change(model.spec)) as Uint8Array<ArrayBuffer>
    return start({ score: model }, ({ method, path }) =>
      method === "GET" && path.endsWith("score") ? new Response(lies) : undefined,
    )
  }
  const exposed = (inputs: ProgramSpec["inputs"]) =>
    inputs.map((input) => ({ ...input, secret: false, placement: null }))
  const withOwnHash = ({ hash: _, rounds, ...spec }: ProgramSpec): ProgramSpec => {
    const bare = rounds?.map(({ hash: _, ...round }) => round)
    return withHash({ ...spec, ...(bare && { rounds: bare }) })
  }

  test("that a server makes clear is refused under the genuine hash and under its own", async () => {
    const { hash } = score.spec
    const inputs = exposed(score.spec.inputs)
    const old = lying((spec) => ({ ...spec, inputs }))
    for (const options of [{ hash }, { hash, clear: ["x", "shift"] }, {}]) {
      await expect(open(old, { model: "score", ...options })).rejects.toThrow(
        "its hash is not that of what its client's part says",
      )
    }
    const consistent = lying((spec) => withOwnHash({ ...spec, inputs }))
    await expect(open(consistent, { model: "score", hash })).rejects.toThrow(`and ${hash} is expected`)
    await expect(open(consistent, { model: "score" })).rejects.toThrow(
      'says that input "x" of "score" travels in the clear, and nobody here has said so',
    )
    for (const { sent } of [old, consistent]) {
      expect(sent.map(({ method }) => method)).toEqual(sent.map(() => "GET"))
    }
  })

  test("has its clear inputs named, or is pinned", async () => {
    const running = start({ score })
    const unpinned = connect(URL_, { fetch: running.fetch, model: "score" })
    await expect(unpinned).rejects.toThrow('input "shift" of "score" travels in the clear')
    const { hash } = score.spec
    const pinned = await connect(URL_, { fetch: running.fetch, model: "score", hash })
    disposals.unshift(() => pinned.dispose())
    expect(await pinned.run(sample)).toBe(15)
    await expect(open(running, { hash, model: "score", clear: [] })).rejects.toThrow('input "shift"')
    await expect(open(running, { model: "score", clear: ["shfit"] })).rejects.toThrow(
      'there is no input "shfit" to travel in the clear; "score" takes x, shift',
    )
    expect(() => readSpec(packSpec(score.spec), { clear: [] })).toThrow('input "shift" of "score"')
    expect(() => readSpec(packSpec(score.spec), { hash: other.spec.hash })).toThrow("is expected")
    expect(readSpec(packSpec(score.spec), { hash, clear: ["shift"] })).toEqual(score.spec)
  })

  test("of several rounds cannot be made to refresh in the clear, nor its first round to hide a clear input", async () => {
    const { rounds: own } = rounds.spec
    const opened = (at: number) =>
      own!.map((round, i) => (i === at ? { ...round, inputs: exposed(round.inputs) } : round))
    const first = lying((spec) => withOwnHash({ ...spec, rounds: opened(0) }), rounds)
    await expect(open(first, { model: "score", clear: [] })).rejects.toThrow('input "x" of "rounds" travels')
    const second = lying((spec) => withOwnHash({ ...spec, rounds: opened(1) }), rounds)
    const names = own!.flatMap(({ inputs }) => inputs.map(({ name }) => name))
    await expect(open(second, { model: "score", clear: names })).rejects.toThrow("is refreshed in the clear")
  })

  test("that needs more keys than expected is refused before any is made", async () => {
    const steps = Array.from({ length: 4000 }, (_, i) => i + 1)
    const keys = { relinearization: true, rotations: steps }
    const parameters = { ...score.spec.parameters, n: 8192, primes: [54, 54, 50, 55] }
    const huge = lying((spec) => withOwnHash({ ...spec, keys, parameters, layout: { n: 8192, ring: 4 } }))
    await expect(open(huge, { model: "score" })).rejects.toThrow(
      /its evaluation keys would take \d{10} bytes|needs evaluation keys of \d{9,} bytes/,
    )
    await expect(open(start({ score }), { model: "score", maxKeyBytes: 1000 })).rejects.toThrow(
      /"score" needs evaluation keys of \d+ bytes, more than the 1000 of maxKeyBytes/,
    )
  })

  test("must be named when the server has several", async () => {
    await expect(open(start({ score, rounds }))).rejects.toThrow(
      "https://server.test/lutra/ offers score, rounds\nsay which one as `model`",
    )
  })
})

test("a worker is refused where there are none", async () => {
  const running = start({ score })
  await expect(open(running, { worker: true })).rejects.toThrow("there are no Web Workers here")
})

const temporary = (name: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "lutra-"))
  disposals.push(() => rmSync(folder, { recursive: true }))
  return join(folder, name)
}

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5))
}
