import { afterEach, expect, test, vi } from "vitest"
import { RuntimeError } from "../../src/data/index.ts"
import {
  type MessageRules,
  messageBytes,
  packMessage,
  unpackMessage,
} from "../../src/runtime/messages/envelope.ts"

afterEach(() => vi.restoreAllMocks())

const HASH = "ab".repeat(32)
const OTHER = "cd".repeat(32)
const blobs = [Uint8Array.of(1, 2, 3), Uint8Array.of(9)]
const rules: MessageRules = {
  kind: "request",
  hash: HASH,
  mostSamples: 4,
  blobs: () => [{ bytes: 3 }, { atMost: 2 }],
}
const packed = (change: Partial<{ samples: number; batch: boolean; blobs: Uint8Array[] }> = {}) =>
  packMessage(
    { ...rules, blobs: () => (change.blobs ?? blobs).map(() => ({ atMost: 9 })) },
    { samples: 1, batch: false, blobs, ...change },
  )
const read =
  (bytes: Uint8Array, over: Partial<MessageRules> = {}) =>
  () =>
    unpackMessage(bytes, { ...rules, ...over })

test("a message is read back as it was packed", () => {
  expect(unpackMessage(packed(), rules)).toEqual({ samples: 1, batch: false, blobs })
  expect(unpackMessage(packed({ samples: 4, batch: true }), rules)).toMatchObject({ samples: 4, batch: true })
  expect(packed().length).toBe(messageBytes([3, 1]))
})

test("the checksum is the same where Node's own is missing", () => {
  const bytes = packed()
  const missing = vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never)
  expect(read(bytes)()).toMatchObject({ blobs })
  expect(packed()).toEqual(bytes)
  expect(missing).toHaveBeenCalled()
})

test("a message is read from any place in a larger buffer", () => {
  const bytes = packed()
  const larger = new Uint8Array(bytes.length + 20)
  larger.set(bytes, 7)
  expect(read(larger.subarray(7, 7 + bytes.length))()).toMatchObject({ blobs })
})

test("every truncation is refused, and every byte too many", () => {
  const bytes = packed()
  for (let length = 0; length < bytes.length; length++) {
    expect(read(bytes.subarray(0, length)), `${length} bytes`).toThrow(RuntimeError)
  }
  expect(read(Uint8Array.of(...bytes, 0))).toThrow("bytes where")
})

test("every flipped bit is refused", () => {
  const bytes = packed()
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = bytes.slice()
      flipped[at] = flipped[at]! ^ (1 << bit)
      expect(read(flipped), `bit ${bit} of byte ${at}`).toThrow(RuntimeError)
    }
  }
})

test("a message of another program names both programs", () => {
  expect(read(packed(), { hash: OTHER })).toThrow(
    "this request belongs to program abababababab…, not cdcdcdcdcdcd…",
  )
})

test("a message of another kind is named", () => {
  expect(read(packed(), { kind: "secret key" })).toThrow("this is a request, not a secret key")
})

test("a later format version is named", () => {
  const bytes = packed()
  bytes[5] = 3
  expect(read(bytes)).toThrow("format version 3; this release reads version 2")
})

test("bytes that are no message at all are refused", () => {
  expect(read(new TextEncoder().encode("hello"))).toThrow("these 5 bytes are no Lutra message")
  expect(read("LUTRA" as unknown as Uint8Array)).toThrow("a request is a Uint8Array, not text")
})

test("more samples than lanes are refused, and none, and several that are no batch", () => {
  expect(read(packed({ samples: 5, batch: true }))).toThrow("claims 5 samples; 1 to 4 are accepted")
  expect(read(packed({ samples: 0 }))).toThrow("claims 0 samples")
  expect(read(packed({ samples: 2 }))).toThrow("2 samples but is no batch")
})

test("a wrong number of parts and a part of a wrong size are refused", () => {
  expect(read(packed({ blobs: [blobs[0]!] }))).toThrow("has 1 parts where the program needs 2")
  expect(read(packed({ blobs: [blobs[1]!, blobs[1]!] }))).toThrow(
    "part 1 of the request has 1 bytes where exactly 3",
  )
  expect(read(packed({ blobs: [blobs[0]!, blobs[0]!] }))).toThrow(
    "part 2 of the request has 3 bytes where at most 2",
  )
})

test("parts are unpacked after the checksum, under a name that says which", () => {
  const names: string[] = []
  const pack = (blob: Uint8Array, place: Uint8Array) => place.set(blob)
  const unpack = (place: Uint8Array, what: string) => {
    names.push(what)
    return place.slice().reverse()
  }
  const checked = { blobs: () => [{ packedBytes: 3, pack, unpack }, { atMost: 2 }] }
  const altered = packed()
  altered[altered.length - 1] = altered[altered.length - 1]! ^ 1
  expect(read(altered, checked)).toThrow("the request was altered")
  expect(names).toEqual([])
  expect(read(packed(), checked)()).toMatchObject({ blobs: [Uint8Array.of(3, 2, 1), blobs[1]] })
  expect(names).toEqual(["part 1 of the request"])
})

test("a label comes first and says what else there is", () => {
  const labelled: MessageRules = {
    ...rules,
    labelBytes: 4,
    blobs: (_, label) => Array.from({ length: label?.[0] ?? 0 }, () => ({ bytes: 1 })),
  }
  const label = Uint8Array.of(2)
  const message = { samples: 1, batch: false, label, blobs: [Uint8Array.of(7), Uint8Array.of(8)] }
  const bytes = packMessage(labelled, message)
  expect(unpackMessage(bytes, labelled)).toEqual(message)
  expect(read(bytes, { ...labelled, labelBytes: 0 })).toThrow(
    "part 1 of the request has 1 bytes where at most 0",
  )
  expect(read(packed({ blobs: [] }), labelled)).toThrow("the request has no parts")
  expect(read(packed({ blobs: [Uint8Array.of(3)] }), labelled)).toThrow(
    "has 1 parts where the program needs 4",
  )
})

test("more parts than there are bytes for are refused before anything is made of them", () => {
  const bytes = packed()
  new DataView(bytes.buffer).setUint32(44, 2 ** 32 - 1, true)
  const blobs = vi.fn(() => [])
  expect(read(bytes, { blobs })).toThrow("is cut short")
  expect(blobs).not.toHaveBeenCalled()
})

test("a message in memory that threads share is read into memory of its own", () => {
  const bytes = packed()
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
  shared.set(bytes)
  const message = read(shared)()
  shared.fill(0)
  expect(message).toMatchObject({ blobs })
})

test("keys are no batch", () => {
  const keys: MessageRules = { ...rules, kind: "secret key" }
  const bytes = packMessage(keys, { samples: 1, batch: true, blobs })
  expect(read(bytes, { kind: "secret key" })).toThrow("a secret key is no batch")
})
