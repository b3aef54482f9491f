import { afterAll, beforeAll, expect, test } from "vitest"
import { lanesOf } from "../../src/backend/index.ts"
import { clear, compile, enc, int, uint } from "../../src/index.ts"
import { Client, SealContext, Server, simulate } from "../../src/runtime/index.ts"
import { LAYOUT, SCALED, SMALL, sixteen, specOf } from "../runtime/support.ts"

const LANES = lanesOf(LAYOUT)
const { circuit, samples, results } = SCALED
const spec = specOf(circuit, SMALL, { returns: "record" })

let context: SealContext
let client: Client
let server: Server
beforeAll(async () => {
  context = await SealContext.create(SMALL)
  client = await Client.create(spec, { context })
  server = await Server.create(spec, circuit, client.evaluationKeys(), { context, maxGroups: 3 })
})
afterAll(() => {
  client.dispose()
  server.dispose()
  context.dispose()
})

test.each([1, LANES - 1, LANES, LANES + 1, 3 * LANES])("%i samples come back in order", async (count) => {
  const reply = await server.run(client.encryptBatch(samples(count)))
  expect(client.decryptBatch(reply)).toEqual(results(count))
  expect(client.noiseBudget(reply)).toBeGreaterThan(5)
})

test("a full group costs no more ciphertexts than one sample", () => {
  const clearBytes = (count: number) => JSON.stringify(samples(count).map(({ s }) => [s.map(String)])).length
  const bytes = (count: number) => client.encryptBatch(samples(count)).length - clearBytes(count)
  const bits = spec.parameters.primes.slice(0, -1).reduce((sum, prime) => sum + prime, 0)
  // Its size, a seed, and one packed polynomial.
  const ciphertext = 4 + 64 + (4096 * bits) / 8
  expect([LANES, LANES + 1, 3 * LANES].map((count) => (bytes(count) - bytes(1)) / ciphertext)).toEqual([
    0, 1, 2,
  ])
})

test("a server takes as many groups as it is told to, and says so", async () => {
  const request = client.encryptBatch(samples(3 * LANES + 1))
  await expect(server.run(request)).rejects.toThrow(
    `the request claims ${3 * LANES + 1} samples; 1 to ${3 * LANES} are accepted`,
  )
  using usual = await Server.create(spec, circuit, client.evaluationKeys(), { context })
  expect(client.decryptBatch(await usual.run(request))).toHaveLength(3 * LANES + 1)
})

test("progress counts the instructions of all groups", async () => {
  const steps: string[] = []
  const onProgress = (done: number, total: number, doing: string) => steps.push(`${done}/${total} ${doing}`)
  await server.run(client.encryptBatch(samples(LANES + 1)), { onProgress })
  expect(steps).toEqual([
    "1/6 input",
    "2/6 multiplyPlain",
    "3/6 add",
    "4/6 input",
    "5/6 multiplyPlain",
    "6/6 add",
  ])
})

test("the sample with a wrong input is named, in any group", () => {
  const wrong = samples(2 * LANES)
  wrong[LANES + 3] = { x: sixteen(() => 101), s: sixteen(() => 0) }
  const message = `sample ${LANES + 3}: input "x"[0] is 101, outside its declared range`
  expect(() => client.encryptBatch(wrong)).toThrow(message)
  expect(() => simulate(circuit, wrong)).toThrow(message)
})

test("a clear input that the server refuses is named with its sample", async () => {
  const lax = { ...spec, inputs: spec.inputs.map((input) => ({ ...input, hi: 999n })) }
  using liar = await Client.create(lax, { context, keys: client.secretKey() })
  const wrong = samples(LANES + 3)
  wrong[LANES + 2] = { ...wrong[0]!, s: sixteen((i) => (i === 4 ? 101 : 0)) }
  await expect(server.run(liar.encryptBatch(wrong))).rejects.toThrow(
    `sample ${LANES + 2}: input "s"[4] is 101, outside its declared range -100..100`,
  )
})

test("a result out of its range is named with its sample", async () => {
  const reply = await server.run(client.encryptBatch(samples(LANES + 5)))
  const most = Math.max(...results(LANES + 5).flatMap(({ y }) => y))
  const first = results(LANES + 5).findIndex(({ y }) => y.includes(most))
  const [y, s] = spec.outputs
  const narrow = { ...spec, outputs: [{ ...y!, hi: BigInt(most - 1) }, s!] }
  using picky = await Client.create(narrow, { context, keys: client.secretKey() })
  expect(() => picky.decryptBatch(reply)).toThrow(`sample ${first}: output "y" decrypts to ${most}`)
})

test("a group that cannot be decrypted is named with its samples", async () => {
  using stranger = await Client.create(spec, { context })
  const reply = await server.run(client.encryptBatch(samples(LANES + 2)))
  expect(() => stranger.decryptBatch(reply)).toThrow(
    `samples 0 to ${LANES - 1}: this reply was made for another secret key, or the noise budget of a result is used up`,
  )
})

test("a reply with fewer groups than it claims samples is refused", async () => {
  const reply = await server.run(client.encryptBatch(samples(LANES)))
  const forged = reply.slice()
  new DataView(forged.buffer).setUint32(40, 4096 * LANES, true)
  expect(() => client.decryptBatch(forged)).toThrow("parts where the program needs 4097")
  new DataView(forged.buffer).setUint32(40, 2 ** 32 - 1, true)
  expect(() => client.decryptBatch(forged)).toThrow("claims 4294967295 samples")
})

test("a compiled program runs and simulates any number of samples", async () => {
  const program = compile({ x: enc(uint(4), [4]), s: clear(int(3)) }, ({ x, s }) => x.mul(s).add(x))
  const { lanes } = program.report()
  const many = Array.from({ length: lanes + 3 }, (_, k) => ({
    x: [k % 16, (k + 3) % 16, 0, 15],
    s: (k % 8) - 4,
  }))
  const wanted = many.map((sample) => program.evaluate(sample))
  expect(program.simulateBatch(many)).toEqual(wanted)
  expect(await program.runBatch(many)).toEqual(wanted)
  expect(await program.runBatch(many, { threads: 2 })).toEqual(wanted)
  await expect(program.runBatch(many, { threads: 0 })).rejects.toThrow("threads is 0")
  expect(await program.run(many[1]!)).toEqual(wanted[1])
  await program.dispose()
})
