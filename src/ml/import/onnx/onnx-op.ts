import { type Parameters, ProgramError, printShape, type UnaryName, unaries } from "../../../data/index.ts"
import { broadcastIndices } from "../../../ir/index.ts"
import { fail } from "../../fail.ts"
import { checkShape, type FloatNode, type GraphBuilder, type NodeOf, type Scores } from "../../graph/graph.ts"
import type { AttributesOf, KindName } from "../../graph/kinds/index.ts"
import type { Shape, Tensor } from "../../graph/tensor.ts"
import type { AttributeProto, NodeProto } from "./schema.ts"
import { isReal, readTensor, text } from "./tensor-data.ts"

/** What a name of an ONNX graph stands for. */
export type Entry =
  /** The element type is that of ONNX, where it is known. */
  | { readonly is: "value"; readonly node: FloatNode; readonly dataType?: number }
  /** A tensor with its whole ONNX shape. NaN in a vector of extents stands for the size of the batch. */
  | { readonly is: "constant"; readonly tensor: Tensor; readonly dataType?: number }
  | { readonly is: "strings"; readonly values: readonly string[] }
  /** The class with the best score: known once the scores are. */
  | {
      readonly is: "labels"
      readonly scores: FloatNode
      readonly kind?: Scores
      /** Whether the least score tells the class. */
      readonly leastWins?: true
      readonly classes?: readonly (number | string)[]
    }
  /** An input that is left out. */
  | { readonly is: "absent" }

/** A node as an entry. Without an element type the operator's usual one is taken. */
export const value = (node: FloatNode, dataType?: number): Entry =>
  dataType === undefined ? { is: "value", node } : { is: "value", node, dataType }
export const constant = (tensor: Tensor, dataType?: number): Entry =>
  dataType === undefined ? { is: "constant", tensor } : { is: "constant", tensor, dataType }

/** What operators of a file share. */
export interface Surroundings {
  readonly builder: GraphBuilder
  /** Whether the first axis of every value is the batch, which nodes of the graph do not have. */
  readonly batched: boolean
  /** The size of the batch where the file fixes it. */
  readonly fixedBatch: number | undefined
  /** The version of an operator set. */
  readonly opset: (domain: string) => number
}

/** One operator of a file during its import: its attributes and operands, and the nodes it becomes. */
export class Op {
  readonly proto: NodeProto
  readonly inputs: readonly Entry[]
  readonly around: Surroundings
  readonly #attributes: ReadonlyMap<string, AttributeProto>

  constructor(proto: NodeProto, inputs: readonly Entry[], around: Surroundings) {
    this.proto = proto
    this.inputs = inputs
    this.around = around
    this.#attributes = new Map(proto.attribute.map((one) => [one.name ?? "", one]))
  }

  /** The same operator on other operands. */
  with(inputs: readonly Entry[]): Op {
    return new Op(this.proto, inputs, this.around)
  }

  has(name: string): boolean {
    return this.#attributes.has(name)
  }
  int(name: string, otherwise: number): number {
    return this.#attributes.get(name)?.i ?? otherwise
  }
  float(name: string, otherwise: number): number {
    return this.#attributes.get(name)?.f ?? otherwise
  }
  text(name: string, otherwise: string): string {
    const bytes = this.#attributes.get(name)?.s
    return bytes === undefined ? otherwise : text(bytes)
  }
  ints(name: string): readonly number[] | undefined {
    return this.#attributes.get(name)?.ints
  }
  /** A list of numbers, as floats or as a tensor under the same name with `_as_tensor`. */
  floats(name: string): readonly number[] | undefined {
    const exact = this.tensor(`${name}_as_tensor`)
    return exact === undefined ? this.#attributes.get(name)?.floats : Array.from(exact.values)
  }
  texts(name: string): readonly string[] | undefined {
    return this.#attributes.get(name)?.strings.map(text)
  }
  tensor(name: string): Tensor | undefined {
    const proto = this.#attributes.get(name)?.t
    return proto === undefined ? undefined : readTensor(proto)
  }
  attribute(name: string): AttributeProto | undefined {
    return this.#attributes.get(name)
  }

  /** The element type of operand i, where it is known. */
  typeOf(i: number): number | undefined {
    const entry = this.input(i)
    return entry.is === "value" || entry.is === "constant" ? entry.dataType : undefined
  }

  /** Whether all operands are known to be of integer types. */
  isInteger(): boolean {
    return this.inputs.every((_, i) => {
      const type = this.typeOf(i)
      return type !== undefined && !isReal(type)
    })
  }

  input(i: number): Entry {
    return this.inputs[i] ?? { is: "absent" }
  }

  /** Operand i as a node; a constant becomes one, without the axis of the batch. */
  node(i: number, rank?: number): FloatNode {
    const entry = this.input(i)
    if (entry.is === "value") return entry.node
    if (entry.is === "constant") {
      const tensor = this.around.batched
        ? this.withoutBatch(entry.tensor, rank ?? entry.tensor.shape.length)
        : entry.tensor
      return this.around.builder.constant(tensor, this.proto.name)
    }
    return fail(
      "damaged-model",
      `operand ${i} ${entry.is === "absent" ? "is missing" : "is no tensor of numbers"}`,
    )
  }

