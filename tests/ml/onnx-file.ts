import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire"

/** What a test says of an ONNX node: attributes are numbers, text, or lists of whole numbers. */
export interface NodeSpec {
  readonly op: string
  readonly domain?: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, number | string | readonly number[]>>
}

export interface TensorSpec {
  readonly name: string
  readonly dims: readonly number[]
  readonly floats?: readonly number[]
  readonly ints?: readonly number[]
  /** Bytes as they are, whatever the dims say. */
  readonly raw?: Uint8Array
  readonly external?: boolean
}

export interface FileSpec {
  readonly nodes: readonly NodeSpec[]
  readonly tensors?: readonly TensorSpec[]
  /** Extents of the input "x"; a string is a symbolic one. */
  readonly input?: readonly (number | string)[]
  readonly output?: string
  readonly opset?: number
}

type Fill = (writer: BinaryWriter) => void

const message = (writer: BinaryWriter, field: number, fill: Fill): void => {
  writer.tag(field, WireType.LengthDelimited).fork()
  fill(writer)
  writer.join()
}
const int = (writer: BinaryWriter, field: number, value: number): void => {
  writer.tag(field, WireType.Varint).int64(value)
}
const string = (writer: BinaryWriter, field: number, value: string): void => {
  writer.tag(field, WireType.LengthDelimited).string(value)
}

const writeTensor =
  (tensor: TensorSpec) =>
  (w: BinaryWriter): void => {
    for (const extent of tensor.dims) int(w, 1, extent)
    int(w, 2, tensor.ints === undefined ? 1 : 7)
    for (const value of tensor.floats ?? []) w.tag(4, WireType.Bit32).float(value)
    for (const value of tensor.ints ?? []) int(w, 7, value)
    string(w, 8, tensor.name)
    if (tensor.raw !== undefined) w.tag(9, WireType.LengthDelimited).bytes(tensor.raw)
    if (tensor.external) int(w, 14, 1)
  }

const writeNode =
  (node: NodeSpec) =>
  (w: BinaryWriter): void => {
    for (const name of node.inputs) string(w, 1, name)
    for (const name of node.outputs) string(w, 2, name)
    string(w, 3, `${node.op.toLowerCase()}_${node.outputs[0]}`)
    string(w, 4, node.op)
    for (const [name, value] of Object.entries(node.attributes ?? {})) {
      message(w, 5, (inner) => {
        string(inner, 1, name)
        if (typeof value === "string") string(inner, 4, value)
        else if (typeof value === "number" && Number.isInteger(value)) int(inner, 3, value)
        else if (typeof value === "number") inner.tag(2, WireType.Bit32).float(value)
        else for (const item of value) int(inner, 8, item)
      })
    }
    if (node.domain !== undefined) string(w, 7, node.domain)
  }

const writeValue =
  (name: string, dims: readonly (number | string)[]) =>
  (w: BinaryWriter): void => {
    string(w, 1, name)
    message(w, 2, (type) =>
      message(type, 1, (tensor) => {
        int(tensor, 1, 1)
        message(tensor, 2, (shape) => {
          for (const extent of dims) {
            message(shape, 1, (one) =>
              typeof extent === "number" ? int(one, 1, extent) : string(one, 2, extent),
            )
          }
        })
      }),
    )
  }

/** The bytes of an ONNX file with an input "x" and one output. */
export const onnxFile = (spec: FileSpec): Uint8Array => {
  const writer = new BinaryWriter()
  int(writer, 1, 9)
  message(writer, 7, (graph) => {
    for (const node of spec.nodes) message(graph, 1, writeNode(node))
    for (const tensor of spec.tensors ?? []) message(graph, 5, writeTensor(tensor))
    message(graph, 11, writeValue("x", spec.input ?? ["batch", 4]))
    message(graph, 12, writeValue(spec.output ?? "y", []))
  })
  message(writer, 8, (opset) => int(opset, 2, spec.opset ?? 17))
  return writer.finish()
}
