import { type Decoded, decode, many, one } from "./protobuf.ts"

// Field numbers of onnx.proto. Subgraphs, functions and metadata are left out: nothing here reads them.

const entry = { key: one(1, "string"), value: one(2, "string") } as const

const tensorSchema = {
  dims: many(1, "int"),
  dataType: one(2, "int"),
  segment: one(3, "bytes"),
  floatData: many(4, "float"),
  int32Data: many(5, "int"),
  stringData: many(6, "bytes"),
  int64Data: many(7, "int"),
  name: one(8, "string"),
  rawData: one(9, "bytes"),
  doubleData: many(10, "double"),
  uint64Data: many(11, "int"),
  externalData: many(13, entry),
  dataLocation: one(14, "int"),
} as const

const attributeSchema = {
  name: one(1, "string"),
  f: one(2, "float"),
  i: one(3, "int"),
  s: one(4, "bytes"),
  t: one(5, tensorSchema),
  g: one(6, "bytes"),
  floats: many(7, "float"),
  ints: many(8, "int"),
  strings: many(9, "bytes"),
} as const

const nodeSchema = {
  input: many(1, "string"),
  output: many(2, "string"),
  name: one(3, "string"),
  opType: one(4, "string"),
  attribute: many(5, attributeSchema),
  domain: one(7, "string"),
} as const

const dimensionSchema = { value: one(1, "int"), parameter: one(2, "string") } as const
const tensorTypeSchema = {
  elementType: one(1, "int"),
  shape: one(2, { dim: many(1, dimensionSchema) }),
} as const

const valueInfoSchema = {
  name: one(1, "string"),
  type: one(2, {
    tensorType: one(1, tensorTypeSchema),
    sequenceType: one(4, "bytes"),
    mapType: one(5, "bytes"),
  }),
} as const

const graphSchema = {
  node: many(1, nodeSchema),
  name: one(2, "string"),
  initializer: many(5, tensorSchema),
  input: many(11, valueInfoSchema),
  output: many(12, valueInfoSchema),
  sparseInitializer: many(15, "bytes"),
} as const

const modelSchema = {
  irVersion: one(1, "int"),
  producer: one(2, "string"),
  graph: one(7, graphSchema),
  opsetImport: many(8, { domain: one(1, "string"), version: one(2, "int") }),
  functions: many(25, "bytes"),
} as const

export type ModelProto = Decoded<typeof modelSchema>
export type GraphProto = Decoded<typeof graphSchema>
export type NodeProto = Decoded<typeof nodeSchema>
export type AttributeProto = Decoded<typeof attributeSchema>
export type TensorProto = Decoded<typeof tensorSchema>
export type ValueInfoProto = Decoded<typeof valueInfoSchema>

/** Reads an ONNX file. Throws ProgramError for bytes that are none. */
export const readModel = (bytes: Uint8Array): ModelProto => decode(bytes, modelSchema)
