import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterAll, describe, expect, test } from "vitest"
import { readSpec } from "../src/client.ts"
import { Compiled } from "../src/compiled.ts"
import { RuntimeError } from "../src/data/index.ts"
import { compile, enc, int, load, loadBytes, range, uint } from "../src/index.ts"
import { print } from "../src/ir/index.ts"
import { packArtefactFile, unpackArtefactFile } from "../src/runtime/artefact-file.ts"

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
    ["a later version", () => edited(8, 2), "has format 2; this version of Lutra reads 1"],
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
