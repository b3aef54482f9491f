import { printKind, RuntimeError } from "../../data/index.ts"
import type { SealFormat } from "../seal/seal-format.ts"
import { CHECKSUM_BYTES, checksum } from "./checksum.ts"

/** What travels or is stored: evaluation keys, encrypted inputs, encrypted outputs, a secret key. */
export const MESSAGE_KINDS = ["set of evaluation keys", "request", "reply", "secret key"] as const
export type MessageKind = (typeof MESSAGE_KINDS)[number]

export interface Message {
  /** Samples in it; 1 for keys. */
  readonly samples: number
  /** Whether the samples were given as an array, and are given back as one. */
  readonly batch: boolean
  /** What else is in it, in the form in which it is used: objects as SEAL saves them. */
  readonly blobs: readonly Uint8Array[]
  /** What says what else is in it, of messages that need such a thing; it travels as the first blob. */
  readonly label?: Uint8Array
}

/** How a blob travels: packed in `packedBytes` bytes, as it is in `bytes` bytes exactly, or in up to `atMost` bytes. */
export type BlobRule =
  | Pick<SealFormat, "packedBytes" | "pack" | "unpack">
  | { readonly bytes: number }
  | { readonly atMost: number }

export interface MessageRules {
  readonly kind: MessageKind
  /** Hash of the program, 64 hex digits. */
  readonly hash: string
  /** Most samples in a message. */
  readonly mostSamples: number
  /** The most bytes of a label; messages have none without. */
  readonly labelBytes?: number
  /** The blobs of a message with that many samples and that label, of which nothing is checked yet. */
  blobs(samples: number, label: Uint8Array | undefined): readonly BlobRule[]
}

const MAGIC = new TextEncoder().encode("LUTRA")
const VERSION = 2
/** What stands in place of the version in a compiled program, whose magic is longer. */
const PROGRAM_MARK = 0x2e
const BATCH_FLAG = 1
/** Magic, version, kind, flags, hash, samples, number of blobs. */
const HASH_AT = 8
const SAMPLES_AT = HASH_AT + 32
const COUNT_AT = SAMPLES_AT + 4
const SIZES_AT = COUNT_AT + 4

/** Bytes of a message with blobs of these sizes. */
export const messageBytes = (sizes: readonly number[]): number =>
  sizes.reduce((total, size) => total + 4 + size, SIZES_AT + CHECKSUM_BYTES)

/** The most bytes that a blob takes in a message. */
export const mostBytes = (rule: BlobRule): number =>
  "packedBytes" in rule ? rule.packedBytes : "bytes" in rule ? rule.bytes : rule.atMost

/** The bytes of a message. Throws RuntimeError when a blob is not what the rules say. */
export const packMessage = (rules: MessageRules, message: Message): Uint8Array => {
  const { samples, batch, label } = message
  const blobs = label === undefined ? message.blobs : [label, ...message.blobs]
  const blobRules = allRules(rules, samples, label)
  if (blobs.length !== blobRules.length) {
    throw new Error(`unreachable: a ${rules.kind} of ${blobs.length} parts, not ${blobRules.length}`)
  }
  const sizes = blobRules.map((rule, i) => ("packedBytes" in rule ? rule.packedBytes : blobs[i]!.length))
  const bytes = new Uint8Array(messageBytes(sizes))
  const view = new DataView(bytes.buffer)
  bytes.set(MAGIC)
  bytes.set([VERSION, MESSAGE_KINDS.indexOf(rules.kind), batch ? BATCH_FLAG : 0], MAGIC.length)
  bytes.set(fromHex(rules.hash), HASH_AT)
  view.setUint32(SAMPLES_AT, samples, true)
  view.setUint32(COUNT_AT, blobs.length, true)
  let at = SIZES_AT + 4 * blobs.length
  for (const [i, rule] of blobRules.entries()) {
    const size = sizes[i]!
    view.setUint32(SIZES_AT + 4 * i, size, true)
    const place = bytes.subarray(at, at + size)
    if ("packedBytes" in rule) rule.pack(blobs[i]!, place, `part ${i + 1} of the ${rules.kind}`)
    else place.set(blobs[i]!)
    at += size
  }
  bytes.set(checksum(bytes.subarray(0, at)), at)
  return bytes
}

