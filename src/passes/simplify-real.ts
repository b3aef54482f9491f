import {
  type Builder,
  broadcastIndices,
  concatSources,
  literal,
  type Node,
  remake,
  type Shape,
} from "../ir/index.ts"
import { folded } from "./fold-constants.ts"
import { movedIndices } from "./simplify-movement.ts"
import { elements, isConstant, sameShape } from "./values.ts"

/** Brings the parts of real functions together, so that each is closed by a rounding; undefined when no rule fits. */
export const simplifyReal = (node: Node, builder: Builder): Node | undefined => {
  const [x] = node.operands
  if (x !== undefined && isRealApply(x) && movedIndices(node) !== undefined) {
    return moveBelow(node, x, builder)
  }
  return node.op === "apply" ? splitAtConcat(node, builder) : undefined
}

const isReal = ({ type }: Node): boolean => type.kind === "real"
const isRealApply = (node: Node): boolean => node.op === "apply" && isReal(node)

// move(apply(a, b)) = apply(move(broadcast a), move(broadcast b)), all the way down to integers and constants
const moveBelow = (movement: Node, root: Node, builder: Builder): Node => {
  const { shape } = root.type
  const images = new Map<Node, Node>()
  const moveLeaf = (leaf: Node): Node => {
    // A single constant is the same wherever it is moved.
    if (isConstant(leaf) && elements(leaf) === 1)
      return leaf.type.shape.length === 0
        ? leaf
        : folded(builder, builder.make("reshape", [leaf], { shape: [] }))
    const wide = sameShape(leaf.type.shape, shape)
      ? leaf
      : folded(builder, builder.make("broadcast", [leaf], { shape }))
    return folded(builder, remake(builder, movement, [wide]))
  }
  const stack = [root]
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const missing = isRealApply(node) ? node.operands.filter((operand) => !images.has(operand)) : []
    if (missing.length > 0 && !images.has(node)) {
      stack.push(...missing)
      continue
    }
    stack.pop()
    if (images.has(node)) continue
    images.set(
      node,
      isRealApply(node)
        ? remake(
            builder,
            node,
            node.operands.map((operand) => images.get(operand)!),
          )
        : moveLeaf(node),
    )
  }
  const result = images.get(root)!
  return sameShape(result.type.shape, movement.type.shape)
    ? result
    : builder.make("broadcast", [result], { shape: movement.type.shape })
}

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
    return [remake(builder, node, operands)]
  })
  if (parts.length === 0) return undefined
  const joined = parts.length === 1 ? parts[0]! : builder.make("concat", parts, { axis: 0n })
  return take(builder, joined, order, shape)
}

const take = (builder: Builder, node: Node, indices: ArrayLike<number>, shape: Shape): Node =>
  folded(builder, builder.make("gather", [node], { indices: literal(indices), shape }))
