import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Compiled, clear, compile, enc, int, range, type Tensor, uint } from "../../src/index.ts"
import { Client, SealContext, type Server } from "../../src/runtime/index.ts"
import { packMessage, unpackMessage } from "../../src/runtime/messages/envelope.ts"
import { roundReplyRules, roundRequestRules } from "../../src/runtime/messages/round-messages.ts"
import { roundsOf } from "../../src/runtime/messages/rounds-and-residues.ts"
import { forge } from "../runtime/support.ts"

const ROUNDS_OF_TABLES = 7
const entries = (k: number): number[] => Array.from({ length: 15 }, (_, i) => (i * i * 3 + i * k + 5 * k) % 8)

/** Seven tables one after the other, which no single circuit can hold, and a sum that is known at once. */
const deepTables = ({ x }: { x: Tensor }) => {
  let y = x
  for (let k = 0; k < ROUNDS_OF_TABLES; k++) y = y.add(y.roll(1)).lookup(entries(k))
  return { y, sum: x.sum() }
}

const run = async (client: Client, server: Server, request: Uint8Array): Promise<unknown> => {
  let reply = await server.run(request)
  for (; !client.isFinal(reply); reply = await server.run(client.refresh(reply)));
  return client.decrypt(reply)
}

describe("a program deeper than any parameters", () => {
  let compiled: Compiled
  let context: SealContext
  let client: Client
  let server: Server
  const sample = (k: number) => ({ x: Array.from({ length: 4 }, (_, i) => (k * 5 + i * 3) % 8) })
  beforeAll(async () => {
    compiled = compile({ x: enc(uint(3), [4]) }, deepTables, { refresh: "auto" })
    context = await SealContext.create(compiled.parameters)
    client = await compiled.client({ context })
    server = await compiled.server(client.evaluationKeys(), { context })
  })
  afterAll(() => {
    client.dispose()
    server.dispose()
    context.dispose()
  })

  test("is refused without refreshes, and the message says what they would give", () => {
    expect(() => compile({ x: enc(uint(3), [4]) }, deepTables)).toThrow(
      /at most 25 can be had.*with refresh: "auto" it runs in \d+ rounds at n = \d+, about/s,
    )
  })

  test("runs exactly, in rounds", async () => {
    expect(compiled.spec.rounds!.length).toBeGreaterThan(1)
    expect(compiled.report().rounds.length).toBe(compiled.spec.rounds!.length)
    for (const k of [0, 1]) {
      const result = await run(client, server, client.encrypt(sample(k)))
      expect(result).toEqual(compiled.evaluate(sample(k)))
      expect(compiled.simulate(sample(k))).toEqual(result)
    }
  })

  test("so do batches of more samples than a ciphertext holds, in worker threads", async () => {
    const count = compiled.report().lanes + 2
    const samples = Array.from({ length: count }, (_, k) => sample(k))
    using threaded = await compiled.server(client.evaluationKeys(), { threads: 2 })
    const results = (await run(client, threaded, client.encryptBatch(samples))) as unknown[]
    expect(results).toEqual(samples.map((one) => compiled.evaluate(one)))
  })

  test("an unfinished reply is not decrypted, and a finished one not refreshed", async () => {
    const first = await server.run(client.encrypt(sample(1)))
    expect(client.isFinal(first)).toBe(false)
    expect(client.noiseBudget(first)).toBeGreaterThan(0)
    const rounds = compiled.spec.rounds!.length
    expect(() => client.decrypt(first)).toThrow(
      `this reply is of round 1 of ${rounds} and holds no outputs yet`,
    )
    let reply = first
    while (!client.isFinal(reply)) reply = await server.run(client.refresh(reply))
    expect(() => client.refresh(reply)).toThrow("this reply is the last of its run")
  })

  test("replayed, altered and foreign rounds are refused, and the true one is still taken", async () => {
    const reply = await server.run(client.encrypt(sample(2)))
    const request = client.refresh(reply)
    const altered = request.slice()
    altered[altered.length >> 1]! ^= 1
    await expect(server.run(altered)).rejects.toThrow("checksum")
    const parts = new DataView(request.buffer).getUint32(44, true)
    const guessed = forge(request, 0, (byte) => byte ^ 1, parts - 1)
    await expect(server.run(guessed)).rejects.toThrow("this server waits for no such round")
    using other = await compiled.server(client.evaluationKeys(), { context })
    await expect(other.run(request)).rejects.toThrow("this server waits for no such round")
    // The session of one round in a message of another.
    const [, second, third] = roundsOf(compiled.spec)
    const requestRules = roundRequestRules(second!, [context.levelIds], 1)
    const later = packMessage({ ...requestRules, hash: third!.hash }, unpackMessage(request, requestRules))
    if (second!.inputs.length === third!.inputs.length)
      await expect(server.run(later)).rejects.toThrow("is for round 3 where round 2 comes next")
    const next = await server.run(request)
    await expect(server.run(request)).rejects.toThrow("it was answered already")
    expect(await run(client, server, client.encrypt(sample(3)))).toEqual(compiled.evaluate(sample(3)))
    // Its own run goes on, whatever else came between.
    let rest = next
    while (!client.isFinal(rest)) rest = await server.run(client.refresh(rest))
    expect(client.decrypt(rest)).toEqual(compiled.evaluate(sample(2)))
  })

  test("a round that failed on the way may be asked for again", async () => {
    const request = client.refresh(await server.run(client.encrypt(sample(4))))
    const stop = () => {
      throw new Error("enough")
    }
    await expect(server.run(request, { onProgress: stop })).rejects.toThrow("enough")
    let reply = await server.run(request)
    while (!client.isFinal(reply)) reply = await server.run(client.refresh(reply))
    expect(client.decrypt(reply)).toEqual(compiled.evaluate(sample(4)))
  })

  test("a reply of a round is refused by another client, and when it is altered", async () => {
    const reply = await server.run(client.encrypt(sample(1)))
    using stranger = await compiled.client({ context })
    expect(() => stranger.refresh(reply)).toThrow("the noise budget of a result is used up")
    const altered = reply.slice()
    altered[100]! ^= 1
    expect(() => client.refresh(altered)).toThrow()
  })
})

