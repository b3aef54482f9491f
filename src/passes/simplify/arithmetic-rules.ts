import { type Builder, type Node, summedAxes } from "../../ir/index.ts"
import { folded } from "../fold-constants.ts"
import {
  constantOf,
  isIntegerConstant,
  isWithin,
  sameShape,
  uniformValue,
  zeros,
} from "../shared/node-values.ts"
import { trimmedTable } from "../shared/trim-table.ts"

/** One step of the algebra of integers; undefined when no rule fits. */
export const simplifyArithmetic = (node: Node, builder: Builder): Node | undefined => {
  switch (node.op) {
    case "add":
      return simplifyAdd(node, builder)
    case "sub":
      return simplifySub(node, builder)
    case "neg":
      return simplifyNeg(node, builder)
    case "mul":
      return simplifyMul(node, builder)
    case "sum":
      return simplifySum(
        node.operands[0]!,
        summedAxes(node.attrs, node.operands[0]!.type.shape),
        node,
        builder,
      )
    case "assume": {
      // assume(x) = x, where it narrows nothing
      const [x] = node.operands as [Node]
      return isWithin(x.type, node.type) ? x : undefined
    }
    case "table": {
      // table(x) = table without the entries that x cannot reach
      const [x] = node.operands as [Node]
      const attrs = trimmedTable(node.attrs, x.type)
      return attrs === node.attrs ? undefined : builder.make("table", [x], attrs)
    }
    default:
      return undefined
  }
}

const combine = (builder: Builder, op: "add" | "sub" | "mul", a: Node, b: Node): Node =>
  folded(builder, builder.make(op, [a, b], {}))

/** The negation of a constant, or undefined when it does not fit. */
const negated = (builder: Builder, constant: Node): Node | undefined => {
  const result = folded(builder, builder.make("neg", [constant], {}))
  return isIntegerConstant(result) ? result : undefined
}

const simplifyAdd = (node: Node, builder: Builder): Node | undefined => {
  const [x, a] = node.operands as [Node, Node]
  const add = (p: Node, q: Node): Node => builder.make("add", [p, q], {})
  const sub = (p: Node, q: Node): Node => builder.make("sub", [p, q], {})
  if (!isIntegerConstant(a)) {
    // a + x = x + a
    if (isIntegerConstant(x)) return add(a, x)
    // x + -y = x - y
    if (a.op === "neg") return sub(x, a.operands[0]!)
    // -x + y = y - x
    if (x.op === "neg") return sub(a, x.operands[0]!)
    return undefined
  }
  // x + 0 = x
  if (uniformValue(a) === 0n && sameShape(x.type.shape, node.type.shape)) return x
  const [p, q] = x.operands as [Node, Node]
  // (p + b) + a = p + (b + a)
  if (x.op === "add" && isIntegerConstant(q)) return gathered(combine(builder, "add", q, a), (c) => add(p, c))
  // (b - q) + a = (b + a) - q
  if (x.op === "sub" && isIntegerConstant(p)) return gathered(combine(builder, "add", p, a), (c) => sub(c, q))
  // -p + a = a - p
  if (x.op === "neg") return sub(a, p)
  return undefined
}

const simplifySub = (node: Node, builder: Builder): Node | undefined => {
  const [x, y] = node.operands as [Node, Node]
  const add = (p: Node, q: Node): Node => builder.make("add", [p, q], {})
  const sub = (p: Node, q: Node): Node => builder.make("sub", [p, q], {})
  // x - x = 0
  if (x === y) return constantOf(builder, zeros(node.type.shape), node.type.shape)
  if (isIntegerConstant(y)) {
    // x - a = x + -a
    const minus = negated(builder, y)
    return minus === undefined ? undefined : add(x, minus)
  }
  // x - -y = x + y
  if (y.op === "neg") return add(x, y.operands[0]!)
  if (!isIntegerConstant(x)) return undefined
  const [p, q] = y.operands as [Node, Node]
  // a - (p + b) = (a - b) - p
  if (y.op === "add" && isIntegerConstant(q)) return gathered(combine(builder, "sub", x, q), (c) => sub(c, p))
  // a - (b - q) = q + (a - b)
  if (y.op === "sub" && isIntegerConstant(p)) return gathered(combine(builder, "sub", x, p), (c) => add(q, c))
  // 0 - y = -y
  if (uniformValue(x) === 0n && sameShape(y.type.shape, node.type.shape)) return builder.make("neg", [y], {})
  return undefined
}

const simplifyNeg = (node: Node, builder: Builder): Node | undefined => {
  const [x] = node.operands as [Node]
  const [p, q] = x.operands as [Node, Node]
  // -(-p) = p
  if (x.op === "neg") return p
  // -(p - q) = q - p
  if (x.op === "sub") return builder.make("sub", [q, p], {})
  // -(p + a) = -a - p
  if (x.op === "add" && isIntegerConstant(q)) {
    const minus = negated(builder, q)
    return minus && builder.make("sub", [minus, p], {})
  }
  // -(p * a) = p * -a
  if (x.op === "mul" && isIntegerConstant(q)) {
    const minus = negated(builder, q)
    return minus && builder.make("mul", [p, minus], {})
  }
  return undefined
}

const simplifyMul = (node: Node, builder: Builder): Node | undefined => {
  const [x, a] = node.operands as [Node, Node]
  const mul = (p: Node, q: Node): Node => builder.make("mul", [p, q], {})
  // a * x = x * a
  if (!isIntegerConstant(a)) return isIntegerConstant(x) ? mul(a, x) : undefined
  const uniform = uniformValue(a)
  // x * 0 = 0
  if (uniform === 0n) return constantOf(builder, zeros(node.type.shape), node.type.shape)
  // x * 1 = x
  if (uniform === 1n && sameShape(x.type.shape, node.type.shape)) return x
  const [p, q] = x.operands as [Node, Node]
  // (p * b) * a = p * (b * a)
  if (x.op === "mul" && isIntegerConstant(q)) return gathered(combine(builder, "mul", q, a), (c) => mul(p, c))
  // -p * a = p * -a
  if (x.op === "neg") {
    const minus = negated(builder, a)
    return minus && mul(p, minus)
  }
  return undefined
}

const simplifySum = (x: Node, axes: readonly number[], node: Node, builder: Builder): Node | undefined => {
  // sum over no axes, or over axes of extent 1 = reshape
  if (!axes.every((axis) => x.type.shape[axis] === 1)) return undefined
  return sameShape(x.type.shape, node.type.shape)
    ? x
    : builder.make("reshape", [x], { shape: node.type.shape })
}

/** The rest of a rule that needs its constants to have been computed. */
const gathered = (constant: Node, rest: (constant: Node) => Node): Node | undefined =>
  isIntegerConstant(constant) ? rest(constant) : undefined
