import { afterEach, describe, expect, test } from "vitest"
import type { Parameters } from "../../src/backend/index.ts"
import { connect, type KeyStorage, type StoredKeys } from "../../src/client.ts"
import { Client, type ProgramSpec, packSpec } from "../../src/runtime/index.ts"
import { SMALL, sixteen } from "../runtime/support.ts"
import { sharedContexts } from "../support/contexts.ts"
import { doubled, doubledInRounds, forgerOf } from "../support/forged-replies.ts"

const contextFor = sharedContexts()
const x = sixteen((i) => i - 5)
const twice = x.map((value) => 2 * value)
/** Parts of the noise that a decryption may bear: these go through, and those do not. */
const [BELOW, BEYOND] = [0.2, 0.98]

const disposals: Disposable[] = []
afterEach(() => {
  for (const disposal of disposals.splice(0).reverse()) disposal[Symbol.dispose]()
})

describe.each(["bfv", "bgv"] as const)("replies at the edge of the noise budget, in %s", (scheme) => {
  const parameters: Parameters = { ...SMALL, scheme }

  const attacked = async (spec: ProgramSpec) => {
    const context = await contextFor(parameters)
    const client = await Client.create(spec, { context })
    const forger = await forgerOf(spec, client.evaluationKeys(), context)
    disposals.push(client, forger)
    const reply = await forger.reply(client.encrypt({ x }), 0)
    const asked = async (part: number) => forger.reply(client.encrypt({ x }), part)
    return { context, client, reply, asked }
  }

  test("tell a server three times at most that a refresh failed, and then nothing any more", async () => {
    const { client, reply, asked } = await attacked(doubledInRounds(parameters))
    // What somebody would do who searches for the edge, which a coefficient of the secret key moves.
    let [low, high] = [BELOW, BEYOND]
    const answers: boolean[] = []
    for (let query = 0; query < 20; query++) {
      const part = query === 0 ? BELOW : query === 1 ? BEYOND : (low + high) / 2
      const forged = await asked(part).catch(() => undefined)
      if (forged === undefined) break
      let goesOn = true
      try {
        client.refresh(forged)
      } catch {
        goesOn = false
      }
      answers.push(goesOn)
      if (goesOn) low = part
      else high = part
      if (client.failures === 3) break
    }
    expect(answers.slice(0, 2)).toEqual([true, false])
    expect(answers.filter((goesOn) => !goesOn)).toHaveLength(3)
    for (const use of [() => client.refresh(reply), () => client.encrypt({ x })]) {
      expect(use).toThrow("3 decryptions have failed with this secret key, and it is not used any more")
    }
  })

  test("are counted in the clients before, that the key was restored from", async () => {
    const spec = doubledInRounds(parameters)
    const { context, client, reply, asked } = await attacked(spec)
    const beyond = await asked(BEYOND)
    const restored = async (from: Client) => {
      const next = await Client.create(spec, { context, keys: from.secretKey() })
      disposals.push(next)
      return next
    }
    let current = client
    for (let failures = 1; failures <= 3; failures++) {
      if (failures > 1) current = await restored(current)
      expect(() => current.refresh(beyond)).toThrow("made for another secret key, or the noise budget")
      expect(current.failures).toBe(failures)
      if (failures < 3) expect(() => current.refresh(reply)).not.toThrow()
    }
    await expect(restored(current)).rejects.toThrow("3 decryptions have failed with this secret key")
  })

  test("count when they are results too; replies that are damaged, foreign or out of order do not", async () => {
    const { client, reply, asked } = await attacked(doubled(parameters))
    expect(client.decrypt(await asked(BELOW))).toEqual(twice)
    const damaged = reply.slice()
    damaged[1000]! ^= 1
    expect(() => client.decrypt(damaged)).toThrow("checksum")
    expect(() => client.refresh(reply)).toThrow("nothing to refresh")
    expect(client.failures).toBe(0)
    const beyond = await asked(BEYOND)
    for (let i = 0; i < 3; i++) expect(() => client.decrypt(beyond)).toThrow("another secret key")
    expect(() => client.decrypt(reply)).toThrow("is not used any more")
  })

  /** A connection to a server that adds such a part of noise to each reply, with keys that are kept. */
  const lured = async (spec: ProgramSpec, partOf: (run: number) => number) => {
    const context = await contextFor(parameters)
    const stored = new Map<string, StoredKeys>()
    const keys: KeyStorage = {
      load: async (id) => stored.get(id),
      save: async (id, entry) => void stored.set(id, entry),
      remove: async (id) => void stored.delete(id),
    }
    const log: string[] = []
    let uploaded = new Uint8Array()
    const fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
      const body = new Uint8Array(await new Response(init.body ?? null).arrayBuffer())
      log.push(`${init.method} ${new URL(String(url)).pathname.split("/")[2]}`)
      if (init.method === "HEAD") return new Response(null, { status: uploaded.length > 0 ? 200 : 404 })
      if (init.method === "PUT") {
        uploaded = body
        return new Response(null, { status: 201 })
      }
      using forger = await forgerOf(spec, uploaded, context)
      const runs = log.filter((line) => line.startsWith("POST")).length
      return new Response((await forger.reply(body, partOf(runs))) as Uint8Array<ArrayBuffer>)
    }
    const open = async () => {
      const options = { fetch: fetch as typeof globalThis.fetch, model: "m", keys, spec: packSpec(spec) }
      const connection = await connect("https://server.test", options)
      disposals.push(connection)
      return connection
    }
    return { open, log, keys, stored }
  }

  test("end a run in rounds at once, and the key is not used for rounds again", async () => {
    const { open, log, keys, stored } = await lured(doubledInRounds(parameters), () => BEYOND)
    const connection = await open()
    await expect(connection.run({ x })).rejects.toThrow("another secret key, or the noise budget")
    expect(log).toEqual(["PUT keys", "POST models"])
    for (const refused of [() => connection.run({ x }), () => open()]) {
      await expect(refused()).rejects.toThrow(
        'a decryption has failed with this key before, and "m" runs in rounds, which tell the server what fails\n' +
          'if you still believe it to run the program, connect with a new key: without stored keys, or after keys.remove("https://server.test/v1/models/m")',
      )
    }
    expect(log).toHaveLength(2)
    await keys.remove([...stored.keys()][0]!)
    await open()
    expect(log.slice(2)).toEqual(["PUT keys"])
  })

  test("make a connection without rounds take a new key after three, which is uploaded", async () => {
    const { open, log, stored } = await lured(doubled(parameters), (run) => (run <= 3 ? BEYOND : BELOW))
    const first = await open()
    const before = [...stored.values()][0]!.secretKey
    await expect(first.run({ x })).rejects.toThrow("another secret key")
    await expect(first.run({ x })).rejects.toThrow("another secret key")
    first.dispose()
    // The third after the page was loaded again.
    const again = await open()
    await expect(again.run({ x })).rejects.toThrow("another secret key")
    expect(stored.size).toBe(0)
    expect(await again.run({ x })).toEqual(twice)
    const after = [...stored.values()][0]!.secretKey
    expect(Buffer.compare(before.subarray(56, 1000), after.subarray(56, 1000))).not.toBe(0)
    expect(log).toEqual([
      "PUT keys",
      "POST models",
      "POST models",
      "HEAD keys",
      "POST models",
      "PUT keys",
      "POST models",
    ])
  })
})
