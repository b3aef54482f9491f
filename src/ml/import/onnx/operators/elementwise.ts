import type { BinaryName, Parameters, UnaryName } from "../../../../data/index.ts"
import { broadcastShapes } from "../../../../ir/index.ts"
import { fail } from "../../../fail.ts"
import type { FloatNode } from "../../../graph/graph.ts"
import { scalar, type Tensor } from "../../../graph/tensor.ts"
import { type Entry, type Import, type ImportTable, type Op, value } from "../onnx-op.ts"
import {
  BFLOAT16,
  BOOL,
  elementTypeName,
  FLOAT,
  FLOAT16,
  integerBits,
  integerRange,
  isReal,
  STRING,
} from "../tensor-data.ts"
import { clippedGrid } from "./clipped-grid.ts"
import { fakeQuantizer } from "./fake-quantizer.ts"

const unary =
  (name: UnaryName, parameters: (op: Op) => Parameters = () => ({})): Import =>
  (op) =>
    value(op.activate(op.node(0), name, parameters(op)))

const alpha = (name: UnaryName, otherwise: number): Import =>
  unary(name, (op) => ({ alpha: op.float("alpha", otherwise) }))

const negated = ({ shape, values }: Tensor): Tensor => ({ shape, values: values.map((c) => -c) })

/** x * scale + shift, after x has grown to the shape the constants give it. */
export const affine = (op: Op, x: FloatNode, scale: Tensor, shift: Tensor): FloatNode => {
  const shape = broadcastShapes(broadcastShapes(scale.shape, shift.shape), x.shape)
  return op.add("affine", [op.broadcast(x, shape)], { scale, shift })
}

/** x plus constants. */
export const shifted = (op: Op, x: FloatNode, c: Tensor): FloatNode =>
  affine(op, x, scalar(1), op.withoutBatch(c, op.rank(x)))

const divided = (op: Op, x: FloatNode, divisor: Tensor): FloatNode =>
  op.add("affine", [op.broadcast(x, broadcastShapes(divisor.shape, x.shape))], {
    scale: scalar(1),
    shift: scalar(0),
    divisor,
  })

/** What a function of a value and a constant becomes when that is linear or a function of one number. */
const withConstant = (
  op: Op,
  name: BinaryName,
  x: FloatNode,
  c: Tensor,
  constantFirst: boolean,
): FloatNode | undefined => {
  const single = c.values.length === 1 ? c.values[0]! : undefined
  const zero = scalar(0)
  if (name === "add") return affine(op, x, scalar(1), c)
  if (name === "sub")
    return constantFirst ? affine(op, x, scalar(-1), c) : affine(op, x, scalar(1), negated(c))
  if (name === "mul") return fakeQuantizer(op, x, c) ?? affine(op, x, c, zero)
  if (name === "div" && !constantFirst) return divided(op, x, c)
  if (name === "div") return affine(op, op.activate(x, "reciprocal"), c, zero)
  if (single === undefined || c.shape.length > x.shape.length) return undefined
  if (name === "max")
    return op.activate(x, single === 0 ? "relu" : "clip", single === 0 ? {} : { lo: single })
  if (name === "min") return op.activate(x, "clip", { hi: single })
  if (name === "power" && !constantFirst) {
    return single === 2 ? op.activate(x, "square") : op.activate(x, "power", { exponent: single })
  }
  return undefined
}

/** A function of two operands, of which at most one may be constant. */
const combine = (op: Op, name: BinaryName, i = 0, j = 1): FloatNode => {
  const [a, b] = [op.input(i), op.input(j)]
  if (a.is === "value" && b.is === "value") {
    if (name === "mul" && a.node === b.node) return op.activate(a.node, "square")
    checkRanks(op, [a.node, b.node])
    return op.add("combine", [a.node, b.node], { function: name })
  }
  const [x, c] = a.is === "value" ? [a.node, j] : [op.node(j), i]
  const tensor = op.withoutBatch(op.constant(c), op.rank(x))
  const simple = withConstant(op, name, x, tensor, c === i)
  if (simple !== undefined) return simple
  const other = op.around.builder.constant(tensor)
  return op.add("combine", c === i ? [other, x] : [x, other], { function: name })
}