/**
 * The content of a message, after checking all that can be checked without SEAL: all that `checkMessage` checks, and that
 * every coefficient is valid. Throws RuntimeError otherwise. The blobs are copies, and each byte of the message is read once
 * but for the checksum, so that the bytes may be shared with other threads.
 */
export const unpackMessage = (bytes: Uint8Array, rules: MessageRules): Message => {
  const { samples, batch, label, parts } = openMessage(bytes, rules)
  const blobs = parts.map(({ blob, rule, what }) =>
    "packedBytes" in rule ? rule.unpack(blob, what) : Uint8Array.from(blob),
  )
  return label === undefined ? { samples, batch, blobs } : { samples, batch, label, blobs: blobs.slice(1) }
}

/**
 * Throws RuntimeError unless a message is whole and unaltered, of the right kind and program, and every blob has a size
 * that the parameters allow.
 */
export const checkMessage = (bytes: Uint8Array, rules: MessageRules): void => {
  openMessage(bytes, rules)
}

interface OpenMessage extends Omit<Message, "blobs"> {
  readonly parts: readonly { readonly blob: Uint8Array; readonly rule: BlobRule; readonly what: string }[]
}

const openMessage = (bytes: Uint8Array, rules: MessageRules): OpenMessage => {
  const { kind } = rules
  if (!(bytes instanceof Uint8Array))
    throw new RuntimeError(`a ${kind} is a Uint8Array, not ${printKind(bytes)}`, { code: "wrong-argument" })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  checkHead(bytes, rules)
  const samples = view.getUint32(SAMPLES_AT, true)
  if (samples < 1 || samples > rules.mostSamples) {
    throw new RuntimeError(`the ${kind} claims ${samples} samples; 1 to ${rules.mostSamples} are accepted`, {
      code: "too-large",
    })
  }
  const batch = bytes[MAGIC.length + 2] === BATCH_FLAG
  if (batch && kind !== "request" && kind !== "reply")
    throw new RuntimeError(`a ${kind} is no batch`, { code: "damaged" })
  if (!batch && samples !== 1)
    throw new RuntimeError(`the ${kind} claims ${samples} samples but is no batch`, { code: "damaged" })
  const count = view.getUint32(COUNT_AT, true)
  if (bytes.length < messageBytes([]) + 4 * count) throw cutShort(bytes, kind)
  const label = rules.labelBytes === undefined ? undefined : labelOf(bytes, view, count, rules)
  const blobRules = allRules(rules, samples, label)
  if (count !== blobRules.length) {
    throw new RuntimeError(`the ${kind} has ${count} parts where the program needs ${blobRules.length}`, {
      code: "damaged",
    })
  }
  const sizes = checkSizes(bytes, view, kind, blobRules)
  const end = bytes.length - CHECKSUM_BYTES
  const sum = checksum(bytes.subarray(0, end))
  if (!sum.every((byte, i) => byte === bytes[end + i])) {
    throw new RuntimeError(`the ${kind} was altered: its checksum does not fit its content`, {
      code: "damaged",
    })
  }
  let at = SIZES_AT + 4 * count
  const parts = sizes.map((size, i) => {
    at += size
    return { blob: bytes.subarray(at - size, at), rule: blobRules[i]!, what: `part ${i + 1} of the ${kind}` }
  })
  return { samples, batch, ...(label && { label }), parts }
}

/** The hash of the program that bytes claim to belong to; undefined when they are too short to claim one. */
export const messageHash = (bytes: Uint8Array): string | undefined =>
  bytes instanceof Uint8Array && bytes.length >= SAMPLES_AT
    ? toHex(bytes.subarray(HASH_AT, SAMPLES_AT))
    : undefined

/** The kind that bytes claim to be; undefined when they claim none. */
export const kindOf = (bytes: Uint8Array): MessageKind | undefined =>
  bytes instanceof Uint8Array ? MESSAGE_KINDS[bytes[MAGIC.length + 1] ?? -1] : undefined

