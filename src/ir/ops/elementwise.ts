import type { Values } from "../../data/index.ts"
import { envelope, increasing } from "../bounds.ts"
import { anySecret, computeExactly, intTypes, magnitude } from "../exact-arithmetic.ts"
import { type Literal, literalValues } from "../literal/literal.ts"
import { type Bounded, type Evaluated, type Operand, op } from "../op.ts"
import {
  broadcastIndices,
  broadcastShapes,
  type IntType,
  intType,
  max,
  min,
  type Shape,
  type Type,
} from "../type.ts"

/** Bounds of a bilinear operation over two intervals are reached at their corners. */
const corners = (a: IntType, b: IntType, f: (x: bigint, y: bigint) => bigint): { lo: bigint; hi: bigint } => {
  const values = [f(a.lo, b.lo), f(a.lo, b.hi), f(a.hi, b.lo), f(a.hi, b.hi)]
  return { lo: min(...values), hi: max(...values) }
}

const elementwise = (operands: readonly Operand[], f: (x: bigint, y: bigint) => bigint): Type => {
  const [a, b] = intTypes(operands) as [IntType, IntType]
  const shape = broadcastShapes(a.shape, b.shape)
  const { lo, hi } = corners(a, b, f)
  return intType(anySecret(operands), lo, hi, shape)
}

const zip = (operands: readonly Evaluated[], type: Type, f: (x: number, y: number) => number): Values => {
  const [a, b] = operands as [Evaluated, Evaluated]
  const reach = magnitude(a.type as IntType) + magnitude(b.type as IntType) + magnitude(type as IntType)
  return computeExactly(reach, type, [a.values, b.values], ([x, y]) => {
    const at = indicesOf(a.type.shape, type.shape)
    const bt = indicesOf(b.type.shape, type.shape)
    const length = type.shape.reduce((p, q) => p * q, 1)
    return Array.from({ length }, (_, i) => f(x![at?.[i] ?? i]!, y![bt?.[i] ?? i]!))
  })
}

const at = ({ type, bounds }: Bounded, end: "lo" | "hi"): Evaluated => ({ type, values: bounds[end] })

const indicesOf = (from: Shape, to: Shape): Int32Array | undefined =>
  from.length === to.length && from.every((extent, i) => extent === to[i])
    ? undefined
    : broadcastIndices(from, to)

export const elementwiseOps = {
  add: op({
    doc: "Elementwise sum; shapes broadcast as in numpy.",
    arity: 2,
    attrs: {},
    infer: (operands) => elementwise(operands, (x, y) => x + y),
    bounds: () => increasing,
    evaluate: (operands, _attrs, type) => zip(operands, type, (x, y) => x + y),
    sample: () => ({}),
  }),
  sub: op({
    doc: "Elementwise difference; a value minus itself is 0.",
    arity: 2,
    attrs: {},
    infer: (operands) => {
      const type = elementwise(operands, (x, y) => x - y)
      return operands[0] === operands[1] ? intType(type.secret, 0n, 0n, type.shape) : type
    },
    bounds:
      () =>
      ([a, b], evaluate) => ({
        lo: evaluate([at(a!, "lo"), at(b!, "hi")]),
        hi: evaluate([at(a!, "hi"), at(b!, "lo")]),
      }),
    evaluate: (operands, _attrs, type) => zip(operands, type, (x, y) => x - y),
    sample: () => ({}),
  }),
  neg: op({
    doc: "Elementwise negation.",
    arity: 1,
    attrs: {},
    infer: (operands) => {
      const [a] = intTypes(operands) as [IntType]
      return intType(a.secret, -a.hi, -a.lo, a.shape)
    },
    bounds:
      () =>
      ([a], evaluate) => ({ lo: evaluate([at(a!, "hi")]), hi: evaluate([at(a!, "lo")]) }),
    evaluate: ([a], _attrs, type) =>
      computeExactly(magnitude(type as IntType), type, [a!.values], ([x]) => Array.from(x!, (v) => -v)),
    sample: () => ({}),
  }),
  mul: op({
    doc: "Elementwise product; shapes broadcast as in numpy, and a value times itself is not negative.",
    arity: 2,
    attrs: {},
    infer: (operands) => {
      const type = elementwise(operands, (x, y) => x * y) as IntType
      if (operands[0] !== operands[1]) return type
      const a = operands[0]!.type as IntType
      const least = a.lo <= 0n && a.hi >= 0n ? 0n : min(a.lo * a.lo, a.hi * a.hi)
      return intType(a.secret, least, magnitude(a) ** 2n, a.shape)
    },
    bounds:
      (_attrs, type) =>
      ([a, b], evaluate) => {
        const products = (["lo", "hi"] as const).flatMap((x) =>
          (["lo", "hi"] as const).map((y) => evaluate([at(a!, x), at(b!, y)])),
        )
        return envelope(products, type)
      },
    evaluate: (operands, _attrs, type) => zip(operands, type, (x, y) => x * y),
    sample: () => ({}),
  }),
}

/** The values of a constant node; undefined for any other. */
export const constantValues = ({ op, attrs }: Operand): Values | undefined => {
  if (op !== "constant") return undefined
  const { value } = attrs as { value: Literal }
  return value.kind === "int" ? literalValues(value) : undefined
}