/** Values of unlike rank would broadcast across the batch. */
const checkRanks = (op: Op, nodes: readonly FloatNode[]): void => {
  if (op.around.batched && nodes.some((node) => node.shape.length !== nodes[0]!.shape.length)) {
    fail(
      "unsupported-model",
      "operands of unlike rank both depend on the input\nUnsqueeze the smaller one to the rank of the larger",
    )
  }
}

/** Integers of up to 16 bits overflow: the result goes round. Wider ones are taken not to. */
export const wrapped = (op: Op, x: FloatNode, dataType = op.typeOf(0)): FloatNode => {
  const bits = integerBits(dataType)
  return bits === undefined || bits > 16
    ? x
    : op.activate(x, "wrap", { lo: integerRange(dataType!)[0], size: 2 ** bits })
}

const binary =
  (name: BinaryName): Import =>
  (op) =>
    value(combine(op, name))

/** One whose results may leave an integer type. */
const arithmetic =
  (name: BinaryName): Import =>
  (op) =>
    value(wrapped(op, combine(op, name)))

const variadic =
  (name: BinaryName): Import =>
  (op) => {
    if (op.inputs.length === 1) return value(op.node(0))
    let node = combine(op, name)
    for (let i = 2; i < op.inputs.length; i++) {
      const c = op.input(i)
      const tensor = c.is === "constant" ? op.withoutBatch(c.tensor, op.rank(node)) : undefined
      const simple = tensor === undefined ? undefined : withConstant(op, name, node, tensor, false)
      node = simple ?? op.add("combine", [node, op.node(i, op.rank(node))], { function: name })
    }
    return value(node)
  }

const clip: Import = (op) => {
  const bound = (name: string, i: number, otherwise: number): number =>
    op.has(name) ? op.float(name, otherwise) : (op.maybeConstant(i)?.values[0] ?? otherwise)
  const x = op.node(0)
  const [lo, hi] = [bound("min", 1, -Infinity), bound("max", 2, Infinity)]
  return value(clippedGrid(op, x, lo, hi) ?? op.activate(x, "clip", { lo, hi }))
}

// prelu(x) = max(x, 0) + slope * min(x, 0)
const prelu: Import = (op) => {
  const x = op.node(0)
  const slope = op.withoutBatch(op.constant(1), op.rank(x))
  if (slope.values.length === 1) return value(op.activate(x, "leakyRelu", { alpha: slope.values[0]! }))
  const below = affine(op, op.activate(x, "clip", { hi: 0 }), slope, scalar(0))
  return value(op.add("combine", [op.activate(x, "relu"), below], { function: "add" }))
}

const castTo = (op: Op, to: number): Entry => {
  const entry = op.input(0)
  if (entry.is !== "value" && entry.is !== "constant") return entry
  if (to === STRING) fail("unsupported-model", "it makes strings\nleave it outside the model")
  const x = op.node(0)
  if (to === BOOL) return value(op.activate(op.activate(x, "not"), "not"))
  if (to === FLOAT16) return value(op.activate(x, "float16"))
  if (to === BFLOAT16) return value(op.activate(x, "bfloat16"))
  if (isReal(to)) return value(x)
  const [from, bits] = [integerBits(op.typeOf(0)), integerBits(to)]
  if (bits === undefined || bits < 8)
    return fail(
      "unsupported-model",
      `it makes ${elementTypeName(to)}\nuse float, or integers of 8 bits and more`,
    )
  const [lo, hi] = integerRange(to)
  const whole = from === undefined && op.typeOf(0) !== BOOL ? op.activate(x, "truncate") : x
  const [least, most] = from === undefined ? [lo, hi] : integerRange(op.typeOf(0)!)
  return value(least >= lo && most <= hi ? whole : wrapped(op, whole, to))
}

