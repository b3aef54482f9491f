import { sizeOf } from "../../data/index.ts"
import { fail } from "../fail.ts"
import { type AttributesOf, type KindName, kindOf } from "./kinds/index.ts"
import type { Shape, Tensor } from "./tensor.ts"

interface NodeBase<K extends KindName> {
  readonly kind: K
  readonly operands: readonly FloatNode[]
  readonly attributes: AttributesOf<K>
  /** The shape of one sample. */
  readonly shape: Shape
  /** What the model's file calls it, for messages. */
  readonly name: string
}

/** One node; which attributes it has follows from its kind. */
export type NodeOf<K extends KindName> = { readonly [N in K]: NodeBase<N> }[K]
export type FloatNode = NodeOf<KindName>

/** What the numbers of an output are. `values` are those of a regression, or unknown. */
export type Scores = "values" | "logits" | "probabilities"

export interface FloatOutput {
  readonly name: string
  readonly node: FloatNode
  readonly scores: Scores
  /** What the columns stand for, when the model says so. One column with two classes is the score of the second. */
  readonly classes?: readonly (number | string)[]
  /**
   * Whether every column answers a question of its own, as those of a regression of several values or of several yes-or-no
   * questions do, so that the largest is no class.
   */
  readonly separate?: true
  /** Whether the least score tells the class, as of distances, and of what ONNX makes of support vectors. */
  readonly leastWins?: true
  /** What one column is compared with: above it stands for the second class. A half of probabilities and 0 of logits. */
  readonly threshold?: number
}

/** A trained model on real numbers, whatever framework it comes from. Shapes and values are those of one sample. */
export interface FloatGraph {
  readonly inputs: readonly NodeOf<"input">[]
  readonly outputs: readonly FloatOutput[]
  /** All nodes, operands before what uses them. */
  readonly nodes: readonly FloatNode[]
  /** What the framework computes in: every value is rounded to it. */
  readonly precision: "float32" | "float64"
  /** What users of the model should know, a message each: that not all trees of the file count, and the like. */
  readonly warnings: readonly string[]
}

/** Real numbers in a row of the model: those of all inputs in turn. */
export const columnsOf = ({ inputs }: FloatGraph): number =>
  inputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0)

/** Above these a model is refused: it is damaged, hostile, or far from what encryption can compute. */
const MOST = { nodes: 100_000, elements: 2 ** 24, allElements: 2 ** 26, work: 2 ** 32 }

/** Makes nodes, checks that they fit, and counts what they take. */
export class GraphBuilder {
  readonly #nodes: FloatNode[] = []
  readonly #most: number
  readonly #held = new Set<object>()
  #elements = 0
  #work = 0

  /** At most so many products for one sample. */
  constructor(work: number = MOST.work) {
    this.#most = work
  }

  /** A node of a kind on operands of this builder. Throws ProgramError when they do not fit or the model grows too large. */
  add<K extends KindName>(
    kind: K,
    operands: readonly FloatNode[],
    attributes: AttributesOf<K>,
    name = "",
  ): NodeOf<K> {
    const entry = kindOf(kind)
    const shapes = operands.map(({ shape }) => shape)
    if (entry.arity === "any" ? operands.length === 0 : operands.length !== entry.arity) {
      fail("damaged-model", `${kind} takes ${entry.arity} operands, not ${operands.length}`)
    }
    const shape = entry.infer(shapes, attributes)
    checkShape(shape)
    this.#elements += sizeOf(shape) + this.#hold(attributes as object)
    this.#work += entry.work?.(shapes, attributes, shape) ?? sizeOf(shape)
    if (
      this.#nodes.length >= MOST.nodes ||
      this.#elements > MOST.allElements ||
      !(this.#work <= this.#most)
    ) {
      fail(
        "too-large",
        `the model has ${this.#nodes.length + 1} nodes with ${this.#elements} elements and ${this.#work} products\n` +
          `at most ${MOST.nodes}, ${MOST.allElements} and ${this.#most} are imported`,
      )
    }
    const node = Object.freeze({ kind, operands, attributes, shape, name }) as NodeOf<K>
    this.#nodes.push(node as FloatNode)
    return node
  }

  /** The numbers in attributes that no earlier node has. */
  #hold(attributes: object): number {
    let count = 0
    for (const attribute of Object.values(attributes) as unknown[]) {
      const values = isTensor(attribute) ? attribute.values : attribute
      if (!(values instanceof Float64Array || values instanceof Int32Array) || this.#held.has(values))
        continue
      this.#held.add(values)
      count += values.length
    }
    return count
  }

  input(name: string, shape: Shape): NodeOf<"input"> {
    return this.add("input", [], { name, shape }, name)
  }

  constant(tensor: Tensor, name = ""): NodeOf<"constant"> {
    return this.add("constant", [], { tensor }, name)
  }

  /** The model with these outputs; nodes that none of them needs are left out. */
  build(
    inputs: readonly NodeOf<"input">[],
    outputs: readonly FloatOutput[],
    precision: FloatGraph["precision"],
    warnings: readonly string[] = [],
  ): FloatGraph {
    if (outputs.length === 0) fail("damaged-model", "the model has no output that depends on its input")
    const needed = new Set<FloatNode>(inputs)
    for (const { node } of outputs) needed.add(node)
    for (const node of this.#nodes.toReversed()) {
      if (needed.has(node)) for (const operand of node.operands) needed.add(operand)
    }
    return { inputs, outputs, nodes: this.#nodes.filter((node) => needed.has(node)), precision, warnings }
  }
}

const isTensor = (value: unknown): value is Tensor =>
  typeof value === "object" && value !== null && "values" in value && "shape" in value

/** Throws ProgramError for a shape with extents that are no counts (NaN is that of the batch), or too many elements. */
export const checkShape = (shape: Shape): void => {
  const good = shape.length <= 16 && shape.every((n) => Number.isSafeInteger(n) && n >= 0)
  if (!good || sizeOf(shape) > MOST.elements) {
    const extents = shape.map((n) => (Number.isNaN(n) ? "batch" : n)).join(", ")
    fail(
      "too-large",
      `a value has shape [${extents}]\nup to 16 axes and ${MOST.elements} elements for one sample are imported`,
    )
  }
}
