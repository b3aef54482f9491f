import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { deflateRawSync } from "node:zlib"
import { Tokenizer } from "cborg"
import fc from "fast-check"
import { afterAll, describe, expect, test } from "vitest"
import { readSpec } from "../src/client.ts"
import { Compiled } from "../src/compiler/compiled.ts"
import { RuntimeError } from "../src/data/index.ts"
import { clear, compile, enc, int, load, loadBytes, range, uint } from "../src/index.ts"
import { print } from "../src/ir/index.ts"
import { type ProgramSpec, packSpec } from "../src/runtime/index.ts"
import { packArtefactFile, unpackArtefactFile } from "../src/runtime/spec/artefact-file.ts"

const folder = mkdtempSync(join(tmpdir(), "lutra-artefact-"))
afterAll(() => rmSync(folder, { recursive: true }))

const weights = Array.from({ length: 6 }, (_, i) => [i - 2, 3 - i])
const programs: readonly (readonly [string, () => Compiled, Record<string, unknown>])[] = [
  [
    "a matrix and a table",
    () =>
      compile({ x: enc(uint(3), [6]) }, ({ x }) => x.matmul(weights).relu(), {
        name: "relu",
        encodeInputs: false,
      }),
    { x: [1, 2, 3, 4, 5, 6] },
  ],
  [
    "a table by spread powers",
    () => compile({ x: enc(uint(5)) }, ({ x }) => x.lookup(table(32)), { encodeInputs: false }),
    { x: 17 },
  ],
  [
    "an input that is sent one-hot",
    () => compile({ x: enc(uint(5)) }, ({ x }) => x.lookup(table(32))),
    { x: 9 },
  ],
  [
    "values of 60 bits",
    () => compile({ x: enc(int(31)), y: enc(int(30)) }, ({ x, y }) => x.mul(y)),
    { x: -(2 ** 30), y: 2 ** 29 - 1 },
  ],
  [
    "several rounds",
    () =>
      compile({ x: enc(uint(4)) }, ({ x }) => x.lookup(table(16)).refresh().square(), {
        encodeInputs: false,
      }),
    { x: 7 },
  ],
  [
    "a record with a clear part",
    () =>
      compile({ x: enc(range(-3, 3)), s: enc(uint(2)) }, ({ x, s }) => ({ sum: x.add(s), twice: s.mul(2) })),
    { x: -2, s: 3 },
  ],
  [
    "clear values of more than 64 bits",
    () =>
      compile({ x: enc(uint(2)), s: clear(int(40)) }, ({ x, s }) => ({ x: x.add(1), cube: s.mul(s).mul(s) })),
    { x: 2, s: -(2 ** 39) },
  ],
]
const table = (size: number) => Array.from({ length: size }, (_, i) => (i * 7 + 3) % size)

describe("a saved program", () => {
  test.each(programs)("of %s is the same when it is loaded", (_, make, inputs) => {
    const compiled = make()
    const path = join(folder, "program.lutra")
    compiled.save(path)
    const loaded = load(path)
    expect(loaded).toBeInstanceOf(Compiled)
    expect(loaded.spec).toEqual(compiled.spec)
    expect(print(loaded.program)).toBe(print(compiled.program))
    expect(loaded.evaluate(inputs as never)).toEqual(compiled.evaluate(inputs as never))
    expect(loaded.simulate(inputs as never)).toEqual(compiled.evaluate(inputs as never))
    expect(String(loaded.report())).toBe(String(compiled.report()))
    expect(loaded.toBytes()).toEqual(new Uint8Array(readFileSync(path)))
  })

  test("has a client's part of its own, with the specification and nothing of the program", () => {
    const compiled = programs[0]![1]()
    const path = join(folder, "client.lutra")
    compiled.saveClient(path)
    const bytes = new Uint8Array(readFileSync(path))
    expect(readSpec(bytes)).toEqual(compiled.spec)
    expect(readSpec(compiled.toBytes())).toEqual(compiled.spec)
    expect(() => loadBytes(bytes)).toThrow("this is the client's part of a compiled program only")
    expect(unpackArtefactFile(bytes).server).toBeUndefined()
  })
})

describe("bytes that are no saved program", () => {
  const bytes = programs[0]![1]().toBytes()
  const edited = (at: number, value: number) => {
    const copy = bytes.slice()
    copy[at] = value
    return copy
  }

  test.each([
    ["nothing", () => new Uint8Array(), "this is no compiled program"],
    ["another file", () => new TextEncoder().encode("{}".repeat(50)), "this is no compiled program"],
    ["a later version", () => edited(8, 3), "has format 3; this version of Lutra reads 2"],
    ["the first half", () => bytes.slice(0, 500), "it is cut off or damaged"],
    ["something more at the end", () => new Uint8Array([...bytes, 0]), "it is cut off or damaged"],
    ["one bit in the middle", () => edited(300, bytes[300]! ^ 4), "its checksum does not match"],
  ])("as %s are refused", (_, make, message) => {
    expect(() => loadBytes(make())).toThrow(message)
    expect(() => readSpec(make())).toThrow(RuntimeError)
  })

  test("with one part of another program are refused", () => {
    const { client } = unpackArtefactFile(programs[2]![1]().toBytes())
    const { server } = unpackArtefactFile(bytes)
    expect(() => loadBytes(packArtefactFile({ client, server }))).toThrow(
      "its two parts are not of the same program",
    )
  })

  test("however altered, with a checksum that fits, are refused or are the same program", () => {
    const parts = unpackArtefactFile(bytes)
    const alter = (part: Uint8Array, at: number, value: number): Uint8Array => {
      const copy = part.slice()
      copy[at % copy.length] = value
      return copy
    }
    let refused = 0
    fc.assert(
      fc.property(fc.boolean(), fc.nat(10_000), fc.nat(255), (isClient, at, value) => {
        const client = isClient ? alter(parts.client, at, value) : parts.client
        const server = isClient ? parts.server! : alter(parts.server!, at, value)
        try {
          const loaded = loadBytes(packArtefactFile({ client, server }))
          expect(loaded.spec).toEqual(readSpec(bytes))
        } catch (error) {
          if (!(error instanceof RuntimeError)) throw error
          refused++
        }
      }),
      { numRuns: 1000 },
    )
    expect(refused).toBeGreaterThan(500)
  })
})

