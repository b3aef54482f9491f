import { ProgramError, printShape, sizeOf, type Values } from "../../data/index.ts"
import { increasing } from "../bounds.ts"
import { anySecret, represent } from "../exact-arithmetic.ts"
import { literal } from "../literal/literal.ts"
import { type Evaluated, type Operand, op } from "../op.ts"
import {
  broadcastIndices,
  broadcastShapes,
  intType,
  max,
  min,
  realType,
  rowStrides,
  type Shape,
  strideIndices,
  type Type,
} from "../type.ts"

const withShape = (type: Type, shape: Shape): Type =>
  type.kind === "int"
    ? intType(type.secret, type.lo, type.hi, shape)
    : realType(type.secret, type.lo, type.hi, shape)

const take = ({ values }: Evaluated, indices: ArrayLike<number>): Values =>
  values instanceof Float64Array
    ? Float64Array.from(indices, (i) => values[i]!)
    : Array.from(indices, (i) => values[i]!)

/** Source indices of a transpose: output axis i is input axis `axes[i]`. */
export const transposeIndices = (shape: Shape, axes: readonly number[]): Int32Array => {
  const strides = rowStrides(shape)
  return strideIndices(
    axes.map((axis) => shape[axis]!),
    axes.map((axis) => strides[axis]!),
  )
}

/** For each output element of a concatenation, which operand it comes from and at which flat index. */
export const concatSources = (shapes: readonly Shape[], axis: number): { part: number; index: number }[] => {
  const outer = sizeOf(shapes[0]!.slice(0, axis))
  const sources: { part: number; index: number }[] = []
  for (let o = 0; o < outer; o++) {
    shapes.forEach((shape, part) => {
      const run = sizeOf(shape.slice(axis))
      for (let i = 0; i < run; i++) sources.push({ part, index: o * run + i })
    })
  }
  return sources
}

const concatType = (operands: readonly Operand[], axis: number): Type => {
  const first = operands[0]!.type
  if (!(axis >= 0 && axis < first.shape.length)) {
    throw new ProgramError(`concat along axis ${axis} of a tensor of shape ${printShape(first.shape)}`, {
      code: "wrong-shape",
    })
  }
  for (const { type } of operands) {
    if (
      type.shape.length !== first.shape.length ||
      type.shape.some((extent, i) => i !== axis && extent !== first.shape[i])
    ) {
      throw new ProgramError(
        `concat along axis ${axis} of shapes ${printShape(first.shape)} and ${printShape(type.shape)}\n` +
          "all extents but that of the axis must be equal",
        { code: "wrong-shape" },
      )
    }
  }
  const extent = operands.reduce((sum, { type }) => sum + type.shape[axis]!, 0)
  const shape = first.shape.map((old, i) => (i === axis ? extent : old))
  const secret = anySecret(operands)
  const types = operands.map(({ type }) => type)
  if (types.every((type) => type.kind === "int")) {
    const lo = types.reduce((least, type) => min(least, type.lo), types[0]!.lo)
    const hi = types.reduce((most, type) => max(most, type.hi), types[0]!.hi)
    return intType(secret, lo, hi, shape)
  }
  if (types.every((type) => type.kind === "real")) {
    const lo = types.reduce((least, type) => Math.min(least, type.lo), Infinity)
    const hi = types.reduce((most, type) => Math.max(most, type.hi), -Infinity)
    return realType(secret, lo, hi, shape)
  }
  throw new ProgramError("concat of integers and reals\nround the real ones first", { code: "not-integer" })
}

