import { binaries, roundEven, sizeOf, unaryFunction } from "../../../../data/index.ts"
import { broadcastIndices } from "../../../../ir/index.ts"
import { gridAt } from "../../../graph/element-grid.ts"
import type { FloatNode, NodeOf } from "../../../graph/graph.ts"
import type { Shape } from "../../../graph/tensor.ts"
import type { Linear } from "../network.ts"
import { isConstantRow } from "./linear-rows.ts"
import { affineAt, type Outcome, sharesBase } from "./lower-linear.ts"
import { type Curve, isCurve, type Lowering } from "./lowering.ts"

type Apply = Curve["apply"]

/** Lowers a node that computes each element from one element: functions of one value stay one function. */
export const lowerElementwise = (lowering: Lowering, node: FloatNode): Outcome => {
  const apply = functionOf(node)
  if (apply === undefined) return refusals[node.kind] ?? `${node.kind} has no integer form here`
  if (node.kind === "combine" && node.attributes.function === "mul" && !sharesBase(lowering, node)) {
    return multiply(lowering, node)
  }
  if (!sharesBase(lowering, node)) {
    return "it compares or joins different values\nonly sums, products, and functions of one value are offered"
  }
  const operands = node.operands.map((operand) => operandOf(lowering, operand, node.shape))
  const base = operands.find(({ base }) => base !== undefined)?.base
  const whole: Apply = (value, i) =>
    apply(
      operands.map((operand) => operand.apply(value, i)),
      i,
    )
  if (base === undefined) {
    const rows = Array.from({ length: sizeOf(node.shape) }, (_, i) => ({
      columns: new Int32Array(0),
      weights: new Float64Array(0),
      bias: whole(0, i),
    }))
    lowering.set(node, { rows, node })
    return true
  }
  const names = operands.flatMap(({ name }) => (name === undefined ? [] : [name]))
  const name = [...names, nameOf(node)].filter((part) => part !== "").join(" ")
  const grid = node.kind === "dequantize" ? gridAt(node.attributes.grid, node.shape) : undefined
  const isRounding = node.kind === "dequantize" && operands[0]!.name === ""
  lowering.set(node, { base, apply: whole, name: isRounding ? "quantizer" : name, ...(grid && { grid }) })
  return true
}

interface Operand {
  readonly base?: Linear
  readonly name?: string
  readonly apply: Apply
}

const operandOf = (lowering: Lowering, operand: FloatNode, shape: Shape): Operand => {
  const value = lowering.get(operand)
  if (isCurve(value)) return { base: value.base, name: value.name, apply: value.apply }
  if (!value.rows.every(isConstantRow)) return { base: value, apply: (x) => x }
  const indices = broadcastIndices(operand.shape, shape)
  return { apply: (_, i) => value.rows[indices[i]!]!.bias }
}

const nameOf = (node: FloatNode): string => {
  if (node.kind === "activation") return node.attributes.function
  if (node.kind === "combine") return node.attributes.function
  return node.kind === "quantize" || node.kind === "dequantize" || node.kind === "affine" ? "" : node.kind
}

/** The function of a node's operands at one element. */
const functionOf = (
  node: FloatNode,
): ((operands: readonly number[], element: number) => number) | undefined => {
  switch (node.kind) {
    case "activation": {
      const apply = unaryFunction(node.attributes.function, node.attributes.parameters)
      return ([x]) => apply(x!)
    }
    case "combine": {
      const apply = binaries[node.attributes.function]
      return ([a, b]) => apply(a!, b!)
    }
    case "select":
      return ([condition, a, b]) => (condition !== 0 ? a! : b!)
    case "affine": {
      const { scale, shift } = affineAt(node.attributes, node.shape)
      return ([x], i) => x! * scale(i) + shift(i)
    }
    case "quantize": {
      const grid = gridAt(node.attributes.grid, node.shape)
      return ([x], i) =>
        Math.min(Math.max(roundEven(Math.fround(x! / grid.scale(i))) + grid.zero(i), grid.lo), grid.hi)
    }
    case "dequantize": {
      const grid = gridAt(node.attributes.grid, node.shape)
      return ([q], i) => grid.scale(i) * (q! - grid.zero(i))
    }
    default:
      return undefined
  }
}

const multiply = (lowering: Lowering, node: NodeOf<"combine">): Outcome => {
  const [left, right] = node.operands as [FloatNode, FloatNode]
  if (sizeOf(left.shape) !== sizeOf(node.shape) || sizeOf(right.shape) !== sizeOf(node.shape)) {
    return "it multiplies computed values of different shapes\nuse values of one shape"
  }
  const [base, other] = [lowering.linear(left), lowering.linear(right)]
  lowering.set(node, lowering.addLayer({ kind: "product", name: "product", base, other }, node))
  return true
}

const refusals: Readonly<Record<string, string>> = {
  softmax:
    "softmax inside a model divides by a computed sum\nend the model with it, where the client applies it",
  argument: "the index of the largest value is for the client\nend the model with the scores",
  normalize: "it divides by a computed norm\nnormalise the rows before the model, or leave it out",
  trees: "trees inside a network\nquantize the trees as a model of their own",
  distances: "distances inside a network\nquantize the neighbours as a model of their own",
  oneHot: "categories inside a network\nencode the rows before the model",
  lookup: "a lookup by key inside a network\nencode the rows before the model",
}
