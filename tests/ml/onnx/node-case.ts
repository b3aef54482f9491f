import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire"
import { ProgramError } from "../../../src/data/index.ts"
import { execute, type FloatGraph, importModel } from "../../../src/ml/index.ts"

/** A tensor of a recorded case: single precision as base64 of its bytes, all other types as a list. */
export interface RecordedTensor {
  /** The number of the element type in ONNX. */
  readonly type: number
  readonly dims: readonly number[]
  readonly singles?: string
  readonly values?: readonly (number | string | null)[]
}

/** A model of one node, what it is given, and what ONNX says it makes of that. */
export interface NodeCase {
  readonly name: string
  /** The operator set, and the operators of the model with their domain before them. */
  readonly opset: number
  readonly operators: readonly string[]
  /** base64 */
  readonly model: string
  readonly inputs: readonly RecordedTensor[]
  readonly outputs: readonly RecordedTensor[]
}

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"))

/** The numbers of a tensor; undefined for strings. */
export const numbersOf = ({ singles, values }: RecordedTensor): Float64Array | undefined => {
  if (singles !== undefined) return Float64Array.from(new Float32Array(bytesOf(singles).buffer))
  if (values!.some((value) => typeof value === "string" && Number.isNaN(Number(value)))) return undefined
  return Float64Array.from(values!, (value) => (value === null ? Number.NaN : Number(value)))
}

/** How a constant of an element type is written; types without an entry stay inputs. */
const writers: Readonly<
  Record<number, readonly [bytes: number, write: (v: DataView, at: number, x: number) => void]>
> = {
  1: [4, (v, at, x) => v.setFloat32(at, x, true)],
  2: [1, (v, at, x) => v.setUint8(at, x)],
  3: [1, (v, at, x) => v.setInt8(at, x)],
  4: [2, (v, at, x) => v.setUint16(at, x, true)],
  5: [2, (v, at, x) => v.setInt16(at, x, true)],
  6: [4, (v, at, x) => v.setInt32(at, x, true)],
  7: [8, (v, at, x) => v.setBigInt64(at, BigInt(x), true)],
  9: [1, (v, at, x) => v.setUint8(at, x)],
  11: [8, (v, at, x) => v.setFloat64(at, x, true)],
  12: [4, (v, at, x) => v.setUint32(at, x, true)],
  13: [8, (v, at, x) => v.setBigUint64(at, BigInt(x), true)],
}

/** Element types of which several share a byte, the first in its lowest bits. */
const bitsOf: Readonly<Record<number, number>> = { 21: 4, 22: 4, 25: 2, 26: 2 }

const isWritable = ({ type }: RecordedTensor): boolean => type in writers || type in bitsOf

const wholeBytes = (numbers: Float64Array, type: number): Uint8Array => {
  const [size, write] = writers[type]!
  const view = new DataView(new ArrayBuffer(size * numbers.length))
  numbers.forEach((x, i) => {
    write(view, size * i, x)
  })
  return new Uint8Array(view.buffer)
}

const packed = (numbers: Float64Array, bits: number): Uint8Array => {
  const bytes = new Uint8Array(Math.ceil((numbers.length * bits) / 8))
  numbers.forEach((x, i) => {
    bytes[Math.floor((i * bits) / 8)]! |= (x & (2 ** bits - 1)) << ((i * bits) % 8)
  })
  return bytes
}

const initializer = (name: string, tensor: RecordedTensor): Uint8Array => {
  const numbers = numbersOf(tensor)!
  const bytes =
    bitsOf[tensor.type] === undefined
      ? wholeBytes(numbers, tensor.type)
      : packed(numbers, bitsOf[tensor.type]!)
  const writer = new BinaryWriter()
  for (const extent of tensor.dims) writer.tag(1, WireType.Varint).int64(extent)
  writer.tag(2, WireType.Varint).int64(tensor.type)
  writer.tag(8, WireType.LengthDelimited).string(name)
  writer.tag(9, WireType.LengthDelimited).bytes(bytes)
  return writer.finish()
}

/** The model with some of its inputs as constants, by name. */
const withConstants = (model: Uint8Array, constants: ReadonlyMap<string, RecordedTensor>): Uint8Array => {
  const reader = new BinaryReader(model)
  const writer = new BinaryWriter()
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag()
    const start = reader.pos
    if (field !== 7) {
      reader.skip(type, field)
      writer.tag(field, type).raw(model.subarray(start, reader.pos))
      continue
    }
    const graph = reader.bytes()
    const tensors = [...constants].map(([name, tensor]) => initializer(name, tensor))
    const inner = new BinaryWriter().raw(graph)
    for (const tensor of tensors) inner.tag(5, WireType.LengthDelimited).bytes(tensor)
    writer.tag(7, WireType.LengthDelimited).bytes(inner.finish())
  }
  return writer.finish()
}

