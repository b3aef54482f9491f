import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import {
  type Circuit,
  freshBytes,
  keySetBytes,
  keysOf,
  type Parameters,
  replyBytes,
} from "../../src/backend/index.ts"
import { RuntimeError } from "../../src/data/index.ts"
import { Client, messageSizes, SealContext, Server } from "../../src/runtime/index.ts"
import { unpackMessage } from "../../src/runtime/messages/envelope.ts"
import { roundRequestRules } from "../../src/runtime/messages/round-messages.ts"
import { roundsOf } from "../../src/runtime/messages/rounds-and-residues.ts"
import { circuitOf, clearVector, DOUBLE, forge, SMALL, sixteen, specOf, vector } from "../runtime/support.ts"

const x = sixteen((i) => i - 5)
const layout = DOUBLE.layout

/** Uses every kind of key. */
const KEYED = circuitOf([
  { op: "input", name: "x", piece: 0 },
  { op: "multiply", a: 0, b: 0 },
  { op: "relinearize", a: 1 },
  { op: "rotate", a: 2, steps: 256 },
  { op: "rotate", a: 3, steps: 512 },
  { op: "dropLevel", a: 4 },
])

describe("sizes", () => {
  test.each<Parameters>([
    SMALL,
    { ...SMALL, scheme: "bgv" },
    { ...SMALL, primes: [40, 50] },
    { ...SMALL, n: 8192, t: 65537n, primes: [40, 41, 42, 43, 44] },
  ])("the formulas give what SEAL saves for $scheme n=$n and primes of $primes bits", async (parameters) => {
    const { n } = parameters
    const k = parameters.primes.length
    using context = await SealContext.create(parameters)
    const drop = k > 2
    const circuit: Circuit = {
      ...KEYED,
      layout: { n, ring: 16 },
      t: parameters.t,
      instructions: drop ? KEYED.instructions : KEYED.instructions.slice(0, -1),
      outputs: [{ ...KEYED.outputs[0]!, pieces: [drop ? 5 : 4] }],
    }
    const spec = specOf(circuit, parameters)
    using client = await Client.create(spec, { context })
    const keys = client.evaluationKeys()
    using server = await Server.create(spec, circuit, keys, { context })
    const request = client.encrypt({ x })
    const reply = await server.run(request)
    const found = {
      evaluationKeys: keys.length,
      request: request.length,
      reply: reply.length,
      secretKey: client.secretKey().length,
    }
    const head = 48 + 16
    const polynomial = (primes: number) =>
      (n * parameters.primes.slice(0, primes).reduce((sum, bits) => sum + bits)) / 8
    const level = drop ? k - 2 : k - 1
    expect(found).toEqual({
      evaluationKeys: head + 2 * 4 + 3 * (k - 1) * (polynomial(k) + 64),
      request: head + 4 + polynomial(k - 1) + 64,
      reply: head + 4 + 2 * polynomial(level) + (parameters.scheme === "bgv" ? 8 : 0),
      // How often it has failed is one byte more.
      secretKey: head + 4 + polynomial(k) + 4 + 1,
    })
    expect(messageSizes(spec)).toEqual(found)
    expect(keySetBytes(spec.keys, parameters)).toBe(found.evaluationKeys - head - 2 * 4)
    expect(freshBytes(parameters)).toBe(found.request - head - 4)
    expect(replyBytes(parameters, level)).toBe(found.reply - head - 4)
  })
})

