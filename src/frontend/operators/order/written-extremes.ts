import { fitsNumber } from "../../../data/index.ts"
import { type Node, RELATED } from "../../../ir/index.ts"
import type { Extreme } from "./chains.ts"

/** Two values of which a node is the larger or the smaller, and the comparisons by which it was written so. */
export interface WrittenExtreme {
  readonly by: Extreme
  readonly values: readonly [Node, Node]
  readonly comparisons: readonly Node[]
}

/**
 * The extreme that a sum, a difference or half a sum computes, in the forms that are in use for a function without `max`:
 * (a + b + |a - b|) / 2, a + relu(b - a), b + [a > b] (a - b), [a > b] a + [a <= b] b, and their kin of the smaller value.
 */
export const writtenExtreme = (node: Node): WrittenExtreme | undefined => {
  if (node.type.kind !== "int") return undefined
  const found =
    node.op === "apply"
      ? halfOfSum(node)
      : node.op === "add"
        ? (stepped(node.operands as Pair, 1) ?? stepped(reversed(node.operands as Pair), 1) ?? weighted(node))
        : node.op === "sub"
          ? stepped(node.operands as Pair, -1)
          : undefined
  return found?.values.every(({ op }) => op !== "constant") && canDiffer(...found.values) ? found : undefined
}

/** Which extreme of x and y a choice of x where a comparison holds, and of y where not, is; undefined for other conditions. */
export const chosenExtreme = (condition: Node, x: Node, y: Node): Extreme | undefined => {
  if (!canDiffer(x, y)) return undefined
  const { text, operand } = functionOf(condition) ?? {}
  const isGreater = /^x >=? 0$/.test(text ?? "")
  if (operand === undefined || (!isGreater && !/^x <=? 0$/.test(text!))) return undefined
  if (isDifference(operand, x, y)) return isGreater ? "maximum" : "minimum"
  if (isDifference(operand, y, x)) return isGreater ? "minimum" : "maximum"
  return undefined
}

/** Whether y is -x. */
export const isNegative = (y: Node, x: Node): boolean => {
  const [p, q] = [bare(x), bare(y)]
  if (p.op === "sub" && q.op === "sub")
    return p.operands[0] === q.operands[1] && p.operands[1] === q.operands[0]
  return (q.op === "neg" && bare(q.operands[0]!) === p) || (p.op === "neg" && bare(p.operands[0]!) === q)
}

type Pair = readonly [Node, Node]

const reversed = ([a, b]: Pair): Pair => [b, a]

/** A value without what is said of its range. */
const bare = (node: Node): Node =>
  node.op === "assume" && node.attrs.by === RELATED ? node.operands[0]! : node

/** Whether extremes of two values are computed: tables of their difference are made in doubles. */
const canDiffer = ({ type: p }: Node, { type: q }: Node): boolean =>
  p.kind === "int" && q.kind === "int" && fitsNumber(p.lo - q.hi, p.hi - q.lo)

const functionOf = (node: Node): { readonly text: string; readonly operand: Node } | undefined =>
  node.op === "apply" && node.operands.length === 1
    ? { text: node.attrs.expr.text, operand: node.operands[0]! }
    : undefined

/** Whether a value has the sign of x - y: it is x - y, or it is x and y is -x. */
const isDifference = (value: Node, x: Node, y: Node): boolean => {
  const { op, operands } = bare(value)
  if (op === "sub" && operands[0] === x && operands[1] === y) return true
  return bare(value) === bare(x) && isNegative(y, x)
}

// floor((a + b + |a - b|) / 2) = max(a, b) and floor((a + b - |a - b|) / 2) = min(a, b): the sum is even
const halfOfSum = (node: Node): WrittenExtreme | undefined => {
  const doubled = doubledIn(node)
  if (doubled?.type.kind !== "int") return undefined
  for (const distance of termsOf(doubled, [])?.keys() ?? []) {
    const { text, operand } = functionOf(distance) ?? {}
    if (text !== "abs(x)" || bare(operand!).op !== "sub") continue
    const values = bare(operand!).operands as Pair
    const terms = termsOf(doubled, values)
    const factor = terms?.get(distance)
    const isSum = terms?.size === 3 && values.every((value) => terms.get(value) === 1)
    if (isSum && Math.abs(factor ?? 0) === 1)
      return { by: factor === 1 ? "maximum" : "minimum", values, comparisons: [] }
  }
  return undefined
}