/** The names of a graph's inputs and outputs. */
const namesOf = (model: Uint8Array): { readonly inputs: string[]; readonly outputs: string[] } => {
  const fieldsOf = (bytes: Uint8Array, number: number): Uint8Array[] => {
    const reader = new BinaryReader(bytes)
    const found: Uint8Array[] = []
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag()
      if (field === number) found.push(reader.bytes())
      else reader.skip(type, field)
    }
    return found
  }
  const [graph] = fieldsOf(model, 7)
  const named = (number: number): string[] =>
    fieldsOf(graph!, number).map((info) => new TextDecoder().decode(fieldsOf(info, 1)[0]))
  return { inputs: named(11), outputs: named(12) }
}

/** Which inputs are encrypted in turn: all, and each alone with constants for the others. */
const choices = (inputs: readonly RecordedTensor[]): readonly (readonly number[])[] => {
  const every = inputs.map((_, i) => i)
  return inputs.length === 1 ? [every] : [every, ...every.map((i) => [i])]
}

export interface Attempt {
  /** The numbers of the inputs that are no constants. */
  readonly inputs: readonly number[]
  readonly batched: boolean
  /** The outputs that depend on inputs, by their number, or why the model is refused. */
  readonly found: ReadonlyMap<number, Float64Array> | string
}

const refused = async <T>(run: () => Promise<T>): Promise<T | string> => {
  try {
    return await run()
  } catch (error) {
    if (error instanceof ProgramError) return error.message
    throw error
  }
}

/** What the importer makes of a case, in every way that its inputs can be split into encrypted ones and constants. */
export const attemptsOf = async ({ model, inputs, outputs }: NodeCase): Promise<Attempt[]> => {
  const bytes = bytesOf(model)
  const names = namesOf(bytes)
  const numbered = (graph: FloatGraph, values: readonly Float64Array[]): Map<number, Float64Array> =>
    new Map(graph.outputs.map(({ name }, i) => [names.outputs.indexOf(name), values[i]!]))
  const values = inputs.map(numbersOf)
  const attempts: Attempt[] = []
  for (const chosen of choices(inputs)) {
    const others = inputs.flatMap((tensor, i) =>
      chosen.includes(i) ? [] : [[names.inputs[i]!, tensor] as const],
    )
    if (!others.every(([, tensor]) => isWritable(tensor))) continue
    const file = withConstants(bytes, new Map(others))
    const given = chosen.map((i) => values[i]!)
    const whole = await refused(async () => {
      const { graph } = await importModel(file, { batch: false })
      return numbered(graph, execute(graph, given))
    })
    attempts.push({ inputs: chosen, batched: false, found: whole })
    const rows = outputs[0]?.dims[0]
    if (rows === undefined || rows === 0 || chosen.some((i) => inputs[i]!.dims[0] !== rows)) continue
    const byRow = await refused(async () => {
      const { graph } = await importModel(file)
      const parts = Array.from({ length: rows }, (_, row) =>
        execute(
          graph,
          given.map((all) => all.slice((row * all.length) / rows, ((row + 1) * all.length) / rows)),
        ),
      )
      const joined = parts[0]!.map((_, o) => Float64Array.from(parts.flatMap((part) => Array.from(part[o]!))))
      return numbered(graph, joined)
    })
    attempts.push({ inputs: chosen, batched: true, found: byRow })
  }
  return attempts
}

/** The first output and element that differ by more than single precision explains; undefined where none does. */
export const differenceOf = (
  found: ReadonlyMap<number, Float64Array>,
  outputs: readonly RecordedTensor[],
): string | undefined => {
  for (const [o, tensor] of outputs.entries()) {
    const wanted = numbersOf(tensor)
    if (wanted === undefined) continue
    const own = found.get(o)
    if (own === undefined) continue
    if (own.length !== wanted.length) return `output ${o} has ${own.length} elements, not ${wanted.length}`
    const tolerance = tensor.type === 10 || tensor.type === 16 ? 1e-2 : 1e-4
    const wrong = wanted.findIndex((x, i) => {
      const y = own[i]!
      return !(Object.is(x, y) || x === y || Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(x)))
    })
    if (wrong >= 0) return `element ${wrong} of output ${o} is ${own[wrong]}, not ${wanted[wrong]}`
  }
  return undefined
}