const allRules = (
  rules: MessageRules,
  samples: number,
  label: Uint8Array | undefined,
): readonly BlobRule[] => {
  const own = rules.blobs(samples, label)
  return rules.labelBytes === undefined ? own : [{ atMost: rules.labelBytes }, ...own]
}

/** A copy of the first of `count` blobs. */
const labelOf = (
  bytes: Uint8Array,
  view: DataView,
  count: number,
  { kind, labelBytes = 0 }: MessageRules,
): Uint8Array => {
  if (count === 0)
    throw new RuntimeError(`the ${kind} has no parts; the first should say what it holds`, {
      code: "damaged",
    })
  const size = view.getUint32(SIZES_AT, true)
  const from = SIZES_AT + 4 * count
  if (size <= labelBytes) return Uint8Array.from(bytes.subarray(from, from + size))
  throw new RuntimeError(`part 1 of the ${kind} has ${size} bytes where at most ${labelBytes} are needed`, {
    code: "damaged",
  })
}

const cutShort = ({ length }: Uint8Array, kind: MessageKind): RuntimeError =>
  new RuntimeError(`the ${kind} is cut short: it has ${length} bytes, fewer than its head`, {
    code: "damaged",
  })

const checkHead = (bytes: Uint8Array, { kind, hash }: MessageRules): void => {
  if (!MAGIC.every((byte, i) => byte === bytes[i])) {
    throw new RuntimeError(`these ${bytes.length} bytes are no Lutra message; a ${kind} is needed`, {
      code: "damaged",
    })
  }
  const version = bytes[MAGIC.length]
  if (version === PROGRAM_MARK)
    throw new RuntimeError(`this is a compiled program, not a ${kind}`, { code: "foreign-message" })
  if (version !== undefined && version !== VERSION) {
    throw new RuntimeError(
      `the ${kind} has format version ${version}; this release reads version ${VERSION}`,
      { code: "foreign-message" },
    )
  }
  const found = MESSAGE_KINDS[bytes[MAGIC.length + 1] ?? -1]
  if (found !== kind && bytes.length > MAGIC.length + 1) {
    throw new RuntimeError(
      `this is ${found === undefined ? "an unknown message" : `a ${found}`}, not a ${kind}`,
      { code: "foreign-message" },
    )
  }
  if (bytes.length < messageBytes([])) throw cutShort(bytes, kind)
  if ((bytes[MAGIC.length + 2]! & ~BATCH_FLAG) !== 0)
    throw new RuntimeError(`the ${kind} has unknown flags`, { code: "damaged" })
  const from = toHex(bytes.subarray(HASH_AT, SAMPLES_AT))
  if (from !== hash) {
    throw new RuntimeError(
      `this ${kind} belongs to program ${from.slice(0, 12)}…, not ${hash.slice(0, 12)}…\n` +
        "client and server must hold the same compiled program",
      { code: "foreign-message" },
    )
  }
}

const checkSizes = (
  bytes: Uint8Array,
  view: DataView,
  kind: MessageKind,
  rules: readonly BlobRule[],
): number[] => {
  const sizes = rules.map((rule, i) => {
    const size = view.getUint32(SIZES_AT + 4 * i, true)
    const most = mostBytes(rule)
    if ("atMost" in rule ? size > most : size !== most) {
      const needed = "atMost" in rule ? `at most ${most}` : `exactly ${most}`
      throw new RuntimeError(`part ${i + 1} of the ${kind} has ${size} bytes where ${needed} are needed`, {
        code: "damaged",
      })
    }
    return size
  })
  const total = messageBytes(sizes)
  if (bytes.length !== total) {
    throw new RuntimeError(`the ${kind} has ${bytes.length} bytes where ${total} are needed`, {
      code: "damaged",
    })
  }
  return sizes
}

const fromHex = (hex: string): Uint8Array => {
  if (!/^[0-9a-f]{64}$/.test(hex))
    throw new RuntimeError(`a program's hash is 64 hex digits, not "${hex}"`, { code: "wrong-argument" })
  return Uint8Array.from(hex.match(/../g)!, (digits) => Number.parseInt(digits, 16))
}
const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
