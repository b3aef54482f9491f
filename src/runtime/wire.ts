import { RuntimeError } from "../data/index.ts"
import { CHECKSUM_BYTES, checksum } from "./checksum.ts"

/** What travels or is stored: evaluation keys, encrypted inputs, encrypted outputs, a secret key. */
export const MESSAGE_KINDS = ["set of evaluation keys", "request", "reply", "secret key"] as const
export type MessageKind = (typeof MESSAGE_KINDS)[number]

export interface Message {
  /** Samples in it; 1 for keys. */
  readonly samples: number
  /** Whether the samples were given as an array, and are given back as one. */
  readonly batch: boolean
  readonly blobs: readonly Uint8Array[]
}

/** What a blob must be: of exactly `bytes` bytes with the right content, or of up to `atMost` bytes. */
export type BlobRule =
  | { readonly bytes: number; check(blob: Uint8Array, what: string): void }
  | { readonly atMost: number }

export interface MessageRules {
  readonly kind: MessageKind
  /** Hash of the program, 64 hex digits. */
  readonly hash: string
  /** Most samples in a message. */
  readonly mostSamples: number
  /**
   * The blobs of a message with that many samples. `first` is what stands where the first blob should be, for messages
   * that say there what else they hold; nothing of it is checked yet.
   */
  blobs(samples: number, first?: Uint8Array): readonly BlobRule[]
}

const MAGIC = new TextEncoder().encode("LUTRA")
const VERSION = 1
const BATCH_FLAG = 1
/** Magic, version, kind, flags, hash, samples, number of blobs. */
const HASH_AT = 8
const SAMPLES_AT = HASH_AT + 32
const COUNT_AT = SAMPLES_AT + 4
const SIZES_AT = COUNT_AT + 4

/** Bytes of a message with blobs of these sizes. */
export const messageBytes = (sizes: readonly number[]): number =>
  sizes.reduce((total, size) => total + 4 + size, SIZES_AT + CHECKSUM_BYTES)

export const packMessage = (kind: MessageKind, hash: string, message: Message): Uint8Array => {
  const { samples, batch, blobs } = message
  const bytes = new Uint8Array(messageBytes(blobs.map((blob) => blob.length)))
  const view = new DataView(bytes.buffer)
  bytes.set(MAGIC)
  bytes.set([VERSION, MESSAGE_KINDS.indexOf(kind), batch ? BATCH_FLAG : 0], MAGIC.length)
  bytes.set(fromHex(hash), HASH_AT)
  view.setUint32(SAMPLES_AT, samples, true)
  view.setUint32(COUNT_AT, blobs.length, true)
  let at = SIZES_AT + 4 * blobs.length
  for (const [i, blob] of blobs.entries()) {
    view.setUint32(SIZES_AT + 4 * i, blob.length, true)
    bytes.set(blob, at)
    at += blob.length
  }
  bytes.set(checksum(bytes.subarray(0, at)), at)
  return bytes
}

/**
 * The content of a message, after checking all that can be checked without SEAL: that it is whole and unaltered, of the
 * right kind and program, and that every blob has the one size and form that the parameters allow.
 * Throws RuntimeError otherwise. The blobs are views of `bytes`.
 */
