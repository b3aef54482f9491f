import {
  type Builder,
  broadcastIndices,
  concatSources,
  literal,
  type Node,
  type Shape,
} from "../../ir/index.ts"
import { folded } from "../fold-constants.ts"
import { elements, isConstant } from "../shared/node-values.ts"
import { moveBelow } from "./move-below.ts"
import { movedIndices } from "./movement-rules.ts"

/**
 * Brings the parts of real functions together, so that each is closed by a rounding. Nodes are to be shown operands before
 * users.
 */
export class RealFunctions {
  /** Real values that are computed from moved real functions. */
  readonly #moved = new Set<Node>()

  /** One step for a node; undefined when no rule fits. */
  simplify(node: Node, builder: Builder): Node | undefined {
    if (!node.type.secret) return undefined
    const isMoved = node.operands.some(
      (operand) =>
        this.#moved.has(operand) ||
        (isReal(node) && operand.op === "apply" && movedIndices(node) !== undefined),
    )
    if (isReal(node) && isMoved) this.#moved.add(node)
    if (node.op !== "apply") return undefined
    return splitAtConcat(node, builder) ?? (isMoved && !isReal(node) ? moveBelow(node, builder) : undefined)
  }
}

const isReal = ({ type }: Node): boolean => type.kind === "real"

/** A real value that is a rearrangement of elements of several parts. */
interface Pieces {
  readonly parts: readonly Node[]
  /** For each element, its part and its flat place there. */
  readonly sources: readonly { readonly part: number; readonly index: number }[]
}

/** The parts of a real concatenation, seen through any movement above it. */
const piecesOf = (node: Node): Pieces | undefined => {
  let at = node
  let indices: ArrayLike<number | bigint> | undefined
  while (isReal(at) && at.op !== "concat") {
    const own = movedIndices(at)
    if (own === undefined) return undefined
    const outer = indices
    indices = outer === undefined ? own : Int32Array.from(outer as Int32Array, (i) => Number(own[i]!))
    at = at.operands[0]!
  }
  if (!isReal(at) || at.op !== "concat") return undefined
  const sources = concatSources(
    at.operands.map(({ type }) => type.shape),
    Number(at.attrs.axis),
  )
  return {
    parts: at.operands,
    sources: indices === undefined ? sources : Array.from(indices as Int32Array, (i) => sources[i]!),
  }
}

// apply(concat(p, q), c) = concat(apply(p, c of p), apply(q, c of q))
const splitAtConcat = (node: Node, builder: Builder): Node | undefined => {
  const which = node.operands.findIndex((operand) => piecesOf(operand) !== undefined)
  if (which < 0) return undefined
  const { shape } = node.type
  const pieces = piecesOf(node.operands[which]!)!
  const spread = broadcastIndices(node.operands[which]!.type.shape, shape)
  const places = pieces.parts.map((): number[] => [])
  const order = new Int32Array(spread.length)
  spread.forEach((at, i) => {
    places[pieces.sources[at]!.part]!.push(i)
  })
  let offset = 0
  const parts = pieces.parts.flatMap((part, p) => {
    const own = places[p]!
    if (own.length === 0) return []
    own.forEach((i, k) => {
      order[i] = offset + k
    })
    offset += own.length
    const operands = node.operands.map((operand, k) => {
      if (k === which)
        return take(
          builder,
          part,
          own.map((i) => pieces.sources[spread[i]!]!.index),
          [own.length],
        )
      if (elements(operand) === 1 && isConstant(operand)) return take(builder, operand, [0], [])
      const at = broadcastIndices(operand.type.shape, shape)
      return take(
        builder,
        operand,
        own.map((i) => at[i]!),
        [own.length],
      )
    })
    return [builder.remake(node, operands)]
  })
  if (parts.length === 0) return undefined
  const joined = parts.length === 1 ? parts[0]! : builder.make("concat", parts, { axis: 0n })
  return take(builder, joined, order, shape)
}

const take = (builder: Builder, node: Node, indices: ArrayLike<number>, shape: Shape): Node =>
  folded(builder, builder.make("gather", [node], { indices: literal(indices), shape }))
