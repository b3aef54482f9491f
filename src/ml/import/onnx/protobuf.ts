import { BinaryReader, WireType } from "@bufbuild/protobuf/wire"
import { ProgramError } from "../../../data/index.ts"

interface Scalars {
  readonly int: number
  readonly float: number
  readonly double: number
  readonly string: string
  readonly bytes: Uint8Array
}
type Type = keyof Scalars | Message

/** One field of a message. */
interface Field {
  readonly number: number
  readonly type: Type
  readonly many: boolean
}
/** The fields of a message that are read, by name; all others are skipped. */
export interface Message {
  readonly [name: string]: Field
}

type ValueOf<T extends Type> = T extends keyof Scalars ? Scalars[T] : T extends Message ? Decoded<T> : never

/** What a message of a schema reads as. Repeated fields are always there. */
export type Decoded<M extends Message> = {
  readonly [K in keyof M as M[K]["many"] extends true ? K : never]: readonly ValueOf<M[K]["type"]>[]
} & {
  readonly [K in keyof M as M[K]["many"] extends true ? never : K]?: ValueOf<M[K]["type"]>
}

export const one = <T extends Type>(number: number, type: T): { number: number; type: T; many: false } => ({
  number,
  type,
  many: false,
})

export const many = <T extends Type>(number: number, type: T): { number: number; type: T; many: true } => ({
  number,
  type,
  many: true,
})

const wires: Readonly<Record<keyof Scalars, WireType>> = {
  int: WireType.Varint,
  float: WireType.Bit32,
  double: WireType.Bit64,
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
}

const readScalar = (reader: BinaryReader, type: keyof Scalars): Scalars[keyof Scalars] => {
  switch (type) {
    case "int":
      return Number(reader.int64())
    case "float":
      return reader.float()
    case "double":
      return reader.double()
    case "string":
      return reader.string()
    case "bytes":
      return reader.bytes()
  }
}

/** Bytes that are no ONNX file at all. */
export class NotOnnx extends ProgramError {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, { ...options, code: "damaged-model" })
  }
}

/**
 * Reads a message. Byte fields are views of `bytes`, so that memory stays within a small multiple of the file.
 * Throws NotOnnx for bytes that are no such message.
 */
export const decode = <M extends Message>(bytes: Uint8Array, schema: M): Decoded<M> => {
  try {
    return read(bytes, schema, { messages: 0 }) as Decoded<M>
  } catch (cause) {
    throw new NotOnnx(`the bytes are no protobuf message of this kind: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** An empty message takes two bytes of a file and hundreds of memory. */
const MOST_MESSAGES = 1_000_000

const read = (bytes: Uint8Array, schema: Message, count: { messages: number }): Record<string, unknown> => {
  if (++count.messages > MOST_MESSAGES) throw new Error(`there are more than ${MOST_MESSAGES} messages`)
  const reader = new BinaryReader(bytes)
  const byNumber = new Map(Object.entries(schema).map(([name, field]) => [field.number, { name, field }]))
  const result: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(schema)) if (field.many) result[name] = []
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag()
    const known = byNumber.get(number)
    if (known === undefined) {
      reader.skip(wire, number)
      continue
    }
    const { name, field } = known
    const values = readField(reader, wire, field, count)
    if (!field.many) result[name] = values.at(-1) ?? result[name]
    else for (const value of values) (result[name] as unknown[]).push(value)
  }
  return result
}

const readField = (
  reader: BinaryReader,
  wire: WireType,
  { type, many }: Field,
  count: { messages: number },
): unknown[] => {
  if (typeof type !== "string") {
    if (wire !== WireType.LengthDelimited) throw new Error(`a message has wire type ${wire}`)
    return [read(reader.bytes(), type, count)]
  }
  if (wire === wires[type]) return [readScalar(reader, type)]
  // A packed list of numbers.
  if (!many || wire !== WireType.LengthDelimited) throw new Error(`a field of ${type} has wire type ${wire}`)
  const packed = new BinaryReader(reader.bytes())
  const values: unknown[] = []
  while (packed.pos < packed.len) values.push(readScalar(packed, type))
  return values
}
