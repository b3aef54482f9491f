import { createHash } from "node:crypto"

/** Numbers that follow from a seed. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A whole number below `limit` (mulberry32). */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!
  }
}

/** Counts and sizes at which programs trip. */
const COUNTS = [0, 1, 2, 3, 255, 256, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]

/** Some bits, a few bytes or a stretch of it are others, or it is longer or shorter, or goes on as another does. */
export const mutateBytes = (random: Random, bytes: Uint8Array, others: readonly Uint8Array[]): Uint8Array => {
  const copy = Uint8Array.from(bytes)
  const at = random.below(bytes.length + 1)
  switch (random.below(7)) {
    case 0:
      for (let i = random.below(8); i >= 0; i--) flip(random, copy, 0, copy.length)
      return copy
    case 1:
      return copy.subarray(0, at)
    case 2:
      return joined(copy, randomBytes(random, random.below(100)))
    case 3: {
      const other = random.pick(others)
      return joined(copy.subarray(0, at), other.subarray(random.below(other.length + 1)))
    }
    case 4:
      return copy.fill(random.pick([0, 0xff, random.below(256)]), at, at + 1 + random.below(64))
    case 5:
      return joined(
        copy.subarray(0, at),
        randomBytes(random, random.below(9)),
        copy.subarray(at + random.below(9)),
      )
    default:
      return randomBytes(random, random.below(200))
  }
}

const flip = (random: Random, bytes: Uint8Array, from: number, to: number): void => {
  if (bytes.length > 0) bytes[from + random.below(to - from)]! ^= 1 << random.below(8)
}

const randomBytes = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => random.below(256))

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

/** With the checksum that belongs to it in place of its last 16 bytes. */
export const withChecksum = (bytes: Uint8Array): Uint8Array => {
  const end = bytes.length - 16
  if (end > 0) bytes.set(createHash("sha256").update(bytes.subarray(0, end)).digest().subarray(0, 16), end)
  return bytes
}

const SAMPLES_AT = 40
const COUNT_AT = 44
const SIZES_AT = 48

/** The parts of a message, by its head; written for tests alone. */
export const partsOf = (message: Uint8Array): Uint8Array[] => {
  const view = new DataView(message.buffer, message.byteOffset)
  const count = view.getUint32(COUNT_AT, true)
  let at = SIZES_AT + 4 * count
  return Array.from({ length: count }, (_, i) => {
    at += view.getUint32(SIZES_AT + 4 * i, true)
    return message.subarray(at - view.getUint32(SIZES_AT + 4 * i, true), at)
  })
}

const withParts = (message: Uint8Array, parts: readonly Uint8Array[]): Uint8Array => {
  const sizes = new Uint8Array(4 + 4 * parts.length)
  const view = new DataView(sizes.buffer)
  view.setUint32(0, parts.length, true)
  for (const [i, { length }] of parts.entries()) view.setUint32(4 + 4 * i, length, true)
  return joined(message.subarray(0, COUNT_AT), sizes, ...parts, new Uint8Array(16))
}

/** A message as somebody may send it who knows the format: mostly with a checksum that fits. */
export const mutateMessage = (
  random: Random,
  message: Uint8Array,
  others: readonly Uint8Array[],
): Uint8Array => {
  const fits = !random.once(6)
  const copy = Uint8Array.from(message)
  const view = new DataView(copy.buffer)
  const head = SIZES_AT + 4 * view.getUint32(COUNT_AT, true)
  const done = (bytes: Uint8Array): Uint8Array => (fits ? withChecksum(bytes) : bytes)
  switch (random.below(10)) {
    case 0:
      return random.once(10) ? done(mutateBytes(random, copy, others)) : mutateBytes(random, copy, others)
    case 1:
    case 2:
      for (let i = random.below(3); i >= 0; i--) flip(random, copy, 0, head)
      return done(copy)
    case 3:
    case 4: {
      const at = random.pick([SAMPLES_AT, COUNT_AT, ...sizePlaces(head)])
      const near = view.getUint32(at, true) + random.below(5) - 2
      view.setUint32(at, random.once(2) ? near >>> 0 : random.pick(COUNTS), true)
      return done(copy)
    }
    case 5: {
      const parts = partsOf(copy)
      const [i, j] = [random.below(parts.length), random.below(parts.length)]
      const foreign = random.pick(partsOf(random.pick(others)))
      const change = random.below(5)
      if (change === 0) parts.splice(i, 1)
      else if (change === 1) parts.splice(i, 0, parts[j] ?? foreign)
      else if (change === 2 && parts.length > 1) [parts[i], parts[j]] = [parts[j]!, parts[i]!]
      else if (change === 3) parts[i] = foreign
      else parts[i] = mutateBytes(random, parts[i] ?? foreign, [foreign])
      return done(withParts(copy, parts))
    }
    case 6: {
      // Another message under the name of this one.
      const other = Uint8Array.from(random.pick(others))
      other.set(copy.subarray(0, random.pick([7, 8, SAMPLES_AT, COUNT_AT, head])))
      return done(other)
    }
    case 7: {
      // Values where nothing is known, and those that are none.
      if (random.once(20)) flip(random, copy, head, copy.length)
      else copy.fill(0xff, head, head + 1 + random.below(40))
      return done(copy)
    }
    case 8:
      return done(copy.subarray(0, random.below(copy.length)))
    default: {
      const short = joined(copy.subarray(0, head), randomBytes(random, random.below(60)), new Uint8Array(16))
      return done(short)
    }
  }
}

