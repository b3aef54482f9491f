import { sizeOf } from "../../data/index.ts"
import {
  type IntType,
  type Matrix,
  type Node,
  nodesOf,
  type Program,
  type Type,
  width,
} from "../../ir/index.ts"
import { powerOfTwoFrom } from "../arithmetic/slots.ts"
import type { Layout } from "../circuit/layout.ts"
import { spreadRing } from "../lower/input-matrices.ts"
import { budgetAt } from "../noise/noise.ts"
import type { TablePolynomials } from "../tables/table-polynomials.ts"
import { type Chain, type Chains, MAX_PRIME_BITS } from "./modulus-chains.ts"

/**
 * The most noise budget that any circuit of the program can have left: what products and, in rings of several elements,
 * products with plain vectors take at least.
 */
export const mostBudget = (
  program: Program,
  layout: Layout,
  polynomials: TablePolynomials,
  chains: Chains,
): number => {
  const longest = chains.at(chains.most)
  if (longest === undefined) return -Infinity
  const growth = growthIn(layout, polynomials, longest)
  const before = new Map<Node, number>()
  for (const node of nodesOf(program)) {
    const most = node.operands.reduce((most, operand) => Math.max(most, before.get(operand)!), 0)
    before.set(node, most + growth(node))
  }
  const most = [...program.outputs.values()].reduce((bits, node) => Math.max(bits, before.get(node)!), 0)
  return budgetAt(longest.model.fresh.noise + most)
}

/**
 * The data primes that each encrypted value has left at least: enough for the noise that is still to come and the margin,
 * in chains of the largest primes. Zero where the value leads to no output.
 */
export const leastLevels = (
  program: Program,
  layout: Layout,
  polynomials: TablePolynomials,
  chains: Chains,
  margin: number,
): ReadonlyMap<Node, number> => {
  const longest = chains.at(chains.most)
  const levels = new Map<Node, number>()
  if (longest === undefined) return levels
  const growth = growthIn(layout, polynomials, longest)
  const after = new Map<Node, number>()
  for (const node of program.outputs.values()) after.set(node, 0)
  for (const node of nodesOf(program).toReversed()) {
    const bits = after.get(node)
    if (bits === undefined) continue
    const needed = bits + margin + Math.log2(Number(longest.parameters.t))
    levels.set(node, Math.max(1, Math.ceil(needed / MAX_PRIME_BITS)))
    const from = bits + growth(node)
    for (const operand of node.operands) after.set(operand, Math.max(after.get(operand) ?? 0, from))
  }
  return levels
}

/** The bits of budget that a node takes at least. */
const growthIn = (
  layout: Layout,
  polynomials: TablePolynomials,
  { model, parameters }: Chain,
): ((node: Node) => number) => {
  const product = model.leastProduct
  const vectorProduct = layout.ring === 1 ? 0 : model.leastVectorProduct
  return (node) => {
    if (!node.type.secret) return 0
    if (node.op === "table")
      return product * Math.ceil(Math.log2(Math.max(1, polynomials.degree(node, parameters.t))))
    if (node.op === "mul") return node.operands.every(({ type }) => type.secret) ? product : vectorProduct
    return node.op === "linear" && !hasOneNumber(node.attrs.matrix) ? vectorProduct : 0
  }
}

/** Whether all entries of a matrix are the same number, so that its diagonals may be numbers and no vectors. */
const hasOneNumber = ({ value }: Matrix): boolean => value.every((each: number | bigint) => each === value[0])

/** How many integers t must tell apart: the widest operand of a table and the widest encrypted output. */
export const plainModulusFrom = (program: Program): bigint => {
  let widest = 2n
  const separate = (type: Type): void => {
    if (type.kind === "int" && type.secret && type.hi - type.lo + 1n > widest) widest = type.hi - type.lo + 1n
  }
  for (const node of nodesOf(program)) if (node.op === "table") separate(node.operands[0]!.type)
  for (const node of program.outputs.values()) separate(node.type)
  return widest
}

/**
 * Ring sizes from the longest vector of any of the programs down to 1, a longer ring being no better unless an input or the
 * powers of a table can be spread in it; up to n when every vector has room in half of it.
 */
export const ringSizes = (programs: readonly Program[], n: number): number[] => {
  const longest = Math.max(...programs.map(longestVector))
  const most = longest <= n / 2 ? n : n / 2
  const wanted = programs.reduce(
    (size, program) => Math.max(size, spreadRing(program), powersRing(program)),
    powerOfTwoFrom(longest),
  )
  const sizes: number[] = []
  const least = Math.max(...programs.map(longestAnswer)) / MOST_ANSWER_PIECES
  for (let ring = Math.min(most, wanted); ring >= Math.max(1, least); ring /= 2) sizes.push(ring)
  // The ends first: one of them is the best mostly, and what is worse is then given up early.
  return sizes.length > 2 ? [sizes[0]!, sizes.at(-1)!, ...sizes.slice(1, -1)] : sizes
}

/** Ciphertexts of an answer in symbols beyond which no layout is worth trying. */
const MOST_ANSWER_PIECES = 1024

/** The most numbers that a masked value is answered in. */
const longestAnswer = (program: Program): number =>
  nodesOf(program).reduce(
    (most, { op, type }) => (op === "symbols" ? Math.max(most, sizeOf(type.shape)) : most),
    0,
  )

/** The most elements of any encrypted value. */
const longestVector = (program: Program): number =>
  nodesOf(program).reduce((most, { type }) => Math.max(most, type.secret ? sizeOf(type.shape) : 1), 1)

/** The longest ring that has room for the powers of every table. */
const powersRing = (program: Program): number =>
  nodesOf(program).reduce((most, node) => {
    if (node.op !== "table" || !node.type.secret) return most
    const points = Number(width(node.operands[0]!.type as IntType))
    return Math.max(most, powerOfTwoFrom(sizeOf(node.type.shape)) * powerOfTwoFrom(points))
  }, 1)
