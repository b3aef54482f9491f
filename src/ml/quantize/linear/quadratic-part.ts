import { sizeOf } from "../../../data/index.ts"
import { type FloatGraph, type FloatNode, GraphBuilder } from "../../graph/graph.ts"
import type { Sides } from "../../sides/split-graph.ts"
import { stepsBetween } from "../../sides/steps-between.ts"
import type { AffinePart } from "./affine-part.ts"
import { degreeOf, Polynomials } from "./polynomial.ts"

/** More squares and products than this are computed at the server. */
const MOST_PRODUCTS = 1024

/**
 * A model of squares and products of columns, as Gaussian naive Bayes and quadratic discriminants are: clients send the squares and
 * products, of which it is an affine map. Undefined for models of higher degree or of too many products.
 */
export const quadraticPart = (graph: FloatGraph, sides: Sides): AffinePart | undefined => {
  if (!isQuadratic(sides)) return undefined
  const { entries, inside, ends, after } = sides
  const n = entries.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  const polynomials = new Polynomials(n, MOST_PRODUCTS)
  let first = 1
  for (const entry of entries) {
    polynomials.setVariables(entry, first)
    first += sizeOf(entry.shape)
  }
  for (const node of inside) if (!polynomials.add(node)) return undefined
  const outputs = ends.flatMap((end) => polynomials.get(end))
  const keys = [...new Set(outputs.flatMap((output) => [...output.keys()]))].filter((key) => key !== 0)
  const isProduct = (key: number): boolean => key % (n + 1) !== 0
  const monomials = [...keys.filter((key) => !isProduct(key)), ...keys.filter(isProduct)].sort((a, b) =>
    isProduct(a) === isProduct(b) ? a - b : Number(isProduct(a)) - Number(isProduct(b)),
  )
  const before = stepsToMonomials(graph, entries, monomials, n)
  if (before === undefined) return undefined
  return {
    before,
    after,
    weights: outputs.map((output) => Float64Array.from(monomials, (key) => output.get(key) ?? 0)),
    bias: Float64Array.from(outputs, (output) => output.get(0) ?? 0),
  }
}

const isQuadratic = ({ entries, inside }: Sides): boolean => {
  const degrees = new Map<FloatNode, number>(entries.map((entry) => [entry, 1]))
  for (const node of inside) {
    const degree = degreeOf(node, (operand) => degrees.get(operand)!)
    if (degree === undefined || degree > 2) return false
    degrees.set(node, degree)
  }
  return true
}

/** Steps from a row to monomials of the elements of `entries`, in the order of their numbers. */
const stepsToMonomials = (
  graph: FloatGraph,
  entries: readonly FloatNode[],
  monomials: readonly number[],
  n: number,
): AffinePart["before"] | undefined => {
  const builder = new GraphBuilder()
  const flat = entries.map((entry) => builder.add("reshape", [entry], { shape: [sizeOf(entry.shape)] }))
  const joined = flat.length === 1 ? flat[0]! : builder.add("concat", flat, { axis: 0 })
  const pick = (places: readonly number[]) =>
    builder.add("pick", [joined], { shape: [places.length], indices: Int32Array.from(places), fill: 0 })
  const single = monomials.filter((key) => key % (n + 1) === 0).map((key) => key / (n + 1) - 1)
  const pairs = monomials.filter((key) => key % (n + 1) !== 0)
  const targets: FloatNode[] = single.length > 0 ? [pick(single)] : []
  if (pairs.length > 0) {
    const lefts = pick(pairs.map((key) => Math.floor(key / (n + 1)) - 1))
    const rights = pick(pairs.map((key) => (key % (n + 1)) - 1))
    targets.push(builder.add("combine", [lefts, rights], { function: "mul" }))
  }
  const nodes = [...flat, joined, ...builderNodes(targets)]
  const all = { ...graph, nodes: [...graph.nodes, ...new Set(nodes)] }
  return stepsBetween(all, graph.inputs, targets)
}

/** Nodes and their operands, operands first. */
const builderNodes = (targets: readonly FloatNode[]): FloatNode[] =>
  targets.flatMap((target) => [...target.operands, target])