export const unpackMessage = (bytes: Uint8Array, rules: MessageRules): Message => {
  const { kind } = rules
  if (!(bytes instanceof Uint8Array)) throw new RuntimeError(`a ${kind} is a Uint8Array, not ${typeof bytes}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  checkHead(bytes, rules)
  const samples = view.getUint32(SAMPLES_AT, true)
  if (samples < 1 || samples > rules.mostSamples) {
    throw new RuntimeError(`the ${kind} claims ${samples} samples; 1 to ${rules.mostSamples} are accepted`)
  }
  const batch = bytes[MAGIC.length + 2] === BATCH_FLAG
  if (!batch && samples !== 1) throw new RuntimeError(`the ${kind} claims ${samples} samples but is no batch`)
  const count = view.getUint32(COUNT_AT, true)
  const blobRules = rules.blobs(samples, firstBlob(bytes, count))
  if (count !== blobRules.length) {
    throw new RuntimeError(`the ${kind} has ${count} parts where the program needs ${blobRules.length}`)
  }
  const sizes = checkSizes(bytes, view, kind, blobRules)
  const end = bytes.length - CHECKSUM_BYTES
  const sum = checksum(bytes.subarray(0, end))
  if (!sum.every((byte, i) => byte === bytes[end + i])) {
    throw new RuntimeError(`the ${kind} was altered: its checksum does not fit its content`)
  }
  let at = SIZES_AT + 4 * count
  const blobs = sizes.map((size, i) => {
    const blob = bytes.subarray(at, at + size)
    const rule = blobRules[i]!
    if ("check" in rule) rule.check(blob, `part ${i + 1} of the ${kind}`)
    at += size
    return blob
  })
  return { samples, batch, blobs }
}

/** The hash of the program that bytes claim to belong to; undefined when they are too short to claim one. */
export const messageHash = (bytes: Uint8Array): string | undefined =>
  bytes instanceof Uint8Array && bytes.length >= SAMPLES_AT
    ? toHex(bytes.subarray(HASH_AT, SAMPLES_AT))
    : undefined

/** The kind that bytes claim to be; undefined when they claim none. */
export const kindOf = (bytes: Uint8Array): MessageKind | undefined =>
  bytes instanceof Uint8Array ? MESSAGE_KINDS[bytes[MAGIC.length + 1] ?? -1] : undefined

/** The first of `count` blobs, or as much of it as there is. */
const firstBlob = (bytes: Uint8Array, count: number): Uint8Array => {
  if (count === 0 || bytes.length < SIZES_AT + 4) return new Uint8Array()
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(SIZES_AT, true)
  const from = SIZES_AT + 4 * count
  return bytes.subarray(from, from + size)
}

const checkHead = (bytes: Uint8Array, { kind, hash }: MessageRules): void => {
  if (!MAGIC.every((byte, i) => byte === bytes[i])) {
    throw new RuntimeError(`these ${bytes.length} bytes are no Lutra message; a ${kind} is needed`)
  }
  const version = bytes[MAGIC.length]
  if (version !== undefined && version !== VERSION) {
    throw new RuntimeError(`the ${kind} has format version ${version}; this release reads version ${VERSION}`)
  }
  const found = MESSAGE_KINDS[bytes[MAGIC.length + 1] ?? -1]
  if (found !== kind && bytes.length > MAGIC.length + 1) {
    throw new RuntimeError(
      `this is ${found === undefined ? "an unknown message" : `a ${found}`}, not a ${kind}`,
    )
  }
  if (bytes.length < messageBytes([])) {
    throw new RuntimeError(`the ${kind} is cut short: it has ${bytes.length} bytes, fewer than its head`)
  }
  if ((bytes[MAGIC.length + 2]! & ~BATCH_FLAG) !== 0) throw new RuntimeError(`the ${kind} has unknown flags`)
  const from = toHex(bytes.subarray(HASH_AT, SAMPLES_AT))
  if (from !== hash) {
    throw new RuntimeError(
      `this ${kind} belongs to program ${from.slice(0, 12)}…, not ${hash.slice(0, 12)}…\n` +
        "client and server must hold the same compiled program",
    )
  }
}

const checkSizes = (
  bytes: Uint8Array,
  view: DataView,
  kind: MessageKind,
  rules: readonly BlobRule[],
): number[] => {
  if (bytes.length < messageBytes(rules.map(() => 0))) {
    throw new RuntimeError(`the ${kind} is cut short: it has ${bytes.length} bytes, fewer than its head`)
  }
  const sizes = rules.map((rule, i) => {
    const size = view.getUint32(SIZES_AT + 4 * i, true)
    if ("atMost" in rule ? size > rule.atMost : size !== rule.bytes) {
      const needed = "atMost" in rule ? `at most ${rule.atMost}` : `exactly ${rule.bytes}`
      throw new RuntimeError(`part ${i + 1} of the ${kind} has ${size} bytes where ${needed} are needed`)
    }
    return size
  })
  const total = messageBytes(sizes)
  if (bytes.length !== total) {
    throw new RuntimeError(`the ${kind} has ${bytes.length} bytes where ${total} are needed`)
  }
  return sizes
}

const fromHex = (hex: string): Uint8Array => {
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new RuntimeError(`a program's hash is 64 hex digits, not "${hex}"`)
  return Uint8Array.from(hex.match(/../g)!, (digits) => Number.parseInt(digits, 16))
}
const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
