import type { FloatNode } from "../graph/graph.ts"

/** Whether a node is linear, up to constants, in all of its operands that are no constants. */
export const isLinear = (node: FloatNode): boolean => {
  switch (node.kind) {
    case "dense":
    case "conv":
    case "affine":
    case "reshape":
    case "transpose":
    case "pick":
    case "concat":
      return true
    case "pool":
      return node.attributes.by === "mean"
    case "reduce":
      return node.attributes.by === "sum" || node.attributes.by === "mean"
    case "matmul":
      return node.operands.some(isConstant)
    case "activation":
      return node.attributes.function === "negate"
    case "combine": {
      const by = node.attributes.function
      if (by === "div") return isConstant(node.operands[1]!)
      return by === "add" || by === "sub" || (by === "mul" && node.operands.some(isConstant))
    }
    default:
      return false
  }
}

const isConstant = ({ kind }: FloatNode): boolean => kind === "constant"
