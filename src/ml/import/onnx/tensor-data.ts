import { printShape, sizeOf } from "../../../data/index.ts"
import { fail } from "../../fail.ts"
import { generate, type Tensor } from "../../graph/tensor.ts"
import { limited } from "../limits.ts"
import type { TensorProto } from "./schema.ts"

/** How numbers of an ONNX element type stand in raw data, little-endian. */
interface ElementType {
  readonly name: string
  /** Bits of one element. */
  readonly bits: number
  readonly at: (view: DataView, index: number) => number
}

const half = (bits: number): number => {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}

const brain = (bits: number): number => {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, bits << 16)
  return view.getFloat32(0)
}

const nibble = (view: DataView, i: number): number => (view.getUint8(i >> 1) >> (i % 2 === 0 ? 0 : 4)) & 15
const crumb = (view: DataView, i: number): number => (view.getUint8(i >> 2) >> (2 * (i % 4))) & 3

/** The element types of TensorProto.DataType that hold numbers. */
const elementTypes: Readonly<Record<number, ElementType>> = {
  1: { name: "float", bits: 32, at: (view, i) => view.getFloat32(4 * i, true) },
  2: { name: "uint8", bits: 8, at: (view, i) => view.getUint8(i) },
  3: { name: "int8", bits: 8, at: (view, i) => view.getInt8(i) },
  4: { name: "uint16", bits: 16, at: (view, i) => view.getUint16(2 * i, true) },
  5: { name: "int16", bits: 16, at: (view, i) => view.getInt16(2 * i, true) },
  6: { name: "int32", bits: 32, at: (view, i) => view.getInt32(4 * i, true) },
  7: { name: "int64", bits: 64, at: (view, i) => Number(view.getBigInt64(8 * i, true)) },
  9: { name: "bool", bits: 8, at: (view, i) => Number(view.getUint8(i) !== 0) },
  10: { name: "float16", bits: 16, at: (view, i) => half(view.getUint16(2 * i, true)) },
  11: { name: "double", bits: 64, at: (view, i) => view.getFloat64(8 * i, true) },
  12: { name: "uint32", bits: 32, at: (view, i) => view.getUint32(4 * i, true) },
  13: { name: "uint64", bits: 64, at: (view, i) => Number(view.getBigUint64(8 * i, true)) },
  16: { name: "bfloat16", bits: 16, at: (view, i) => brain(view.getUint16(2 * i, true)) },
  // Types of less than a byte begin with the lowest bits.
  21: { name: "uint4", bits: 4, at: nibble },
  22: { name: "int4", bits: 4, at: (view, i) => (nibble(view, i) << 28) >> 28 },
  25: { name: "uint2", bits: 2, at: crumb },
  26: { name: "int2", bits: 2, at: (view, i) => (crumb(view, i) << 30) >> 30 },
}

// Numbers of element types in ONNX.
export const FLOAT = 1
export const UINT8 = 2
export const INT32 = 6
export const INT64 = 7
export const STRING = 8
export const BOOL = 9
export const FLOAT16 = 10
export const BFLOAT16 = 16

/** The integers an element type holds, for quantizers. */
export const integerRange = (dataType: number): readonly [number, number] => {
  const { name, bits } =
    elementTypes[dataType] ?? fail("unsupported-model", `element type ${dataType} is no integer type`)
  if (!/^u?int/.test(name)) fail("unsupported-model", `element type ${name} is no integer type`)
  return name.startsWith("u") ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1]
}

export const holdsNumbers = (dataType: number): boolean => elementTypes[dataType] !== undefined

/** Bits of an integer type; undefined for all others. */
export const integerBits = (dataType: number | undefined): number | undefined => {
  const type = dataType === undefined ? undefined : elementTypes[dataType]
  return type !== undefined && /^u?int/.test(type.name) ? type.bits : undefined
}

/** Whether an element type holds real numbers. */
export const isReal = (dataType: number): boolean => /float|double/.test(elementTypes[dataType]?.name ?? "")

const otherTypes: Readonly<Record<number, string>> = {
  [STRING]: "string",
  14: "complex64",
  15: "complex128",
  17: "float8e4m3fn",
  18: "float8e4m3fnuz",
  19: "float8e5m2",
  20: "float8e5m2fnuz",
  23: "float4e2m1",
  24: "float8e8m0",
}

export const elementTypeName = (dataType: number): string =>
  elementTypes[dataType]?.name ?? otherTypes[dataType] ?? `element type ${dataType}`

/** The numbers of a tensor of a file. Throws ProgramError where there are too many, too few, or none at all. */
export const readTensor = (proto: TensorProto): Tensor => {
  const name = proto.name ?? ""
  const type = elementTypes[proto.dataType ?? 0]
  if (type === undefined)
    return fail(
      "unsupported-model",
      `tensor "${name}" has element type ${elementTypeName(proto.dataType ?? 0)}`,
    )
  if (proto.dataLocation === 1 || proto.externalData.length > 0) {
    fail(
      "unsupported-model",
      `tensor "${name}" is stored outside the file\n` +
        "export with external_data=False, or join it with onnx.save_model(model, path, save_as_external_data=False)",
    )
  }
  if (proto.segment !== undefined)
    fail("damaged-model", `tensor "${name}" is stored in segments, which ONNX never defined`)
  const shape = proto.dims
  const size = sizeOf(shape)
  if (
    shape.length > 16 ||
    !shape.every((n) => Number.isSafeInteger(n) && n >= 0) ||
    !Number.isSafeInteger(size)
  ) {
    fail("damaged-model", `tensor "${name}" has shape ${printShape(shape)}`)
  }
  limited("constants", size)
  return { shape, values: numbersOf(proto, type, size, name) }
}

const numbersOf = (proto: TensorProto, type: ElementType, size: number, name: string): Float64Array => {
  const wrongSize = (found: number): never =>
    fail(
      "damaged-model",
      `tensor "${name}" of shape ${printShape(proto.dims)} and element type ${type.name} has ${found} elements`,
    )
  // Numbers of less than a byte stand in raw data, or a byte of them in each of these.
  const raw = proto.rawData ?? (type.bits < 8 && size > 0 ? Uint8Array.from(proto.int32Data) : undefined)
  if (raw !== undefined) {
    if (raw.length !== Math.ceil((size * type.bits) / 8)) wrongSize(Math.floor((raw.length * 8) / type.bits))
    const view = new DataView(raw.buffer, raw.byteOffset, raw.length)
    return generate(size, (i) => type.at(view, i))
  }
  const list = [proto.floatData, proto.int64Data, proto.doubleData, proto.uint64Data, proto.int32Data].find(
    ({ length }) => length > 0,
  )
  if (list === undefined) return size === 0 ? new Float64Array(0) : wrongSize(0)
  if (list.length !== size) wrongSize(list.length)
  const read = type.name === "float16" ? half : type.name === "bfloat16" ? brain : Number
  return generate(size, (i) => read(list[i]!))
}

const utf8 = new TextDecoder()

/** Text of a bytes field. */
export const text = (bytes: Uint8Array): string => utf8.decode(bytes)
