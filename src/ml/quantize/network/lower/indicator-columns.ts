import { type BinaryName, sizeOf, type UnaryName } from "../../../../data/index.ts"
import type { FloatNode } from "../../../graph/graph.ts"
import type { NetworkPart } from "./network-part.ts"

/**
 * The encrypted columns that are 0 or 1 whatever the row is, as those of a one-hot encoder or of comparisons: each tells
 * something, also where no calibration row has it.
 */
export const indicatorColumns = ({ entries }: NetworkPart): ReadonlySet<number> => {
  const found = new Set<number>()
  let first = 0
  for (const entry of entries) {
    const size = sizeOf(entry.shape)
    if (isIndicator(entry)) for (let i = 0; i < size; i++) found.add(first + i)
    first += size
  }
  return found
}

const LOGICAL: ReadonlySet<BinaryName | UnaryName> = new Set([
  "equal",
  "less",
  "greater",
  "lessOrEqual",
  "greaterOrEqual",
  "and",
  "or",
  "xor",
  "not",
  "isNaN",
])

const isIndicator = (node: FloatNode): boolean =>
  node.kind === "oneHot" ||
  ((node.kind === "combine" || node.kind === "activation") && LOGICAL.has(node.attributes.function))