  /** Operand i as a constant, undefined when it is left out. */
  maybeConstant(i: number): Tensor | undefined {
    const entry = this.input(i)
    if (entry.is === "absent") return undefined
    if (entry.is !== "constant") {
      return fail("unsupported-model", `operand ${i} depends on the input\na constant is needed there`)
    }
    return entry.tensor
  }

  constant(i: number): Tensor {
    return this.maybeConstant(i) ?? fail("damaged-model", `operand ${i} is missing`)
  }

  /** Whole numbers from an attribute (older operator sets) or from operand i (newer ones). */
  list(name: string, i: number): readonly number[] | undefined {
    const given = this.ints(name) ?? (this.has(name) ? [this.int(name, 0)] : undefined)
    const tensor = given === undefined ? this.maybeConstant(i) : undefined
    return given ?? (tensor === undefined ? undefined : Array.from(tensor.values))
  }

  add<K extends KindName>(kind: K, operands: readonly FloatNode[], attributes: AttributesOf<K>): NodeOf<K> {
    return this.around.builder.add(kind, operands, attributes, this.proto.name ?? this.proto.opType ?? "")
  }

  activate(x: FloatNode, name: UnaryName, parameters: Parameters = {}): FloatNode {
    const filled = { ...unaries[name].defaults, ...parameters }
    return this.add("activation", [x], { function: name, parameters: filled })
  }

  /** The rank ONNX sees. */
  rank(x: FloatNode): number {
    return x.shape.length + (this.around.batched ? 1 : 0)
  }

  /** An axis of ONNX as an axis of one sample. Throws ProgramError for the axis of the batch. */
  axis(axis: number, rank: number): number {
    const whole = axis < 0 ? axis + rank : axis
    if (!Number.isInteger(axis) || whole < 0 || whole >= rank)
      return fail("damaged-model", `axis ${axis} is none of ${rank} axes`)
    if (!this.around.batched) return whole
    return whole > 0 ? whole - 1 : this.mixes("it works along axis 0")
  }

  /** Refuses an operator that works across the rows of a batch. Throws MixedRows with how it does. */
  mixes(how: string): never {
    const { fixedBatch } = this.around
    const remedy =
      fixedBatch === undefined
        ? "the first axis of the model's input has no fixed extent, so it is the batch: leave what joins rows outside the model"
        : `import with { batch: false } if the first axis, of extent ${fixedBatch}, counts no samples`
    throw new MixedRows(`it mixes the samples of a batch: ${how}`, remedy)
  }

  /** The refusal of an operator that makes a whole shape out of rows of the shape of x. */
  mixesShape(x: FloatNode, whole: readonly number[]): never {
    return this.mixes(`it turns ${printWhole([Number.NaN, ...x.shape])} into ${printWhole(whole)}`)
  }

  axes(axes: readonly number[], rank: number): number[] {
    return axes.map((axis) => this.axis(axis, rank))
  }

  /** A constant that meets values of a rank, without the axis of the batch. */
  withoutBatch(tensor: Tensor, rank: number): Tensor {
    if (!this.around.batched) return tensor
    let { shape } = tensor
    while (shape.length >= rank && shape.length > 0) {
      if (shape[0] !== 1)
        this.mixes(`a constant of shape ${printShape(tensor.shape)} differs from row to row`)
      shape = shape.slice(1)
    }
    return { ...tensor, shape }
  }

  /** The elements of x at fixed places: for each element of a shape, a flat index or -1 for `fill`. */
  pick(x: FloatNode, shape: Shape, indices: () => Int32Array, fill = 0): FloatNode {
    checkShape(shape)
    return this.add("pick", [x], { shape, indices: indices(), fill })
  }

  broadcast(x: FloatNode, shape: Shape): FloatNode {
    if (x.shape.length === shape.length && x.shape.every((n, axis) => n === shape[axis])) return x
    return this.pick(x, shape, () => broadcastIndices(x.shape, shape))
  }

  reshape(x: FloatNode, shape: Shape): FloatNode {
    return x.shape.length === shape.length && x.shape.every((n, axis) => n === shape[axis])
      ? x
      : this.add("reshape", [x], { shape })
  }
}

/** Extents of a whole ONNX shape, in which NaN is the size of the batch. */
const printWhole = (extents: readonly number[]): string =>
  `[${extents.map((extent) => (Number.isNaN(extent) ? "batch" : extent)).join(", ")}]`

/** The refusal of an operator that works across the rows of a batch. */
export class MixedRows extends ProgramError {
  /** What helps if nothing else is wrong with the model. */
  readonly remedy: string

  constructor(message: string, remedy: string) {
    super(message, { code: "unsupported-model" })
    this.remedy = remedy
  }
}

/** How an operator of ONNX becomes nodes: one entry, or one for each output. */
export type Import = (op: Op) => Entry | readonly Entry[]
export type ImportTable = Readonly<Record<string, Import>>
