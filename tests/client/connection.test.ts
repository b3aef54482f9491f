import { describe, expect, test } from "vitest"
import { Connection } from "../../src/connect/connection.ts"
import type { KeyHolder } from "../../src/connect/keys/key-holder.ts"
import { pause } from "../../src/connect/pause.ts"
import { ServerHttp } from "../../src/connect/server-http.ts"
import { compile, enc, type Tensor, uint } from "../../src/index.ts"
import { type Fault, refusal, service } from "./service.ts"

const score = compile({ x: enc(uint(4), [4]) }, ({ x }) => x.sum(), { name: "score" })
const twice = ({ x }: { x: Tensor }) => x.lookup([1, 0, 3, 2]).refresh().lookup([3, 1, 2, 0])
const rounds = compile({ x: enc(uint(2), [4]) }, twice, { name: "rounds" })

/** A connection whose keys are not real and whose server answers as the test says. */
const open = (fault: Fault, more: Partial<KeyHolder> = {}, { spec } = score) => {
  const counts = { refreshed: 0, disposed: 0 }
  const holder: KeyHolder = {
    keyState: async () => ({ number: 0, failures: 0 }),
    givenKeys: async () => undefined,
    evaluationKeys: async () => ({ hash: "ab", bytes: Uint8Array.of(1) }),
    remember: async () => {},
    encryptBatch: async () => Uint8Array.of(2),
    refresh: async () => {
      counts.refreshed++
      return Uint8Array.of(3)
    },
    decryptBatch: async () => [7],
    dispose: () => counts.disposed++,
    ...more,
  }
  const { fetch } = service({}, fault)
  const http = new ServerHttp("http://s", { fetch })
  return { connection: new Connection({ spec, model: "m", http, holder, onProgress: undefined }), counts }
}
const fine: Fault = () => new Response(Uint8Array.of(9))
const sample = { x: [1, 2, 3, 4] }

describe("a connection", () => {
  test("refuses a reply with fewer results than samples were sent", async () => {
    const { connection } = open(fine)
    expect(await connection.run(sample)).toBe(7)
    await expect(connection.runBatch([sample, sample])).rejects.toThrow(
      "the reply holds 1 samples where 2 were sent",
    )
  })

  test("goes through as many rounds as the program has, whatever the server sends", async () => {
    const decryptBatch = async () => {
      throw new Error("this reply holds no outputs yet")
    }
    const { connection, counts } = open(fine, { decryptBatch }, rounds)
    await expect(connection.run({ x: [0, 1, 2, 3] })).rejects.toThrow("no outputs yet")
    expect(counts.refreshed).toBe(rounds.spec.rounds!.length - 1)
  })

  test("shares one upload, which one call that is given up does not end", async () => {
    let uploads = 0
    const { connection } = open(async ({ path }) => {
      if (!path.includes("/keys/")) return new Response(Uint8Array.of(9))
      uploads++
      await pause(50)
      return new Response(null, { status: 201 })
    })
    const control = new AbortController()
    const first = connection.uploadKeys(control.signal)
    const second = connection.run(sample)
    control.abort(new Error("enough"))
    await expect(first).rejects.toThrow("enough")
    expect(await second).toBe(7)
    expect(uploads).toBe(1)
    await expect(connection.uploadKeys(AbortSignal.abort(new Error("never mind")))).rejects.toThrow(
      "never mind",
    )
  })

  test("ends an upload when it is closed, and uploads again after one that failed", async () => {
    let answer = refusal(507, "quota")
    const { connection, counts } = open(async ({ path }) => {
      if (path.includes("/keys/")) await pause(20)
      return answer
    })
    await expect(connection.uploadKeys()).rejects.toThrow("507 quota")
    answer = new Response(null, { status: 201 })
    await connection.uploadKeys()
    const closing = open(async () => {
      await pause(50)
      return refusal(507, "quota")
    })
    const upload = closing.connection.uploadKeys()
    closing.connection.dispose()
    await expect(upload).rejects.toThrow("this connection is closed")
    await expect(closing.connection.run(sample)).rejects.toThrow("this connection is closed")
    expect([counts.disposed, closing.counts.disposed]).toEqual([0, 1])
  })
})
