import { createHash } from "node:crypto"
import {
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Client } from "../../src/client.ts"
import { compile, enc, uint } from "../../src/index.ts"
import { unpackMessage } from "../../src/runtime/messages/envelope.ts"
import { allSecretKeyRules, unnamedLevels } from "../../src/runtime/messages/round-messages.ts"
import { fetchFrom } from "../serve/support.ts"
import { type Served, serveIn } from "../support/served.ts"

const TOKEN = "a-token-that-nobody-may-see"
const program = compile({ x: enc(uint(6), [32]) }, ({ x }) => x.mul(x).add(1), { name: "squares" })
/** Numbers that are nowhere by chance. */
const x = Array.from({ length: 32 }, (_, i) => (i * 37 + 11) % 64)

/** The forms in which the inputs could be written somewhere. */
const plaintexts: readonly [string, Uint8Array][] = [
  ["JSON", Buffer.from(x.slice(0, 16).join(","))],
  ["JSON with spaces", Buffer.from(x.slice(0, 16).join(", "))],
  ["bytes", Uint8Array.from(x)],
  ["words of 32 bits", new Uint8Array(Uint32Array.from(x).buffer)],
  ["words of 64 bits", new Uint8Array(BigUint64Array.from(x, BigInt).buffer)],
  ["floating point", new Uint8Array(Float64Array.from(x).buffer)],
]

/** Parts of 24 bytes from all over the content of a key, whose head is like that of other messages. */
const partsOf = (key: Uint8Array): Uint8Array[] =>
  Array.from({ length: 8 }, (_, i) => {
    const from = 200 + 8 * Math.floor((i * (key.length - 300)) / 64)
    return key.slice(from, from + 24)
  })

/** Parts of a secret key as it is stored, and as SEAL has it in memory. */
const secretPartsOf = (client: Client): Uint8Array[] => {
  const stored = client.secretKey()
  const [inMemory] = unpackMessage(stored, allSecretKeyRules(client.spec, unnamedLevels(client.spec))).blobs
  expect(inMemory!.length).toBeGreaterThan(stored.length)
  return [...partsOf(stored), ...partsOf(inMemory!)]
}

const holds = (where: Uint8Array, parts: readonly Uint8Array[]): boolean =>
  parts.some((part) => Buffer.from(where.buffer, where.byteOffset, where.length).includes(Buffer.from(part)))

const filesBelow = (folder: string): Buffer[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)))

describe("a server that has served a client", () => {
  let folder: string
  let served: Served
  let client: Client
  let evaluationKeys: Uint8Array
  const sent: Uint8Array[] = []
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "lutra-secrets-"))
    program.save(join(folder, "squares.lutra"))
    const hash = createHash("sha256").update(TOKEN).digest("hex")
    writeFileSync(join(folder, "tokens"), `alice sha256:${hash}\n`)
    served = await serveIn(folder, ["squares.lutra", "--tokens", "tokens", "--workers", "1"])
    const fetch = fetchFrom(served.url)
    client = await Client.create(program.spec)
    evaluationKeys = client.evaluationKeys()
    const id = createHash("sha256").update(evaluationKeys).digest("hex")
    const ask = async (method: string, path: string, body?: Uint8Array) => {
      const headers = { "lutra-keys": id }
      const response = await fetch(method, path, { token: TOKEN, headers, ...(body && { body }) })
      const bytes = await response.bytes()
      sent.push(bytes, Buffer.from(JSON.stringify([...response.headers])))
      return bytes
    }
    await ask("PUT", `/v1/keys/${id}`, evaluationKeys)
    const reply = await ask("POST", "/v1/models/squares/run", client.encrypt({ x }))
    expect(client.decrypt(reply)).toEqual(program.evaluate({ x }))
    // What goes wrong is written too.
    const damaged = client.encrypt({ x }).fill(255, 2000, 2100)
    await ask("POST", "/v1/models/squares/run", damaged)
    await ask("POST", `/v1/models/squares/run?token=${TOKEN}`, Uint8Array.from(x))
    await ask("GET", "/v1/models/squares")
    await ask("GET", "/metrics")
  })
  afterAll(async () => {
    served.process.kill("SIGKILL")
    client.dispose()
    rmSync(folder, { recursive: true })
  })

  test("has stored the evaluation keys, which this search finds", () => {
    expect(filesBelow(folder).some((file) => holds(file, partsOf(evaluationKeys)))).toBe(true)
  })

  test("has nothing of the secret key, the inputs or the token in what it stores, logs and sends", () => {
    const everything = [...filesBelow(folder), Buffer.from(served.output()), ...sent]
    expect(served.output().match(/"msg":"request"/g)?.length).toBeGreaterThanOrEqual(5)
    const secret = secretPartsOf(client)
    for (const bytes of everything) {
      expect(holds(bytes, secret)).toBe(false)
      for (const [form, plaintext] of plaintexts) expect(holds(bytes, [plaintext]), form).toBe(false)
      expect(holds(bytes, [Buffer.from(TOKEN)])).toBe(false)
    }
  })

  const memory = () => `/proc/${served.process.pid}/mem`
  test.runIf(existsSync("/proc/self/mem"))("has nothing of the secret key in its memory", () => {
    const secret = secretPartsOf(client)
    const known = partsOf(evaluationKeys)
    let foundKeys = false
    let foundSecret = false
    for (const region of regionsOf(served.process.pid!, memory())) {
      foundKeys ||= holds(region, known)
      foundSecret ||= holds(region, secret)
    }
    expect({ foundKeys, foundSecret }).toEqual({ foundKeys: true, foundSecret: false })
  })
})

/** The readable memory of a process, piece by piece. */
function* regionsOf(id: number, memory: string): Generator<Uint8Array> {
  const file = openSync(memory, "r")
  for (const line of readFileSync(`/proc/${id}/maps`, "utf8").split("\n")) {
    const [, from, to, name] = /^([0-9a-f]+)-([0-9a-f]+) rw\S* \S+ \S+ \S+ *(.*)$/.exec(line) ?? []
    if (from === undefined || to === undefined || name?.startsWith("[v")) continue
    const end = Number.parseInt(to, 16)
    const piece = Buffer.alloc(2 ** 24)
    for (let at = Number.parseInt(from, 16); at < end; at += piece.length - 64) {
      let read = 0
      try {
        read = readSync(file, piece, 0, Math.min(piece.length, end - at), at)
      } catch {
        break // reserved, and not in use
      }
      yield piece.subarray(0, read)
    }
  }
}
