import { sha256 } from "@noble/hashes/sha2.js"
import {
  type Circuit,
  type Instruction,
  keysOf,
  type Parameters,
  placementOf,
} from "../../src/backend/index.ts"
import { Builder, intType } from "../../src/ir/index.ts"
import {
  Client,
  type ProgramInputs,
  type ProgramSpec,
  replyLevels,
  type SealContext,
  Server,
} from "../../src/runtime/index.ts"

/** The smallest parameters that SEAL runs: no depth, 40 ms to set up. */
export const SMALL: Parameters = { scheme: "bfv", n: 4096, t: 40961n, primes: [34, 34, 36], security: 128 }
/** Enough for a product or two. */
export const MEDIUM: Parameters = {
  scheme: "bfv",
  n: 8192,
  t: 65537n,
  primes: [54, 54, 50, 55],
  security: 128,
}

export const HASH = "0123456789abcdef".repeat(4)

/** A secret vector of `length` values in -100..100 unless told otherwise. */
export const vector = (circuit: Pick<Circuit, "layout">, name: string, length: number, hi = 100n) => ({
  name,
  secret: true,
  lo: -hi,
  hi,
  shape: [length],
  placement: placementOf(circuit.layout, length),
})

/** A clear vector of `length` values in -100..100. */
export const clearVector = (name: string, length: number) => ({
  name,
  secret: false,
  lo: -100n,
  hi: 100n,
  shape: [length],
  placement: null,
})

export const LAYOUT = { n: 4096, ring: 16 }

/** A circuit on one secret vector x of 16 values that returns the last result as y, of values in -10000..10000. */
export const circuitOf = (instructions: readonly Instruction[], over: Partial<Circuit> = {}): Circuit => {
  const layout = over.layout ?? LAYOUT
  const last = instructions.filter(({ op }) => op !== "free").length - 1
  return {
    name: "test",
    layout,
    t: SMALL.t,
    inputs: [vector({ layout }, "x", 16)],
    outputs: [{ ...vector({ layout }, "y", 16, 10_000n), pieces: [last] }],
    clear: null,
    given: [],
    instructions,
    ...over,
  }
}

export const specOf = (
  circuit: Circuit,
  parameters: Parameters = SMALL,
  over: Partial<ProgramSpec> = {},
): ProgramSpec => ({
  name: circuit.name,
  hash: HASH,
  circuit: HASH,
  parameters,
  keys: keysOf(circuit),
  layout: circuit.layout,
  inputs: circuit.inputs,
  outputs: circuit.outputs,
  replyLevels: replyLevels(circuit, parameters),
  returns: "single",
  ...over,
})

export const DOUBLE = circuitOf([
  { op: "input", name: "x", piece: 0 },
  { op: "add", a: 0, b: 0 },
  { op: "free", a: 0 },
])
export const sixteen = (value: (i: number) => number): number[] =>
  Array.from({ length: 16 }, (_, i) => value(i))

/** y = x * s + x for a secret vector x and a clear vector s, which comes back too; samples of it with their results. */
export const SCALED = (() => {
  const builder = new Builder()
  const s = builder.make("input", [], { name: "s", type: intType(false, -100n, 100n, [16]) })
  const circuit = circuitOf(
    [
      { op: "input", name: "x", piece: 0 },
      { op: "multiplyPlain", a: 0, plain: { kind: "given", name: "s", piece: 0 } },
      { op: "add", a: 0, b: 1 },
    ],
    {
      clear: { name: "clear", inputs: [s], outputs: new Map([["s", s]]), origins: builder.origins },
      given: [{ name: "s", placement: { length: 16, period: 16 } }],
      inputs: [vector({ layout: LAYOUT }, "x", 16), clearVector("s", 16)],
      outputs: [
        { ...vector({ layout: LAYOUT }, "y", 16, 10_100n), pieces: [2] },
        { ...clearVector("s", 16), pieces: [] },
      ],
    },
  )
  const sample = (k: number) => ({
    x: sixteen((i) => ((7 * k + i) % 201) - 100),
    s: sixteen((i) => ((3 * k + 5 * i) % 201) - 100),
  })
  const samples = (count: number) => Array.from({ length: count }, (_, k) => sample(k))
  const results = (count: number) =>
    samples(count).map(({ x, s }) => ({ y: x.map((value, i) => value * s[i]! + value + 0), s }))
  return { circuit, samples, results }
})()

/** A message with byte `at` of part `part` changed and a checksum to match: what a hostile peer may send. */
export const forge = (
  message: Uint8Array,
  at: number,
  change: (byte: number) => number,
  part = 0,
): Uint8Array => {
  const view = new DataView(message.buffer, message.byteOffset)
  let index = 48 + 4 * view.getUint32(44, true) + at
  for (let i = 0; i < part; i++) index += view.getUint32(48 + 4 * i, true)
  const forged = message.slice()
  forged[index] = change(forged[index]!)
  forged.set(sha256(forged.subarray(0, -16)).subarray(0, 16), forged.length - 16)
  return forged
}

/** Encrypts, runs and decrypts with a fresh client and server that share a context. */
export const roundTrip = async (
  context: SealContext,
  circuit: Circuit,
  inputs: ProgramInputs | readonly ProgramInputs[],
  over: Partial<ProgramSpec> = {},
): Promise<unknown> => {
  const spec = specOf(circuit, context.parameters, over)
  using client = await Client.create(spec, { context })
  using server = await Server.create(spec, circuit, client.evaluationKeys(), { context })
  const request = Array.isArray(inputs)
    ? client.encryptBatch(inputs)
    : client.encrypt(inputs as ProgramInputs)
  return client.decrypt(await server.run(request))
}
