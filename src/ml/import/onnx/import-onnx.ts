import { ProgramError } from "../../../data/index.ts"
import { fail } from "../../fail.ts"
import { evaluateNode } from "../../graph/execute.ts"
import {
  checkShape,
  type FloatGraph,
  type FloatNode,
  type FloatOutput,
  GraphBuilder,
  type NodeOf,
} from "../../graph/graph.ts"
import { limited } from "../limits.ts"
import { constant, type Entry, MixedRows, Op, type Surroundings, value } from "./onnx-op.ts"
import { operators, takesConstants } from "./operators/index.ts"
import { outputsOf } from "./outputs.ts"
import { Problems } from "./problems.ts"
import { NotOnnx } from "./protobuf.ts"
import { refusal } from "./refusals.ts"
import { resultType } from "./result-type.ts"
import { type GraphProto, type ModelProto, type NodeProto, readModel, type ValueInfoProto } from "./schema.ts"
import { elementTypeName, holdsNumbers, readTensor, STRING, text } from "./tensor-data.ts"

export { NotOnnx }

export interface OnnxOptions {
  /** Whether the first axis of every input is the batch; true by default. */
  readonly batch?: boolean
}

const OLDEST = 7

/** Reads an ONNX model. Throws ProgramError with everything that cannot be imported. */
export const importOnnx = (bytes: Uint8Array, options: OnnxOptions = {}): FloatGraph => {
  const model = readModel(bytes)
  const { graph } = model
  if (graph === undefined) throw new NotOnnx("the ONNX file holds no graph")
  if (graph.sparseInitializer.length > 0)
    fail("unsupported-model", "the ONNX file holds sparse constants\nstore them as dense tensors")
  return new Importer(model, graph, options).run()
}

/** Imports one graph, node by node, and collects what is wrong on the way. */
class Importer {
  readonly #graph: GraphProto
  readonly #builder = new GraphBuilder()
  /** Where operators of constants are computed; a builder of its own bounds what that takes. */
  readonly #folding = new GraphBuilder(2 ** 28)
  readonly #entries = new Map<string, Entry>()
  /** Names that depend on a node that could not be imported. */
  readonly #failed = new Set<string>()
  /** Why there is nothing under a name that some node makes. */
  readonly #missing = new Map<string, string>()
  readonly #problems = new Problems()
  readonly #opsets: ReadonlyMap<string, number>
  readonly #batched: boolean
  #fixedBatch: number | undefined
  #isDouble = false
  #constants = 0

  constructor(model: ModelProto, graph: GraphProto, { batch = true }: OnnxOptions) {
    this.#graph = graph
    this.#batched = batch
    this.#opsets = new Map(model.opsetImport.map(({ domain = "", version = 1 }) => [domain, version]))
  }

  run(): FloatGraph {
    const { node, initializer } = this.#graph
    limited("nodes", node.length)
    limited("tensors", initializer.length)
    const opset = this.#opsets.get("") ?? this.#opsets.get("ai.onnx")
    if (opset !== undefined && opset < OLDEST && node.some(({ domain = "" }) => domain === "")) {
      fail("unsupported-model", `the ONNX file uses operator set ${opset}\nexport it with opset 13 or later`)
    }
    for (const tensor of initializer) {
      const name = tensor.name ?? ""
      if (tensor.dataType === STRING)
        this.#entries.set(name, { is: "strings", values: tensor.stringData.map(text) })
      else this.#entries.set(name, this.#counted(constant(readTensor(tensor), tensor.dataType)))
    }
    const inputs = this.#inputs()
    for (const one of this.#needed()) this.#import(one)
    this.#problems.throwIfAny()
    return this.#builder.build(inputs, this.#outputs(), this.#isDouble ? "float64" : "float32")
  }

  #inputs(): NodeOf<"input">[] {
    const given = this.#graph.input.filter(({ name }) => !this.#entries.has(name ?? ""))
    if (given.length === 0) fail("damaged-model", "the ONNX model has no input")
    return given.map((info) => {
      const node = this.#builder.input(info.name ?? "", this.#sampleShape(info))
      this.#entries.set(info.name ?? "", value(node, info.type?.tensorType?.elementType))
      return node
    })
  }