describe("messages", () => {
  let context: SealContext
  let client: Client
  let server: Server
  let reply: Uint8Array
  const spec = specOf(KEYED, SMALL)
  const other = { ...spec, hash: "f".repeat(64) }
  beforeAll(async () => {
    context = await SealContext.create(SMALL)
    client = await Client.create(specOf(DOUBLE), { context })
    server = await Server.create(specOf(DOUBLE), DOUBLE, client.evaluationKeys(), { context })
    reply = await server.run(client.encrypt({ x }))
  })
  afterAll(() => {
    client.dispose()
    server.dispose()
    context.dispose()
  })

  test("keys, requests, replies and secret keys of another program are refused by name", async () => {
    using stranger = await Client.create({ ...specOf(DOUBLE), hash: other.hash }, { context })
    const message = /belongs to program ffffffffffff…, not 0123456789ab…/
    const keys = stranger.evaluationKeys()
    await expect(Server.create(specOf(DOUBLE), DOUBLE, keys, { context })).rejects.toThrow(message)
    await expect(server.run(stranger.encrypt({ x }))).rejects.toThrow(message)
    const restored = Client.create(specOf(DOUBLE), { context, keys: stranger.secretKey() })
    await expect(restored).rejects.toThrow(message)
    using twin = await Client.create({ ...specOf(DOUBLE), hash: other.hash }, { context })
    expect(() => twin.decrypt(reply)).toThrow(/belongs to program 0123456789ab…, not ffffffffffff…/)
  })

  test("a message of the wrong kind is refused, a secret key above all", async () => {
    const sent = server.run(client.secretKey())
    await expect(sent).rejects.toThrow("this is a secret key, not a request")
    const keys = Server.create(specOf(DOUBLE), DOUBLE, client.secretKey(), { context })
    await expect(keys).rejects.toThrow("this is a secret key, not a set of evaluation keys")
    expect(() => client.decrypt(client.encrypt({ x }))).toThrow("this is a request, not a reply")
  })

  test("truncated and altered requests are refused before SEAL sees them", async () => {
    const load = vi.spyOn(context, "loadCiphertext")
    const request = client.encrypt({ x })
    await expect(server.run(request.subarray(0, -1))).rejects.toThrow(RuntimeError)
    await expect(server.run(request.subarray(0, 1000))).rejects.toThrow("bytes where")
    const altered = request.slice()
    altered[20_000] = altered[20_000]! ^ 4
    await expect(server.run(altered)).rejects.toThrow("the request was altered")
    expect(load).not.toHaveBeenCalled()
    load.mockRestore()
  })

  test("what SEAL reads of a forged message differs from its own only in coefficients and seeds", async () => {
    const load = vi.spyOn(context, "loadCiphertext")
    const request = client.encrypt({ x })
    const polynomial = (4096 * (34 + 34)) / 8
    // The last byte of the last coefficient holds its highest bits: the lowest byte of it lies 4 bytes before.
    const forged = [0, polynomial - 4, polynomial, polynomial + 63].map((at) =>
      forge(request, at, (byte) => byte ^ 4),
    )
    for (const each of [request, ...forged]) await server.run(each)
    const [own, ...others] = load.mock.calls.map(([bytes]) => bytes)
    load.mockRestore()
    const differing = others.map((bytes) => [...bytes.keys()].filter((at) => bytes[at] !== own![at]))
    const words = 8 * 4096 * 2
    expect(differing).toEqual([[113], [113 + words - 8], [113 + words + 17], [113 + words + 17 + 63]])
  })

  test("a forged coefficient that is not below its prime is refused before SEAL sees it", async () => {
    const load = vi.spyOn(context, "loadCiphertext")
    const highest = (byte: number) => byte | 0xff
    let forged = client.encrypt({ x })
    for (let at = 0; at < 5; at++) forged = forge(forged, at, highest)
    await expect(server.run(forged)).rejects.toThrow(
      `part 1 of the request is not valid: coefficient 0 of prime ${context.levelIds.primes[0]} is not below it`,
    )
    expect(load).not.toHaveBeenCalled()
    load.mockRestore()
  })

  test("SEAL itself refuses such a coefficient, with its reason as the cause", () => {
    const live = context.liveObjects
    const rules = roundRequestRules(roundsOf(specOf(DOUBLE))[0]!, [context.levelIds], 1)
    const [saved] = unpackMessage(client.encrypt({ x }), rules).blobs
    saved![113 + 7] = 255
    const read = () => {
      using scope = context.scope()
      return context.loadCiphertext(saved!, scope)
    }
    expect(read).toThrow("SEAL could not read a ciphertext")
    expect(read).toThrow(expect.objectContaining({ cause: expect.any(WebAssembly.Exception) }))
    expect(context.liveObjects).toBe(live)
  })

  test("keys of other steps are refused: they have another size, or decrypt to nothing", async () => {
    using keyed = await Client.create(spec, { context })
    const keys = keyed.evaluationKeys()
    const more = { ...spec, keys: { relinearization: true, rotations: [256, 512, 1024] } }
    await expect(Server.create(more, KEYED, keys, { context })).rejects.toThrow(
      "part 2 of the set of evaluation keys",
    )
    const fewer = { ...spec, keys: keysOf(DOUBLE) }
    await expect(Server.create(fewer, KEYED, keys, { context })).rejects.toThrow(
      "has 2 parts where the program needs 0",
    )
  })

  test("a restored secret key decrypts what the first client was sent", async () => {
    using restored = await Client.create(specOf(DOUBLE), { context, keys: client.secretKey() })
    expect(restored.decrypt(reply)).toEqual(sixteen((i) => 2 * x[i]!))
    expect(restored.secretKey()).toEqual(client.secretKey())
    expect(client.decrypt(await server.run(restored.encrypt({ x })))).toEqual(sixteen((i) => 2 * x[i]!))
  })

  test("a damaged secret key is refused and leaves nothing behind", async () => {
    const live = context.liveObjects
    let forged = client.secretKey()
    for (let at = 0; at < 5; at++) forged = forge(forged, at, () => 255)
    await expect(Client.create(specOf(DOUBLE), { context, keys: forged })).rejects.toThrow(
      "part 1 of the secret key is not valid",
    )
    expect(context.liveObjects).toBe(live)
  })

  test("a reply for another client's key is refused, not decrypted to nonsense", async () => {
    using stranger = await Client.create(specOf(DOUBLE), { context })
    expect(() => stranger.decrypt(reply)).toThrow("the noise budget of a result is used up")
    expect(stranger.noiseBudget(reply)).toBe(0)
    expect(client.noiseBudget(reply)).toBeGreaterThan(20)
  })

  test("a result that noise has drowned is refused", async () => {
    const instructions = [{ op: "input", name: "x", piece: 0 } as const]
    const squares = [0, 1, 2].flatMap((i) => [
      { op: "multiply", a: 2 * i, b: 2 * i } as const,
      { op: "relinearize", a: 2 * i + 1 } as const,
    ])
    const deep = circuitOf([...instructions, ...squares])
    using keyed = await Client.create(specOf(deep), { context })
    using deepServer = await Server.create(specOf(deep), deep, keyed.evaluationKeys(), { context })
    const spoilt = await deepServer.run(keyed.encrypt({ x: sixteen(() => 1) }))
    expect(keyed.noiseBudget(spoilt)).toBe(0)
    expect(() => keyed.decrypt(spoilt)).toThrow("the noise budget of a result is used up")
  })

  test("a value outside the output's range is refused", async () => {
    const [output] = DOUBLE.outputs
    const narrow = { ...specOf(DOUBLE), outputs: [{ ...output!, hi: 19n }] }
    using picky = await Client.create(narrow, { context, keys: client.secretKey() })
    expect(() => picky.decrypt(reply)).toThrow(
      'output "y" decrypts to 20 at flat index 15, outside its range',
    )
  })

  test("inputs that are missing, unknown, misshapen or out of range are named", () => {
    expect(() => client.encrypt({})).toThrow('input "x" is missing')
    expect(() => client.encrypt({ x, y: x })).toThrow('there is no input "y"; the program takes x')
    type Method = "encrypt" | "encryptBatch" | "decrypt" | "decryptBatch" | "isFinal" | "refresh"
    const call = (name: Method | "evaluationKeys" | "secretKey", ...args: readonly unknown[]): unknown =>
      (client[name] as (...args: readonly unknown[]) => unknown)(...args)
    for (const name of ["encrypt", "encryptBatch", "decrypt", "decryptBatch", "isFinal", "refresh"] as const)
      expect(() => call(name, 1, 2)).toThrow(`${name} takes 1 argument, and 2 were given`)
    for (const name of ["evaluationKeys", "secretKey"] as const)
      expect(() => call(name, 1)).toThrow(`${name} takes no arguments, and 1 was given`)
    expect(() => call("encryptBatch", Promise.resolve([]))).toThrow(
      "samples, not a Promise\nwait for it with await",
    )
    expect(() => call("decrypt", Promise.resolve(x))).toThrow("a reply is a Uint8Array, not a Promise")
    expect(() => client.encrypt({ x: [1, 2] })).toThrow(
      'input "x" has shape [2] where the program takes [16]',
    )
    expect(() => client.encrypt({ x: [...x.slice(1), 101] })).toThrow(
      'input "x"[15] is 101, outside its declared range -100..100',
    )
    expect(() => client.encrypt({ x: [...x.slice(1), 0.5] })).toThrow(
      'input "x"[15] is 0.5, not an exact integer',
    )
    expect(() => client.encryptBatch([{ x }, { x: [] }])).toThrow('sample 1: input "x" has shape [0]')
    expect(() => client.encryptBatch([])).toThrow(
      "a batch is an array of 1 to 1048576 samples, not 0 samples",
    )
  })

  test("a clear input out of its range is refused by the server", async () => {
    const inputs = [vector({ layout }, "x", 16), clearVector("s", 2)]
    const clear = { ...DOUBLE, inputs }
    const lax = specOf({ ...clear, inputs: [inputs[0]!, { ...inputs[1]!, hi: 999n }] })
    using liar = await Client.create(lax, { context })
    using strict = await Server.create(specOf(clear), clear, liar.evaluationKeys(), { context })
    const request = liar.encrypt({ x, s: [1, 101] })
    await expect(strict.run(request)).rejects.toThrow(
      'input "s"[1] is 101, outside its declared range -100..100',
    )
    expect(liar.decrypt(await strict.run(liar.encrypt({ x, s: [1, 100] })))).toEqual(
      sixteen((i) => 2 * x[i]!),
    )
  })

  test("a secret input that the circuit does not read is checked and not sent", async () => {
    const unused = { ...vector({ layout }, "u", 16), placement: null }
    const circuit = { ...DOUBLE, inputs: [...DOUBLE.inputs, unused] }
    using careful = await Client.create(specOf(circuit), { context })
    const request = careful.encrypt({ x, u: x })
    expect(request.length).toBe(client.encrypt({ x }).length)
    expect(() => careful.encrypt({ x, u: [101, ...x.slice(1)] })).toThrow('input "u"[0] is 101')
  })

  test("a batch of one comes back as an array of one, a single sample alone", async () => {
    const single = sixteen((i) => 2 * x[i]!)
    const batch = await server.run(client.encryptBatch([{ x }]))
    expect(client.decrypt(batch)).toEqual([single])
    expect(client.decryptBatch(batch)).toEqual([single])
    expect(client.decrypt(reply)).toEqual(single)
    expect(client.decryptBatch(reply)).toEqual([single])
  })

  test("a result that does not depend on the input, and needs no key to be read, is right all the same", async () => {
    const plain = { kind: "ring", values: { kind: "int", values: new Int32Array(16), hash: 0 } } as const
    const zero = circuitOf([
      { op: "input", name: "x", piece: 0 },
      { op: "multiplyPlain", a: 0, plain },
      { op: "sub", a: 1, b: 1 },
    ])
    using constant = await Server.create(specOf(zero), zero, client.evaluationKeys(), { context })
    expect(client.decrypt(await constant.run(client.encrypt({ x })))).toEqual(sixteen(() => 0))
  })
})