describe("a client's part that somebody wrote", () => {
  const { spec } = programs[1]![1]()
  const rounds = programs[4]![1]().spec
  const forged = (change: object, from: ProgramSpec = spec) => packSpec({ ...from, ...change } as ProgramSpec)
  const [input] = spec.inputs
  const [output] = spec.outputs
  const placed = (change: object) => ({ placement: { ...input!.placement!, ...change } })

  test("is read when it is as a compiler writes it", () => {
    expect(readSpec(forged({}))).toEqual(spec)
    expect(readSpec(forged({}, rounds))).toEqual(rounds)
  })

  test.each<[string, object, string]>([
    ["slots of another ring", { layout: { ...spec.layout, n: 2 ** 40 } }, "do not fit n ="],
    ["rings that are no power of two", { layout: { ...spec.layout, ring: 3 } }, "rings of 3"],
    [
      "a vector longer than its values",
      { inputs: [{ ...input, ...placed({ length: 2 ** 50 }) }] },
      "in a vector of",
    ],
    ["a period beyond the ring", { inputs: [{ ...input, ...placed({ period: 2 ** 40 }) }] }, "repeats every"],
    ["more values than memory", { inputs: [{ ...input, shape: [2 ** 26, 2 ** 26] }] }, "more elements than"],
    ["an empty range", { inputs: [{ ...input, lo: 5n, hi: 4n }] }, "is empty"],
    [
      "digits that tell nothing apart",
      { inputs: [{ ...input, encoding: { base: 1, digits: 2 ** 40 } }] },
      "not told apart",
    ],
    ["two inputs of one name", { inputs: [input, input] }, "the same name"],
    ["a clear input that is placed", { inputs: [{ ...input, secret: false }] }, "is clear, but placed"],
    ["fewer levels than outputs", { replyLevels: [] }, "0 levels are told of 1 pieces"],
    ["a level above the highest", { replyLevels: [60] }, "no level has 60"],
    ["more pieces than a vector", { outputs: [{ ...output, pieces: [1, 2, 3] }] }, "has 3 pieces of 1"],
    ["no output", { outputs: [], replyLevels: [] }, "0 outputs are no single one"],
    [
      "rotations beyond a row",
      { keys: { relinearization: true, rotations: [2 ** 30] } },
      "rotation 1073741824",
    ],
    ["rotations twice", { keys: { relinearization: true, rotations: [2, 2] } }, "rotation 2 is not of 3"],
    [
      "residues of another degree",
      {
        residues: [{ ...spec, parameters: { ...spec.parameters, n: 32768 } }].map(
          ({ parameters, keys, replyLevels }) => ({ parameters, keys, replyLevels }),
        ),
      },
      "its ring degrees differ",
    ],
    ["moduli beyond a word", { parameters: { ...spec.parameters, t: 2n ** 61n } }, "parameters.t"],
    ["an unknown member", { secretly: 1 }, "secretly"],
  ])("with %s is refused", (_, change, message) => {
    expect(() => readSpec(forged(change))).toThrow(RuntimeError)
    expect(() => readSpec(forged(change))).toThrow(message)
  })

  test("with a round that does not fit is refused, and the round is named", () => {
    const [first, ...others] = rounds.rounds!
    const wrong = { rounds: [first, ...others.map((round) => ({ ...round, replyLevels: [] }))] }
    expect(() => readSpec(forged(wrong, rounds))).toThrow("(in rounds.1)")
  })

  test.each([
    ["nested without end", new Uint8Array(10_000_000).fill(0x81)],
    ["of more items than there are bytes", Uint8Array.of(0x9b, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ["of endless items", new Uint8Array(3_000_000).fill(0x80).fill(0x9a, 0, 1).fill(0x7f, 1, 2)],
    ["of no known length", Uint8Array.of(0x9f, 0xff)],
  ])("%s is refused before much of it is read", (_, client) => {
    const { next } = Tokenizer.prototype
    let items = 0
    Tokenizer.prototype.next = function () {
      items++
      return next.call(this)
    }
    try {
      const read = () => readSpec(packArtefactFile({ client, server: undefined }))
      expect(read).toThrow("its content cannot be read")
    } finally {
      Tokenizer.prototype.next = next
    }
    expect(items).toBeLessThanOrEqual(2 ** 21)
  })

  test("written in another order of the same is refused", () => {
    const { client } = unpackArtefactFile(forged({}))
    // The integer 4096, 8192 or so in four bytes in place of two.
    const at = client.findIndex((byte, i) => byte === 0x19 && client[i + 1] === spec.parameters.n >> 8)
    const longer = Uint8Array.of(...client.subarray(0, at), 0x1a, 0, 0, ...client.subarray(at + 1))
    expect(() => readSpec(packArtefactFile({ client: longer, server: undefined }))).toThrow("damaged")
  })
})

test("a server's part that would unpack to far more than a program is refused", () => {
  const { client } = unpackArtefactFile(programs[0]![1]().toBytes())
  const server = deflateRawSync(new Uint8Array(2 ** 26))
  expect(() => loadBytes(packArtefactFile({ client, server }))).toThrow(
    "its server's part cannot be unpacked",
  )
})
