import {
  checkArity,
  flatten,
  isArrayLike,
  mismatch,
  ProgramError,
  printShape,
  type Reals,
  shapeOf,
  sizeOf,
} from "../data/index.ts"
import { fail } from "./fail.ts"
import { execute } from "./graph/execute.ts"
import { columnsOf, type FloatGraph } from "./graph/graph.ts"
import { kindOf } from "./graph/kinds/index.ts"
import type { QuantizeOptions } from "./quantize/quantize.ts"
import type { QuantizedModel } from "./quantize/quantized-model.ts"

export type ModelFormat = "onnx" | "lightgbm" | "xgboost" | "catboost" | "sklearn" | "lutra"

export type { Reals }

/** A trained model on real numbers, as its framework computes it. */
export class FloatModel {
  readonly graph: FloatGraph
  readonly format: ModelFormat

  constructor(graph: FloatGraph, format: ModelFormat) {
    this.graph = graph
    this.format = format
  }

  /**
   * The scores of each row, in clear and in floating point. A row is one sample, nested as the model's input or flat; of a
   * model with several inputs, all of them in turn. Throws ProgramError for a row of another size.
   */
  predictFloat(rows: readonly Reals[], ...surplus: []): number[][] {
    checkArity("predictFloat", [rows, ...surplus], 1)
    if (!Array.isArray(rows))
      return fail("wrong-argument", mismatch("the value for rows", rows, { needed: "an array of rows" }))
    const output = this.graph.outputs[0]!
    return rows.map((row, i) => {
      const results = execute(this.graph, this.#sample(row, i))
      return Array.from(results[this.graph.outputs.indexOf(output)]!)
    })
  }

  /**
   * The integer twin of this model, chosen to keep its accuracy on the calibration rows; `compile` of it gives a program for
   * encrypted rows. Throws ProgramError for a model that integers cannot compute, with all reasons in one message.
   */
  async quantize(options: QuantizeOptions, ...surplus: []): Promise<QuantizedModel> {
    checkArity("quantize", [options, ...surplus], 1)
    const { quantize } = await import("./quantize/quantize.ts")
    return quantize(this, options)
  }

  /** The numbers of a row. Throws ProgramError, naming the row, for one of another size. */
  flatRow(row: Reals, index = 0, ...surplus: []): Float64Array {
    checkArity("flatRow", [row, index, ...surplus], 2)
    const total = columnsOf(this.graph)
    const values = leaves(row, index)
    if (values.length !== total) {
      const wanted = this.graph.inputs.map(
        ({ attributes, shape }) => `${attributes.name} ${printShape(shape)}`,
      )
      return fail(
        "wrong-rows",
        `row ${index} has ${values.length} numbers, not ${total}\na row holds ${wanted.join(", ")}`,
      )
    }
    return values
  }

  /** One row as the values of each input. */
  #sample(row: Reals, index: number): Float64Array[] {
    const values = this.flatRow(row, index)
    const sizes = this.graph.inputs.map(({ shape }) => sizeOf(shape))
    let start = 0
    return sizes.map((size) => {
      start += size
      return values.slice(start - size, start)
    })
  }

  /** What the model computes, a line for each node. */
  describe(...surplus: []): string {
    checkArity("describe", surplus, 0)
    const numbers = new Map(this.graph.nodes.map((node, i) => [node, i]))
    const lines = this.graph.nodes.map((node) => {
      const operands = node.operands.map((operand) => `%${numbers.get(operand)}`).join(", ")
      const detail = "function" in node.attributes ? ` ${node.attributes.function}` : ""
      return `%${numbers.get(node)} ${printShape(node.shape)} = ${node.kind}${detail}${operands && ` ${operands}`}`
    })
    const outputs = this.graph.outputs.map(
      ({ name, node, scores }) => `${name} = %${numbers.get(node)} (${scores})`,
    )
    return [...lines, ...outputs, ""].join("\n")
  }

  /** Multiplications and additions for one sample. */
  get work(): number {
    return this.graph.nodes.reduce((sum, node) => {
      const shapes = node.operands.map(({ shape }) => shape)
      return (
        sum + (kindOf(node.kind).work?.(shapes, node.attributes as never, node.shape) ?? sizeOf(node.shape))
      )
    }, 0)
  }
}

const leaves = (row: Reals, index: number): Float64Array => {
  try {
    const flat = isArrayLike(row) ? flatten(row, shapeOf(row)) : [row]
    return Float64Array.from(flat, (value) =>
      typeof value === "number" ? value : fail("wrong-rows", `it holds ${String(value)}, which is no number`),
    )
  } catch (cause) {
    throw new ProgramError(`row ${index}: ${(cause as Error).message}`, {
      code: "wrong-rows",
      cause,
    })
  }
}
