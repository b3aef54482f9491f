import { sizeOf } from "../../data/index.ts"
import type { FloatGraph, FloatNode, NodeOf } from "../graph/graph.ts"

/**
 * The nodes that hold weights which the server keeps: those that mix elements by what was learned. Categories, edges of bins, and
 * means and scales of single columns are preprocessing; so are matrices that only pick and scale.
 */
export const serverNodes = ({ nodes }: FloatGraph): Set<FloatNode> => {
  const found = new Set<FloatNode>()
  for (const node of nodes) {
    if (keepsWeights(node)) found.add(node)
    if (node.kind !== "reduce") continue
    const weighted = weightedBy(node)
    if (weighted.length > 0) for (const one of [node, ...weighted]) found.add(one)
  }
  return found
}

const keepsWeights = (node: FloatNode): boolean => {
  switch (node.kind) {
    case "conv":
    case "trees":
    case "neighbours":
      return true
    case "dense":
      return !onlyPicks(node)
    case "matmul":
      return node.operands.some(({ kind }) => kind === "constant")
    default:
      return false
  }
}

/** Whether every output of a matrix reads one input. */
export const onlyPicks = ({ attributes: { weights } }: NodeOf<"dense">): boolean => {
  const [outputs, inputs] = weights.shape as [number, number]
  return Array.from({ length: outputs }, (_, o) =>
    weights.values.subarray(o * inputs, (o + 1) * inputs),
  ).every((row) => row.filter((weight) => weight !== 0).length <= 1)
}

/**
 * The nodes that weigh the elements of a sum, if they do: factors of their own, as in x * w summed up, and what several points
 * are apart from one, as distances to means of classes.
 */
const weightedBy = (node: NodeOf<"reduce">): FloatNode[] => {
  const { by } = node.attributes
  if (!SUMS.has(by)) return []
  const weighing: FloatNode[] = []
  let [repeats, differs, weighs] = [false, false, false]
  let isLinear = by === "sum" || by === "mean"
  for (let at = node.operands[0]; at !== undefined; at = at.operands[0]) {
    if (at.kind === "affine") {
      const { scale, shift, divisor } = at.attributes
      const factors = [scale, ...(divisor ? [divisor] : [])].some(({ values }) => varies(values))
      weighs ||= isLinear && factors
      differs ||= factors || varies(shift.values)
      weighing.push(at)
    } else if (at.kind === "activation") {
      isLinear = false
      weighing.push(at)
    } else if (at.kind === "pick") repeats ||= sizeOf(at.shape) > sizeOf(at.operands[0]!.shape)
    else if (at.kind !== "reshape" && at.kind !== "transpose") break
  }
  return weighs || (repeats && differs) ? weighing : []
}

const SUMS: ReadonlySet<string> = new Set(["sum", "mean", "sumSquare", "l1", "l2"])

const varies = (values: Float64Array): boolean => values.some((value) => value !== values[0])

/**
 * Whether a matrix joins the probabilities of several models, as stacking does: its few weights are part of what follows the
 * models. A layer of several sigmoids is none of that but the hidden layer of a network.
 */
export const joinsModels = (node: FloatNode): boolean =>
  node.kind === "dense" && node.operands.every((operand) => areShares(operand))

const MOST_SHARES = 64

const areShares = (node: FloatNode): boolean => {
  if (sizeOf(node.shape) > MOST_SHARES) return false
  switch (node.kind) {
    case "softmax":
      return true
    case "activation":
      return SHARES.has(node.attributes.function) && sizeOf(node.shape) <= 2
    case "normalize":
    case "affine":
    case "reshape":
    case "pick":
    case "concat":
      return node.operands.every(areShares)
    case "dense":
      return onlyPicks(node) && node.operands.every(areShares)
    case "combine":
      return node.operands.every((operand) => operand.kind === "constant" || areShares(operand))
    case "reduce":
      return node.operands.every(areShares)
    default:
      return false
  }
}

const SHARES: ReadonlySet<string> = new Set(["sigmoid", "normalCdf", "reciprocal"])