const where: Import = (op) => {
  const rank = Math.max(...op.inputs.map((entry) => (entry.is === "value" ? op.rank(entry.node) : 0)))
  const operands = [0, 1, 2].map((i) => op.node(i, rank))
  checkRanks(
    op,
    operands.filter((_, i) => op.input(i).is === "value"),
  )
  return value(op.add("select", operands, {}))
}

const shrink = (op: Op): Parameters => ({ lambd: op.float("lambd", 0.5), bias: op.float("bias", 0) })

export const elementwiseOperators: ImportTable = {
  Abs: unary("abs"),
  Acos: unary("acos"),
  Acosh: unary("acosh"),
  Add: arithmetic("add"),
  And: binary("and"),
  Asin: unary("asin"),
  Asinh: unary("asinh"),
  Atan: unary("atan"),
  Atanh: unary("atanh"),
  Cast: (op) => castTo(op, op.int("to", FLOAT)),
  CastLike: (op) =>
    castTo(op, op.typeOf(1) ?? fail("unsupported-model", "the type of operand 1 is unknown\nuse Cast")),
  Ceil: unary("ceil"),
  Celu: alpha("celu", 1),
  Clip: clip,
  Cos: unary("cos"),
  Cosh: unary("cosh"),
  // Integers divide towards zero; they occur where shapes are computed.
  Div: (op) => {
    const quotient = combine(op, "div")
    return value(op.isInteger() ? op.activate(quotient, "truncate") : quotient)
  },
  Elu: alpha("elu", 1),
  Equal: binary("equal"),
  Erf: unary("erf"),
  Exp: unary("exp"),
  Floor: unary("floor"),
  Gelu: (op) =>
    value(op.activate(op.node(0), op.text("approximate", "none") === "tanh" ? "geluTanh" : "gelu")),
  Greater: binary("greater"),
  GreaterOrEqual: binary("greaterOrEqual"),
  HardSigmoid: unary("hardSigmoid", (op) => ({ alpha: op.float("alpha", 0.2), beta: op.float("beta", 0.5) })),
  HardSwish: unary("hardSwish"),
  IsInf: unary("isInf", (op) => ({
    positive: op.int("detect_positive", 1),
    negative: op.int("detect_negative", 1),
  })),
  IsNaN: unary("isNaN"),
  LeakyRelu: alpha("leakyRelu", 0.01),
  Less: binary("less"),
  LessOrEqual: binary("lessOrEqual"),
  Log: unary("log"),
  Max: variadic("max"),
  Mean: (op) => {
    const sum = variadic("add")(op) as { readonly is: "value"; readonly node: FloatNode }
    return value(affine(op, sum.node, scalar(1 / op.inputs.length), scalar(0)))
  },
  Min: variadic("min"),
  Mish: unary("mish"),
  Mod: (op) => value(combine(op, op.int("fmod", 0) === 0 ? "mod" : "remainder")),
  Mul: arithmetic("mul"),
  Neg: (op) => value(wrapped(op, op.activate(op.node(0), "negate"))),
  Not: unary("not"),
  Or: binary("or"),
  PRelu: prelu,
  Pow: arithmetic("power"),
  Reciprocal: unary("reciprocal"),
  Relu: unary("relu"),
  Round: unary("round"),
  Selu: unary("selu", (op) => ({
    alpha: op.float("alpha", 1.6732632423543772),
    gamma: op.float("gamma", 1.0507009873554805),
  })),
  Shrink: unary("shrink", shrink),
  Sigmoid: unary("sigmoid"),
  Sign: unary("sign"),
  Sin: unary("sin"),
  Sinh: unary("sinh"),
  Softplus: unary("softplus"),
  Softsign: unary("softsign"),
  Sqrt: unary("sqrt"),
  Sub: arithmetic("sub"),
  Sum: variadic("add"),
  Swish: alpha("swish", 1),
  Tan: unary("tan"),
  Tanh: unary("tanh"),
  ThresholdedRelu: alpha("thresholdedRelu", 1),
  Where: where,
  Xor: binary("xor"),
}
