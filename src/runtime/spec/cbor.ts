import { type DecodeOptions, decode, encode, Token, Tokenizer, Type } from "cborg"

/** More than any compiled program has; each becomes tens of bytes of memory. */
const MOST_ITEMS = 2 ** 21

/** CBOR's tags of integers beyond 64 bits: a positive one n, and -1 - n. */
const POSITIVE = 2
const NEGATIVE = 3
const MOST_WORD = 2n ** 64n - 1n

/** The CBOR bytes of plain data: the same for the same data. */
export const writeCbor = (data: unknown): Uint8Array =>
  encode(data, { typeEncoders: { bigint: (value: bigint) => bigTokens(value) } })

const bigTokens = (value: bigint): Token[] | null => {
  const magnitude = value < 0n ? -1n - value : value
  if (magnitude <= MOST_WORD) return null
  const digits = magnitude.toString(16)
  const bytes = Uint8Array.from((digits.length % 2 === 0 ? digits : `0${digits}`).match(/../g)!, (pair) =>
    Number.parseInt(pair, 16),
  )
  return [new Token(Type.tag, value < 0n ? NEGATIVE : POSITIVE), new Token(Type.bytes, bytes)]
}

const bigOf = (bytes: unknown): bigint => {
  if (!(bytes instanceof Uint8Array) || bytes.length > MOST_BIG_BYTES) throw new Error("no such integer")
  return BigInt(`0x0${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`)
}
/** No bound of a program has more than 1024 bits. */
const MOST_BIG_BYTES = 129

const OPTIONS: DecodeOptions = {
  strict: true,
  rejectDuplicateMapKeys: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowBigInt: true,
  tags: {
    [POSITIVE]: (content) => bigOf(content()),
    [NEGATIVE]: (content) => -1n - bigOf(content()),
  },
}

/** What CBOR bytes hold. Throws an Error when they are no CBOR of known lengths, or hold too many items. */
export const readCbor = (bytes: Uint8Array): unknown => {
  const tokens = new Tokenizer(bytes, OPTIONS)
  let items = 0
  const next = () => {
    if (++items > MOST_ITEMS) throw new Error(`more than ${MOST_ITEMS} items`)
    return tokens.next()
  }
  const tokenizer = { next, done: () => tokens.done(), pos: () => tokens.pos() }
  return decode(bytes, { ...OPTIONS, tokenizer })
}
