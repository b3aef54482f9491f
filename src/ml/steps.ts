import { type Link, type PerColumn, type RowStep, sizeOf } from "../data/index.ts"
import { broadcastIndices } from "../ir/index.ts"
import type { FloatGraph, FloatNode, NodeOf } from "./graph/graph.ts"
import type { Tensor } from "./graph/tensor.ts"
import type { UnaryName } from "./graph/unary.ts"

/** Steps that lead from the values of some nodes, joined to one vector, to those of a node. */
export type Steps = readonly RowStep[]

type Matrices = "all" | "picks" | "none"

/** Longer chains are no preprocessing. */
const MOST_STEPS = 32
/** How deep lists of steps hold others. */
const MOST_DEPTH = 3

/**
 * For each node that clients can compute from the values of `bases`, the steps to it; flat, in row-major order. Matrices
 * count all, or those that pick and scale, or none.
 */
export const stepsFrom = (
  graph: FloatGraph,
  bases: readonly FloatNode[],
  { matrices }: { readonly matrices: Matrices },
): ReadonlyMap<FloatNode, Steps> => {
  const known = new Map<FloatNode, Steps>()
  let start = 0
  for (const base of bases) {
    const size = sizeOf(base.shape)
    const columns = Array.from({ length: size }, (_, i) => start + i)
    known.set(base, bases.length === 1 ? [] : [{ kind: "pick", columns }])
    start += size
  }
  for (const node of graph.nodes) {
    if (known.has(node)) continue
    const steps = stepsTo(node, known, matrices)
    if (steps !== undefined && steps.length <= MOST_STEPS && depthOf(steps) <= MOST_DEPTH)
      known.set(node, steps)
  }
  return known
}

const depthOf = (steps: Steps): number =>
  steps.reduce(
    (most, step) => (step.kind === "concat" ? Math.max(most, 1 + depthOf(step.parts.flat())) : most),
    0,
  )

type Known = ReadonlyMap<FloatNode, Steps>

const stepsTo = (node: FloatNode, known: Known, matrices: Matrices): Steps | undefined => {
  if (node.kind === "concat") return joined(node, known)
  if (node.kind === "select") return imputed(node, known)
  if (node.kind === "combine") return dividedBySum(node, known)
  const [operand] = node.operands
  const before = operand && known.get(operand)
  if (before === undefined || node.operands.length !== 1) return undefined
  const step = stepOf(node, matrices)
  return step === undefined ? undefined : step === "same" ? before : [...before, step]
}

const stepOf = (node: FloatNode, matrices: Matrices): RowStep | "same" | undefined => {
  switch (node.kind) {
    case "reshape":
      return "same"
    case "pick": {
      const { indices } = node.attributes
      return indices.includes(-1) ? undefined : { kind: "pick", columns: Array.from(indices) }
    }
    case "affine": {
      const { scale, shift, divisor } = node.attributes
      return {
        kind: "affine",
        scale: spread(scale, node),
        offset: spread(shift, node),
        ...(divisor && { divisor: spread(divisor, node) }),
      }
    }
    case "dense":
      return node.shape.length === 1 && isAllowed(node.attributes.weights, matrices)
        ? matrixOf(node)
        : undefined
    case "activation": {
      const link = linkOf.get(node.attributes.function)
      return link && { kind: "link", link }
    }
    case "softmax":
      return node.shape.length === 1
        ? { kind: "link", link: node.attributes.log ? "log-softmax" : "softmax" }
        : undefined
    case "normalize":
      return node.shape.length === 1 ? { kind: "normalize", by: node.attributes.by } : undefined
    case "oneHot":
      return {
        kind: "oneHot",
        categories: node.attributes.categories.map((list) => Array.from(list)),
      }
    default:
      return undefined
  }
}

const linkOf: ReadonlyMap<UnaryName, Link> = new Map([
  ["sigmoid", "sigmoid"],
  ["exp", "exp"],
  ["log", "log"],
  ["tanh", "tanh"],
  ["relu", "relu"],
  ["normalCdf", "erf-probability"],
  ["float32", "float32"],
  ["truncate", "truncate"],
] as const)

/** A constant for each element of a value, or one for all. */
const spread = ({ shape, values }: Tensor, { shape: to }: FloatNode): PerColumn =>
  values.length === 1 ? Array.from(values) : Array.from(broadcastIndices(shape, to), (i) => values[i]!)

const rowsOf = ({ shape, values }: Tensor): number[][] =>
  Array.from({ length: shape[0]! }, (_, i) => Array.from(values.subarray(i * shape[1]!, (i + 1) * shape[1]!)))

const isAllowed = (weights: Tensor, matrices: Matrices): boolean =>
  matrices === "all" ||
  (matrices === "picks" && rowsOf(weights).every((row) => row.filter((weight) => weight !== 0).length <= 1))

const matrixOf = ({ attributes: { weights, bias } }: NodeOf<"dense">): RowStep => ({
  kind: "matrix",
  rows: rowsOf(weights),
  offset: bias === undefined ? [0] : Array.from(bias.values),
})

/** Several lists of steps on the same vector as one. */
export const joinSteps = (parts: readonly Steps[]): Steps =>
  parts.length === 1 ? parts[0]! : [{ kind: "concat", parts }]

const joined = ({ operands, shape, attributes }: NodeOf<"concat">, known: Known): Steps | undefined => {
  if (shape.slice(0, attributes.axis).some((n) => n !== 1)) return undefined
  const parts = operands.map((operand) => known.get(operand))
  return parts.every((part) => part !== undefined) ? joinSteps(parts) : undefined
}

// isNaN(x) ? constant : x
const imputed = (node: NodeOf<"select">, known: Known): Steps | undefined => {
  const [condition, value, x] = node.operands as [FloatNode, FloatNode, FloatNode]
  const before = known.get(x)
  const asksNaN =
    condition.kind === "activation" &&
    condition.attributes.function === "isNaN" &&
    condition.operands[0] === x
  if (before === undefined || !asksNaN || value.kind !== "constant") return undefined
  return sizeOf(node.shape) === sizeOf(x.shape)
    ? [...before, { kind: "impute", values: spread(value.attributes.tensor, node) }]
    : undefined
}

// x / sum(x), of probabilities
const dividedBySum = (node: NodeOf<"combine">, known: Known): Steps | undefined => {
  const [x, sum] = node.operands as [FloatNode, FloatNode]
  const before = known.get(x)
  const last = before?.at(-1)
  const isSum =
    sum.kind === "reduce" && sum.attributes.by === "sum" && sum.operands[0] === x && sizeOf(sum.shape) === 1
  const isPositive = last !== undefined && arePositive([last])
  return before && node.attributes.function === "div" && isSum && isPositive
    ? [...before, { kind: "normalize", by: "l1" }]
    : undefined
}

/** Whether steps end in numbers that are not negative. */
const arePositive = (steps: Steps): boolean => {
  const last = steps.findLast((step) => step.kind !== "pick")
  if (last?.kind === "concat") return last.parts.every(arePositive)
  return last?.kind === "link" && ["sigmoid", "softmax", "exp", "relu", "erf-probability"].includes(last.link)
}
