import { type Builder, literal, type Node, type Shape } from "../../ir/index.ts"
import { folded } from "../fold-constants.ts"
import { constantOf, elements, isConstant, sameShape, zeros } from "../shared/node-values.ts"
import { movedIndices, simplifyMovement } from "./movement-rules.ts"

/**
 * How elements are rearranged on the way up: one movement operator, applied to a blank of the shape it starts from, so that
 * equal rearrangements are the same node. Undefined moves nothing.
 */
type View = Node | undefined

interface Visit {
  readonly node: Node
  readonly view: View
}

/**
 * The same integers with all movement of real values moved below the real functions, down to integers and constants:
 * move(apply(a, b)) = apply(move(broadcast a), move(broadcast b)).
 */
export const moveBelow = (closing: Node, builder: Builder): Node => {
  const images = new Map<Node, Map<View, Node>>()
  const imageOf = ({ node, view }: Visit): Node | undefined => images.get(node)?.get(view)
  const stack: Visit[] = [{ node: closing, view: undefined }]
  for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
    const below = visitsBelow(visit, closing, builder)
    const missing = imageOf(visit) === undefined ? below.filter((one) => imageOf(one) === undefined) : []
    if (missing.length > 0) {
      stack.push(...missing)
      continue
    }
    stack.pop()
    const { node, view } = visit
    const parts = below.map((one) => imageOf(one)!)
    const image =
      node.op === "apply" && parts.length > 0
        ? widened(builder.remake(node, parts), node, view, builder)
        : (parts[0] ?? moved(node, view, builder))
    images.set(node, (images.get(node) ?? new Map<View, Node>()).set(view, image))
  }
  return imageOf({ node: closing, view: undefined })!
}

/** What a node is computed from, and how that is rearranged; nothing for what is moved itself. */
const visitsBelow = ({ node, view }: Visit, closing: Node, builder: Builder): Visit[] => {
  if (node.op === "apply" && (node === closing || node.type.kind === "real")) {
    return node.operands.map((operand) => ({ node: operand, view: spread(operand, node, view, builder) }))
  }
  const [x] = node.operands
  if (node.type.kind === "int" || x === undefined || movedIndices(node) === undefined) return []
  return [{ node: x, view: composed(view, builder.remake(node, [blank(builder, x.type.shape)]), builder) }]
}

/** The view of an operand that broadcasts to its user, which is seen through `view`. */
const spread = (operand: Node, user: Node, view: View, builder: Builder): View => {
  const { shape } = user.type
  if (view === undefined || sameShape(operand.type.shape, shape) || isSingle(operand)) return view
  return composed(view, builder.make("broadcast", [blank(builder, operand.type.shape)], { shape }), builder)
}

/** `outer` after `inner`, as one movement. */
const composed = (outer: View, inner: Node, builder: Builder): View => {
  if (outer === undefined) return inner
  const from = inner.operands[0]!
  let both: Node = builder.remake(outer, [inner])
  for (;;) {
    const next = simplifyMovement(both, builder)
    if (next === undefined) break
    both = next
  }
  if (both === from) return undefined
  if (both.operands[0] === from) return both
  const own = movedIndices(inner)!
  const indices = Int32Array.from(movedIndices(outer) as Int32Array, (i) => Number(own[i]!))
  return builder.make("gather", [from], { indices: literal(indices), shape: outer.type.shape })
}

const blank = (builder: Builder, shape: Shape): Node => constantOf(builder, zeros(shape), shape)

/** A single constant is the same wherever it is moved. */
const isSingle = (node: Node): boolean => isConstant(node) && elements(node) === 1

const moved = (leaf: Node, view: View, builder: Builder): Node => {
  if (view === undefined) return leaf
  if (isSingle(leaf)) return folded(builder, builder.make("reshape", [leaf], { shape: [] }))
  return folded(builder, builder.remake(view, [leaf]))
}

/** A function of single constants only has lost its shape. */
const widened = (image: Node, node: Node, view: View, builder: Builder): Node => {
  const { shape } = (view ?? node).type
  return sameShape(image.type.shape, shape) ? image : builder.make("broadcast", [image], { shape })
}
