import { sizeOf } from "../../data/index.ts"
import { evaluateNode } from "../graph/execute.ts"
import type { FloatGraph, FloatNode } from "../graph/graph.ts"
import { joinSteps, type Steps, stepsFrom } from "../steps.ts"

/** A model as a matrix and a constant, between what clients do to rows and what they do to scores. */
export interface AffinePart {
  readonly before: Steps
  /** A row for each output. */
  readonly weights: readonly Float64Array[]
  readonly bias: Float64Array
  readonly after: Steps
}

/** Undefined for a model that is more than one affine map. */
export const affinePart = (graph: FloatGraph): AffinePart | undefined => {
  const rows = stepsFrom(graph, graph.inputs, { matrices: "none" })
  const target = graph.outputs[0]!.node
  const affine = new Set<FloatNode>()
  const bases = new Set<FloatNode>()
  for (const node of graph.nodes) {
    const operands = node.operands.filter(({ kind }) => kind !== "constant")
    const fits = operands.every((operand) => affine.has(operand) || rows.has(operand))
    if (operands.length === 0 || !isAffine(node) || !fits) continue
    affine.add(node)
    for (const operand of operands) if (!affine.has(operand)) bases.add(operand)
  }
  const ends = outermost(target, affine)
  const after = ends && stepsFrom(graph, ends, { matrices: "picks" }).get(target)
  if (ends === undefined || after === undefined) return undefined
  const needed = ancestors(ends, affine)
  const starts = [...bases].filter((base) => needed.has(base))
  const before = joinSteps(starts.map((base) => rows.get(base)!))
  const inside = graph.nodes.filter((node) => needed.has(node) && !bases.has(node))
  return { before, after, ...mapOf(starts, inside, ends) }
}

const isAffine = (node: FloatNode): boolean => {
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
    case "activation":
      return node.attributes.function === "negate"
    case "combine":
      return node.attributes.function === "add" || node.attributes.function === "sub"
    default:
      return false
  }
}

/** The affine nodes that others read, or the target itself; undefined when something else than them leads to it. */
const outermost = (target: FloatNode, affine: ReadonlySet<FloatNode>): FloatNode[] | undefined => {
  const found = new Set<FloatNode>()
  const seen = new Set<FloatNode>()
  const pending = [target]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    if (affine.has(node)) found.add(node)
    else if (node.kind === "input") return undefined
    else pending.push(...node.operands)
  }
  return [...found]
}

/** The nodes themselves, the affine ones that lead to them, and what these start from. */
const ancestors = (ends: readonly FloatNode[], affine: ReadonlySet<FloatNode>): Set<FloatNode> => {
  const found = new Set<FloatNode>()
  const pending = [...ends]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (found.has(node)) continue
    found.add(node)
    if (affine.has(node)) pending.push(...node.operands)
  }
  return found
}

/** The matrix and constant, read off what the nodes make of zeros and of unit vectors. */
const mapOf = (
  starts: readonly FloatNode[],
  inside: readonly FloatNode[],
  ends: readonly FloatNode[],
): Pick<AffinePart, "weights" | "bias"> => {
  const sizes = starts.map(({ shape }) => sizeOf(shape))
  const width = sizes.reduce((a, b) => a + b, 0)
  const probe = (unit: number): Float64Array => {
    const values = new Map<FloatNode, Float64Array>()
    let start = 0
    for (const [i, base] of starts.entries()) {
      const own = new Float64Array(sizes[i]!)
      if (unit >= start && unit < start + sizes[i]!) own[unit - start] = 1
      values.set(base, own)
      start += sizes[i]!
    }
    for (const node of inside) values.set(node, evaluateNode(node, values))
    return Float64Array.from(ends.flatMap((node) => Array.from(values.get(node)!)))
  }
  const bias = probe(-1)
  const columns = Array.from({ length: width }, (_, unit) => probe(unit))
  const weights = Array.from(bias, (constant, output) =>
    Float64Array.from(columns, (column) => column[output]! - constant),
  )
  return { weights, bias }
}
