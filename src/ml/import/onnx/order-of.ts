import { sizeOf } from "../../../data/index.ts"
import type { FloatNode } from "../../graph/graph.ts"

/** How one value follows from another: whether its elements stand in the same order, and whether it is the second of two alone. */
export interface Order {
  readonly isReversed: boolean
  readonly isSecond: boolean
}

/** The order of a node's elements among those of `from`; undefined where the nodes between do not tell. */
export const orderOf = (node: FloatNode, from: FloatNode): Order | undefined => {
  let order: Order = { isReversed: false, isSecond: false }
  for (let at = node; at !== from; at = at.operands[0]!) {
    const next = stepOf(at)
    if (next === undefined || at.operands.length === 0) return undefined
    order = {
      isReversed: order.isReversed !== next.isReversed,
      isSecond: order.isSecond || next.isSecond,
    }
  }
  return order
}

const kept: Order = { isReversed: false, isSecond: false }
const reversed: Order = { isReversed: true, isSecond: false }

const stepOf = (node: FloatNode): Order | undefined => {
  switch (node.kind) {
    case "reshape":
    case "normalize":
    case "softmax":
      return kept
    case "activation": {
      const name = node.attributes.function
      return name === "negate" ? reversed : growing.has(name) ? kept : undefined
    }
    case "affine": {
      const { scale, shift, divisor } = node.attributes
      const factors = [scale, ...(divisor ? [divisor] : [])].map(({ values }) => only(values))
      if (factors.some((factor) => !factor) || only(shift.values) === undefined) return undefined
      return factors.filter((factor) => factor! < 0).length === 1 ? reversed : kept
    }
    case "pick": {
      const { indices } = node.attributes
      const isSecond = indices.length === 1 && indices[0] === 1 && sizeOf(node.operands[0]!.shape) === 2
      return isSecond ? { isReversed: false, isSecond } : undefined
    }
    default:
      return undefined
  }
}

/** The number that all of a list are. */
const only = (values: Float64Array): number | undefined =>
  values.every((value) => value === values[0]) ? values[0] : undefined

const growing: ReadonlySet<string> = new Set([
  "exp",
  "expm1",
  "float32",
  "log",
  "normalCdf",
  "sigmoid",
  "softplus",
  "sqrt",
  "tanh",
])