export const movement = {
  reshape: op({
    doc: "The same elements in row-major order under another shape.",
    arity: 1,
    attrs: { shape: "shape" },
    bounds: () => increasing,
    infer: ([a], { shape }) => {
      if (sizeOf(shape) !== sizeOf(a!.type.shape)) {
        throw new ProgramError(
          `reshape of ${printShape(a!.type.shape)} to ${printShape(shape)}: ` +
            `${sizeOf(a!.type.shape)} elements are not ${sizeOf(shape)}`,
          { code: "wrong-shape" },
        )
      }
      return withShape(a!.type, shape)
    },
    evaluate: ([a]) => a!.values,
    sample: ([a], pick) => ({
      shape: pick.of([[sizeOf(a!.shape)], [1, sizeOf(a!.shape)], [...a!.shape, 1]]),
    }),
  }),
  transpose: op({
    doc: "Axes in another order: axis i of the result is axis `axes[i]` of the operand.",
    arity: 1,
    attrs: { axes: "ints" },
    bounds: () => increasing,
    infer: ([a], { axes }) => {
      const { shape } = a!.type
      if ([...axes].sort((p, q) => p - q).join() !== shape.map((_, i) => i).join()) {
        throw new ProgramError(
          `transpose axes [${axes}] do not name each axis of ${printShape(shape)} once`,
          { code: "wrong-shape" },
        )
      }
      return withShape(
        a!.type,
        axes.map((axis) => shape[axis]!),
      )
    },
    evaluate: ([a], { axes }) => take(a!, transposeIndices(a!.type.shape, axes)),
    sample: ([a], pick) => ({
      axes: a!.shape
        .map((_, axis) => ({ axis, key: pick.int(0, 1000) }))
        .sort((p, q) => p.key - q.key || p.axis - q.axis)
        .map(({ axis }) => axis),
    }),
  }),
  broadcast: op({
    doc: "Repeats along axes of extent 1 and new leading axes, as numpy's broadcast_to.",
    arity: 1,
    attrs: { shape: "shape" },
    bounds: () => increasing,
    infer: ([a], { shape }) => {
      if (printShape(broadcastShapes(a!.type.shape, shape)) !== printShape(shape)) {
        throw new ProgramError(
          `shape ${printShape(a!.type.shape)} does not broadcast to ${printShape(shape)}`,
          { code: "wrong-shape" },
        )
      }
      return withShape(a!.type, shape)
    },
    evaluate: ([a], { shape }) => take(a!, broadcastIndices(a!.type.shape, shape)),
    sample: ([a], pick) => ({ shape: pick.of([[2, ...a!.shape], a!.shape.map((d) => (d === 1 ? 3 : d))]) }),
  }),
  gather: op({
    doc: "Element i of the result is element `indices[i]` of the flattened operand.",
    arity: 1,
    attrs: { indices: "literal", shape: "shape" },
    bounds: () => increasing,
    infer: ([a], { indices, shape }) => {
      const size = sizeOf(a!.type.shape)
      if (indices.values.length !== sizeOf(shape)) {
        throw new ProgramError(
          `gather of ${indices.values.length} elements into shape ${printShape(shape)}`,
          { code: "wrong-shape" },
        )
      }
      for (const index of indices.values) {
        if (!(index >= 0 && index < size))
          throw new ProgramError(`gather index ${index} lies outside 0..${size - 1}`, {
            code: "out-of-range",
          })
      }
      return withShape(a!.type, shape)
    },
    evaluate: ([a], { indices }) => take(a!, indices.values as Int32Array),
    sample: ([a], pick) => {
      const size = sizeOf(a!.shape)
      const shape = pick.of([[], [2], [3], [2, 2]])
      if (size === 0) return null
      return { indices: literal(Array.from({ length: sizeOf(shape) }, () => pick.int(0, size - 1))), shape }
    },
  }),
  concat: op({
    doc: "Operands one after the other along an axis.",
    arity: "any",
    attrs: { axis: "int" },
    bounds: () => increasing,
    setsApart: true,
    infer: (operands, { axis }) => concatType(operands, Number(axis)),
    evaluate: (operands, { axis }, type) =>
      represent(
        concatSources(
          operands.map((operand) => operand.type.shape),
          Number(axis),
        ).map(({ part, index }) => operands[part]!.values[index]!),
        type,
      ),
    sample: ([a], pick) =>
      a!.shape.length === 0 ? null : { axis: BigInt(pick.int(0, a!.shape.length - 1)) },
  }),
}
