import { type BinaryName, sizeOf } from "../../../../data/index.ts"
import type { FloatNode } from "../../../graph/graph.ts"
import { kindOf } from "../graph/kinds/index.ts"
import { generate } from "../graph/tensor.ts"
import type { NetworkPart } from "./network-part.ts"

/**
 * The encrypted columns that are 0 or 1 whatever the row is, as those of a one-hot encoder: each tells something, also where no
 * calibration row has it.
 */
export const indicatorColumns = ({ graph, entries }: NetworkPart): ReadonlySet<number> => {
  /** For each element of a node 1 where it is always 0 or 1. */
  const flags = new Map<FloatNode, Float64Array>()
  for (const node of graph.nodes)
    flags.set(
      node,
      flagsOf(
        node,
        node.operands.map((operand) => flags.get(operand)!),
      ),
    )
  const all = entries.flatMap((entry) => Array.from(flags.get(entry)!))
  return new Set(all.keys().filter((column) => all[column] === 1))
}

const LOGICAL: ReadonlySet<BinaryName> = new Set([
  "equal",
  "less",
  "greater",
  "lessOrEqual",
  "greaterOrEqual",
  "and",
  "or",
  "xor",
])

const flagsOf = (node: FloatNode, operands: readonly Float64Array[]): Float64Array => {
  const size = sizeOf(node.shape)
  switch (node.kind) {
    case "oneHot":
      return new Float64Array(size).fill(1)
    case "combine":
      return new Float64Array(size).fill(Number(LOGICAL.has(node.attributes.function)))
    case "constant":
      return generate(size, (i) => Number(isBit(node.attributes.tensor.values[i]!)))
    case "reshape":
    case "transpose":
    case "concat": {
      const given = node.operands.map(({ shape }, i) => ({ shape, values: operands[i]! }))
      return kindOf(node.kind).evaluate(given, node.attributes as never, node.shape)
    }
    case "pick": {
      const { indices, fill } = node.attributes
      return generate(size, (i) => (indices[i]! < 0 ? Number(isBit(fill)) : operands[0]![indices[i]!]!))
    }
    default:
      return new Float64Array(size)
  }
}

const isBit = (value: number): boolean => value === 0 || value === 1
