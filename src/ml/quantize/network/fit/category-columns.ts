import { sizeOf } from "../../../../data/index.ts"
import type { FloatGraph, FloatNode } from "../../../graph/graph.ts"
import { kindOf } from "../../../graph/kinds/index.ts"
import { generate } from "../../../graph/tensor.ts"

/** The columns of a row that a model takes for categories: numbers between two of them mean nothing. */
export const categoryColumns = (graph: FloatGraph): ReadonlySet<number> => {
  const found = new Set<number>()
  /** Which column each element comes from, -1 where it is none or more than one. */
  const columns = new Map<FloatNode, Float64Array>()
  let start = 0
  for (const input of graph.inputs) {
    const first = start
    start += sizeOf(input.shape)
    columns.set(
      input,
      generate(sizeOf(input.shape), (i) => first + i),
    )
  }
  for (const node of graph.nodes) {
    if (node.kind === "input") continue
    const operands = node.operands.map((operand) => columns.get(operand)!)
    if (node.kind === "oneHot" || node.kind === "lookup")
      for (const column of operands[0]!) if (column >= 0) found.add(column)
    columns.set(node, columnsOfNode(node, operands))
  }
  return found
}

const columnsOfNode = (node: FloatNode, operands: readonly Float64Array[]): Float64Array => {
  switch (node.kind) {
    case "reshape":
    case "transpose":
    case "concat": {
      const given = node.operands.map(({ shape }, i) => ({ shape, values: operands[i]! }))
      return kindOf(node.kind).evaluate(given, node.attributes as never, node.shape)
    }
    case "pick":
      return generate(node.attributes.indices.length, (i) => operands[0]![node.attributes.indices[i]!] ?? -1)
    case "affine":
    case "activation":
      return operands[0]!
    case "select":
      return operands[2]!.length === sizeOf(node.shape) ? operands[2]! : none(node)
    default:
      return none(node)
  }
}

const none = ({ shape }: FloatNode): Float64Array => new Float64Array(sizeOf(shape)).fill(-1)