  #sampleShape({ name, type }: ValueInfoProto): number[] {
    const tensorType = type?.tensorType
    const elementType = tensorType?.elementType ?? 0
    if (tensorType === undefined || !holdsNumbers(elementType)) {
      return fail(
        "unsupported-model",
        `input "${name}" holds ${tensorType === undefined ? "no tensor" : elementTypeName(elementType)}\na tensor of numbers is needed`,
      )
    }
    if (elementTypeName(elementType) === "double") this.#isDouble = true
    const dims = tensorType.shape?.dim ?? fail("unsupported-model", `input "${name}" has no shape`)
    const [first, ...rest] = dims
    if (this.#batched && first === undefined)
      return fail(
        "unsupported-model",
        `input "${name}" has no axis for the batch\nimport with { batch: false }`,
      )
    if (this.#batched && first?.value !== undefined) this.#fixedBatch = first.value
    const shape = (this.#batched ? rest : dims).map(({ value: extent, parameter }, i) => {
      if (extent !== undefined && (extent > 0 || !this.#batched)) return extent
      return fail(
        "unsupported-model",
        `axis ${i + (this.#batched ? 1 : 0)} of input "${name}" has the unknown extent "${parameter ?? extent ?? "?"}"\n` +
          "only the batch may be symbolic: export with fixed extents for all other axes",
      )
    })
    checkShape(shape)
    return shape
  }

  /** The nodes that some output depends on, in the file's order. Throws ProgramError for circles. */
  #needed(): NodeProto[] {
    const { node: nodes, output } = this.#graph
    const producer = new Map<string, number>()
    nodes.forEach((node, i) => {
      for (const name of node.output) if (name !== "") producer.set(name, i)
    })
    const needed = new Set<number>()
    const pending = output.map(({ name }) => name ?? "")
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      const at = producer.get(name)
      if (at === undefined || needed.has(at)) continue
      needed.add(at)
      pending.push(...nodes[at]!.input)
    }
    return nodes.filter((_, i) => needed.has(i))
  }

  #import(proto: NodeProto): void {
    const domain = proto.domain === undefined || proto.domain === "ai.onnx" ? "" : proto.domain
    const name = domain === "" ? (proto.opType ?? "") : `${domain}.${proto.opType}`
    const skip = (): void => {
      for (const output of proto.output) this.#failed.add(output)
    }
    const operator = Object.hasOwn(operators, name) ? operators[name] : undefined
    const label = proto.name ? `"${proto.name}"` : `making "${proto.output[0] ?? "?"}"`
    if (operator === undefined) {
      this.#problems.add(label, `: ${refusal(name, this.#opsets.get(domain) ?? 1)}`)
      skip()
      return
    }
    if (proto.input.some((input) => this.#failed.has(input))) {
      skip()
      return
    }
    try {
      const inputs = proto.input.map((input) => this.#entry(input))
      const read = name === "CastLike" ? inputs.slice(0, 1) : inputs
      const folds = read.every(({ is }) => is === "constant" || is === "absent") && inputs.length > 0
      const folded = folds && !takesConstants(name)
      const op = new Op(proto, inputs, this.#around(folded))
      const made = operator(op)
      const entries = Array.isArray(made) ? (made as readonly Entry[]) : [made as Entry]
      proto.output.forEach((output, i) => {
        const entry = entries[i]
        if (output === "") return
        if (entry === undefined) {
          this.#missing.set(output, `output ${i} of node ${label}, ${name}, is not imported`)
          return
        }
        if (entry.is !== "value") this.#entries.set(output, this.#counted(entry))
        else {
          const type = entry.dataType ?? resultType(op, name)
          this.#entries.set(output, folded ? constant(this.#fold(entry.node), type) : value(entry.node, type))
        }
      })
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error
      const problem = `, ${name}: ${error.message.replaceAll("\n", "; ")}`
      if (error instanceof MixedRows) this.#problems.addMixed(label, problem, error.remedy)
      else this.#problems.add(label, problem)
      skip()
    }
  }

  /** Adds a constant to what the model holds. */
  #counted(entry: Entry): Entry {
    if (entry.is === "constant") {
      this.#constants += entry.tensor.values.length
      limited("constants", this.#constants)
    }
    return entry
  }

  #around(folded: boolean): Surroundings {
    return {
      builder: folded ? this.#folding : this.#builder,
      batched: this.#batched && !folded,
      fixedBatch: this.#fixedBatch,
      opset: (domain) => this.#opsets.get(domain) ?? 1,
    }
  }

  #entry(name: string): Entry {
    if (name === "") return { is: "absent" }
    return (
      this.#entries.get(name) ??
      fail("damaged-model", this.#missing.get(name) ?? `its operand "${name}" is made by no earlier node`)
    )
  }

  /** The value of a node that depends on constants alone. */
  #fold(node: FloatNode): { shape: readonly number[]; values: Float64Array } {
    const results = new Map<FloatNode, Float64Array>()
    const pending = [node]
    while (pending.length > 0) {
      const at = pending.at(-1)!
      const missing = at.operands.filter((operand) => !results.has(operand))
      if (missing.length > 0) pending.push(...missing)
      else {
        results.set(at, evaluateNode(at, results))
        pending.pop()
      }
    }
    return { shape: node.shape, values: results.get(node)! }
  }

  #outputs(): FloatOutput[] {
    return outputsOf(this.#graph.output.map(({ name = "" }) => ({ name, entry: this.#entry(name) })))
  }
}
