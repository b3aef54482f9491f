import type { FloatNode, Scores } from "../../graph/graph.ts"

/** What the numbers of an output are, as far as the nodes that make them tell. */
export const scoresOf = (node: FloatNode, classifies: boolean): Scores =>
  areProbabilities(node) ? "probabilities" : classifies ? "logits" : "values"

/** Whether all of a node's numbers come from a sigmoid or softmax, perhaps as 1 - p, joined, or divided by their sum. */
const areProbabilities = (node: FloatNode): boolean => {
  const pending = [node]
  const seen = new Set<FloatNode>()
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (seen.has(at)) continue
    seen.add(at)
    if (at.kind === "softmax" && !at.attributes.log) continue
    if (at.kind === "activation" && at.attributes.function === "sigmoid") continue
    if (at.kind === "combine" && at.attributes.function === "div") pending.push(at.operands[0]!)
    else if (moves.has(at.kind) || isComplement(at)) pending.push(...at.operands)
    else return false
  }
  return true
}

const moves: ReadonlySet<string> = new Set(["concat", "normalize", "pick", "reshape"])

// 1 - p
const isComplement = (node: FloatNode): boolean => {
  if (node.kind !== "affine" || node.attributes.divisor !== undefined) return false
  const { scale, shift } = node.attributes
  return scale.values.every((c) => c === -1) && shift.values.every((c) => c === 1)
}