/** What a node is half of, rounded in any way. */
const doubledIn = (node: Node): Node | undefined => {
  const { text, operand } = functionOf(node) ?? {}
  if (text === "floor(x / 2)" || text === "floor(x / 2 ^ 1)") return operand
  if (!/^(floor|ceil|fix|rint)\(x\)$/.test(text ?? "")) return undefined
  const inner = functionOf(operand!)
  return inner && /^(x \/ 2|x \* 0\.5|0\.5 \* x)$/.test(inner.text) ? inner.operand : undefined
}

/** Sums of more parts are no extremes of two values. */
const MOST_PARTS = 16

/** A node as a sum of whole multiples of nodes that are no sums themselves, or are among `wholes`. */
const termsOf = (node: Node, wholes: readonly Node[]): Map<Node, number> | undefined => {
  const terms = new Map<Node, number>()
  const rest: [Node, number][] = [[node, 1]]
  for (let parts = 0; rest.length > 0; parts++) {
    if (parts > MOST_PARTS) return undefined
    const [part, factor] = rest.pop()!
    const { op, operands } = bare(part)
    const isWhole = wholes.includes(part)
    if (!isWhole && (op === "add" || op === "sub"))
      rest.push([operands[0]!, factor], [operands[1]!, op === "add" ? factor : -factor])
    else if (!isWhole && op === "neg") rest.push([operands[0]!, -factor])
    else terms.set(part, (terms.get(part) ?? 0) + factor)
  }
  return terms
}

// a + max(b - a, 0) = max(a, b); a + [b > a] (b - a) = max(a, b); the same with a step that is taken away
const stepped = ([a, step]: Pair, sign: 1 | -1): WrittenExtreme | undefined => {
  const clipped = functionOf(step)
  const match = /^(max|min)\((?:x, 0|0, x)\)$/.exec(clipped?.text ?? "")
  if (match !== null) {
    const b = otherOf(clipped!.operand, a, sign)
    return (
      b && {
        by: (match[1] === "max") === (sign === 1) ? "maximum" : "minimum",
        values: [a, b],
        comparisons: [],
      }
    )
  }
  if (bare(step).op !== "mul") return undefined
  const factors = bare(step).operands as Pair
  for (const [condition, difference] of [factors, reversed(factors)]) {
    const b = otherOf(difference, a, sign)
    const by = b && chosenExtreme(condition, b, a)
    if (by !== undefined) return { by, values: [a, b!], comparisons: [condition] }
  }
  return undefined
}

/** What a difference takes `a` to: b of b - a, or of a - b where it is taken away. */
const otherOf = (difference: Node, a: Node, sign: 1 | -1): Node | undefined => {
  const { op, operands } = bare(difference)
  if (op !== "sub") return undefined
  const [p, q] = sign === 1 ? (operands as Pair) : reversed(operands as Pair)
  return q === a ? p : undefined
}

// [a > b] a + [a <= b] b = max(a, b)
const weighted = ({ operands }: Node): WrittenExtreme | undefined => {
  const [left, right] = operands.map(bare) as [Node, Node]
  if (left.op !== "mul" || right.op !== "mul") return undefined
  const pairs = (node: Node): Pair[] => [node.operands as Pair, reversed(node.operands as Pair)]
  for (const [condition, a] of pairs(left)) {
    for (const [opposite, b] of pairs(right)) {
      const by = chosenExtreme(condition, a, b)
      if (by !== undefined && isOpposite(condition, opposite, a, b))
        return { by, values: [a, b], comparisons: [condition, opposite] }
      const other = chosenExtreme(opposite, b, a)
      if (other !== undefined && isOpposite(opposite, condition, b, a))
        return { by: other, values: [a, b], comparisons: [condition, opposite] }
    }
  }
  return undefined
}

/** Whether a condition is 1 where a comparison of x and y does not hold and 0 where it does. */
const isOpposite = (comparison: Node, condition: Node, x: Node, y: Node): boolean => {
  const [one, taken] = condition.op === "sub" ? condition.operands : []
  if (taken === comparison && one?.op === "constant")
    return Array.from(one.attrs.value.values as ArrayLike<number | bigint>).every(
      (value) => Number(value) === 1,
    )
  const made = functionOf(condition)
  if (made?.text === "x == 0" && made.operand === comparison) return true
  // Where they are equal, both sides are the same value, and one of them counts.
  const isStrict = (node: Node): boolean => !functionOf(node)!.text.includes("=")
  return (
    chosenExtreme(condition, y, x) === chosenExtreme(comparison, x, y) &&
    isStrict(condition) !== isStrict(comparison)
  )
}