const sizePlaces = (head: number): number[] =>
  Array.from({ length: (head - SIZES_AT) / 4 }, (_, i) => SIZES_AT + 4 * i)

type Tree = unknown[] | Record<string, unknown>

const LEAVES = [
  0,
  -1,
  1,
  0.5,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -(2 ** 53),
  1e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2n ** 64n - 1n,
  -(2n ** 64n),
  "",
  "x".repeat(5000),
  "9".repeat(400),
  true,
  null,
  [],
  {},
]

/** A tree of plain data with one thing in it changed, left out, added or doubled. */
export const mutateTree = (random: Random, tree: unknown): unknown => {
  const root: unknown[] = [structuredClone(tree)]
  let within: Tree = root
  let key: string | number = 0
  for (let depth = 1 + random.below(9); depth > 0; depth--) {
    const next: unknown = (within as Record<string | number, unknown>)[key]
    if (typeof next !== "object" || next === null || next instanceof Uint8Array) break
    const keys: string[] = Object.keys(next)
    if (keys.length === 0) break
    within = next as Tree
    key = random.pick(keys)
  }
  const place = within as Record<string | number, unknown>
  const found = place[key]
  switch (random.below(7)) {
    case 0:
      if (Array.isArray(within)) within.splice(Number(key), 1)
      else delete place[key]
      break
    case 1:
      if (Array.isArray(within)) within.push(...new Array(1 + random.below(300)).fill(found))
      else place[`${key}2`] = found
      break
    case 2:
      place[key] =
        typeof found === "number" ? found + random.pick([-1, 1, 2 ** 20, 0.5]) : random.pick(LEAVES)
      break
    case 3:
      place[key] = typeof found === "bigint" ? found * random.pick([-1n, 0n, 2n]) : random.pick(LEAVES)
      break
    case 4:
      place[key] = typeof found === "string" ? mutateText(random, found) : random.pick(LEAVES)
      break
    case 5:
      place[key] = nested(random.pick([3, 50, 500]), found)
      break
    default:
      place[key] = random.pick(LEAVES)
  }
  return root[0]
}

const nested = (depth: number, inner: unknown): unknown => {
  let tree = inner
  for (let i = 0; i < depth; i++) tree = [tree]
  return tree
}

const PIECES = [
  "9",
  "-1",
  "99999999999",
  "1e99",
  "[",
  "]",
  "(",
  "}",
  "\n",
  " ",
  '"',
  "%0",
  "x",
  "null",
  "*67108864",
  "[".repeat(100_000),
]

/** Text with a piece of it replaced, a line doubled or left out, or a number changed. */
export const mutateText = (random: Random, text: string): string => {
  const at = random.below(text.length + 1)
  const lines = text.split("\n")
  const line = random.below(lines.length)
  switch (random.below(5)) {
    case 0:
      lines.splice(line, 1)
      return lines.join("\n")
    case 1:
      lines.splice(random.below(lines.length), 0, lines[line]!)
      return lines.join("\n")
    case 2:
      lines[line] = lines[line]!.replace(/\d+/, (digits) =>
        String(random.pick([0, 1, 63, 64, 4096, 2 ** 31, 2 ** 53, Number(digits) + 1])),
      )
      return lines.join("\n")
    case 3:
      return text.slice(0, at)
    default:
      return text.slice(0, at) + random.pick(PIECES) + text.slice(at + random.below(6))
  }
}