describe("what a client sees between two rounds", () => {
  const LENGTH = 4096
  const zeros = { x: new Array<number>(LENGTH).fill(1) }
  let compiled: Compiled
  let context: SealContext
  beforeAll(async () => {
    compiled = compile({ x: enc(uint(1), [LENGTH]) }, ({ x }) => x.mul(x).refresh().sum())
    context = await SealContext.create(compiled.parameters)
  })
  afterAll(() => context.dispose())

  /** The values that the client decrypts after the first round. */
  const seen = async (client: Client, server: Server): Promise<number[]> => {
    const reply = await server.run(client.encrypt(zeros))
    const [first] = roundsOf(compiled.spec)
    const rules = roundReplyRules(first!, [context.levelIds])
    const message = unpackMessage(reply, rules)
    // The same reply without its session, as that of a program of one round.
    const alone = roundReplyRules({ ...first!, isLast: true }, [context.levelIds])
    const bare = packMessage(alone, { ...message, blobs: message.blobs.slice(0, -1) })
    const { round: _, isLast: __, ...spec } = first!
    using reader = await Client.create({ ...spec, returns: "single" }, { context, keys: client.secretKey() })
    return (reader.decrypt(bare) as number[]).flat()
  }

  test("is uniform mod t though the input is fixed, and new in every run", async () => {
    using client = await compiled.client({ context })
    using server = await compiled.server(client.evaluationKeys(), { context })
    const { t } = compiled.parameters
    const runs = [await seen(client, server), await seen(client, server)]
    for (const values of runs) {
      expect(values.length).toBe(LENGTH)
      expect(values.every((value) => value >= 0 && value < t)).toBe(true)
      const counts = new Array<number>(16).fill(0)
      for (const value of values) counts[Math.floor((16 * value) / Number(t))]!++
      const expected = LENGTH / 16
      const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
      // 15 degrees of freedom: beyond 50 once in a hundred thousand runs.
      expect(chiSquare).toBeLessThan(50)
    }
    const same = runs[0]!.filter((value, i) => value === runs[1]![i]).length
    expect(same).toBeLessThan(20)
    expect(await run(client, server, client.encrypt(zeros))).toBe(LENGTH)
  })
})

test("clear inputs, early outputs and inputs of late rounds find their way", async () => {
  using compiled = compile(
    { x: enc(uint(2), [3]), late: enc(int(4), [3]), k: clear(int(4), [3]) },
    ({ x, late, k }) => ({
      early: x.add(k),
      product: x.mul(x).refresh().mul(late).refresh().mul(k).add(late),
      clear: k.mul(2),
    }),
    { name: "mixed" },
  )
  expect(compiled.spec.rounds!.length).toBe(3)
  const samples = [0, 1, 2].map((s) => ({
    x: [s, 3 - s, 1],
    late: [-8 + s, 7, s],
    k: [s - 4, 5, -s],
  }))
  expect(await compiled.runBatch(samples)).toEqual(samples.map((sample) => compiled.evaluate(sample)))
  expect(await compiled.run(samples[1]!)).toEqual(compiled.evaluate(samples[1]!))
  await compiled.dispose()
})

test("forty squarings run in one line", async () => {
  const compiled = compile(
    { x: enc(range(-1, 1), [4]) },
    ({ x }) => {
      let y = x
      for (let i = 0; i < 40; i++) y = y.mul(y).sub(1)
      return y
    },
    { refresh: "auto", name: "squarings" },
  )
  const inputs = { x: [0, 1, -1, 0] }
  expect(compiled.report().depth).toBeLessThan(26)
  expect(await compiled.run(inputs)).toEqual(compiled.evaluate(inputs))
  await compiled.dispose()
})

describe("tables of computed values", () => {
  const chain = ({ x, y }: { x: Tensor; y: Tensor }): Tensor => {
    let v = x
    for (let k = 0; k < 3; k++)
      v = v.add(y).lookup(Array.from({ length: 255 }, (_, i) => (i * 77 + 13 * k) % 128))
    return v
  }

  test("are looked up in symbols of masked values, exactly, each element by a mask of its own", async () => {
    const inputs = { x: enc(uint(7), [9]), y: enc(uint(7), [9]) }
    const compiled = compile(inputs, chain, { refresh: "client" })
    expect(compiled.report().depth).toBe(0)
    expect(compiled.spec.rounds!.length).toBe(4)
    for (let run = 0; run < 3; run++) {
      const draw = () =>
        Array.from({ length: 9 }, (_, i) => (run === 0 ? 127 * (i % 2) : (i * 41 + run * 67) % 128))
      const sample = { x: draw(), y: draw().reverse() }
      expect(await compiled.run(sample)).toEqual(compiled.evaluate(sample))
    }
    await compiled.dispose()
  })

  test("are in batches, too", async () => {
    const compiled = compile({ x: enc(uint(7)), y: enc(uint(7)) }, chain, { refresh: "client", batch: 50 })
    const samples = Array.from({ length: 50 }, (_, i) => ({ x: (i * 31) % 128, y: (i * 57 + 3) % 128 }))
    expect(compiled.spec.rounds!.length).toBe(4)
    expect(await compiled.runBatch(samples)).toEqual(samples.map((sample) => compiled.evaluate(sample)))
    await compiled.dispose()
  })
})
