import { ProgramError, printShape, sizeOf, type Values } from "../../data/index.ts"
import { increasing } from "../bounds.ts"
import { anySecret, computeExactly, intTypes, magnitude, weightedRange } from "../exact-arithmetic.ts"
import { type Operand, op, type Pick } from "../op.ts"
import {
  broadcastIndices,
  broadcastShapes,
  type IntType,
  intType,
  max,
  min,
  rowStrides,
  type Shape,
  strideIndices,
} from "../type.ts"
import { constantValues } from "./elementwise.ts"

/** The axes that a `sum` runs over. */
export const summedAxes = (attrs: { readonly axes?: readonly number[] }, shape: Shape): readonly number[] =>
  attrs.axes ?? shape.map((_, axis) => axis)

/** For each output element, the flat indices of the elements that a sum over `axes` adds up. */
export const sumPlan = (shape: Shape, axes: readonly number[]) => {
  const strides = rowStrides(shape)
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const pick = (list: readonly number[]) => ({
    shape: list.map((axis) => shape[axis]!),
    strides: list.map((axis) => strides[axis]!),
  })
  const outer = pick(kept)
  const inner = pick([...axes])
  return {
    shape: outer.shape,
    bases: strideIndices(outer.shape, outer.strides),
    offsets: strideIndices(inner.shape, inner.strides),
  }
}

/** A matrix product by numpy's rules: batch axes broadcast, one-dimensional operands gain an axis and lose it again. */
export const matmulPlan = (a: Shape, b: Shape) => {
  const inner = a.at(-1)
  const other = b.length > 1 ? b.at(-2) : b.at(-1)
  if (inner === undefined || other === undefined) {
    throw new ProgramError("matmul takes vectors and matrices, not scalars\nuse mul to scale by a scalar", {
      code: "wrong-shape",
    })
  }
  if (inner !== other) {
    throw new ProgramError(
      `matmul of shapes ${printShape(a)} and ${printShape(b)}: the inner extents are ${inner} and ${other}\n` +
        "the last axis of the first and the second-to-last of the second must be equal",
      { code: "wrong-shape" },
    )
  }
  const left = a.length === 1 ? [1, inner] : a
  const right = b.length === 1 ? [inner, 1] : b
  const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2))
  const rows = left.at(-2)!
  const columns = right.at(-1)!
  const shape = [...batch, ...(a.length === 1 ? [] : [rows]), ...(b.length === 1 ? [] : [columns])]
  return {
    shape,
    inner,
    rows,
    columns,
    batches: sizeOf(batch),
    /** For each matrix of the result, which one of an operand it is made of: written out when it is asked for. */
    batchesOf: () => ({
      leftBatch: broadcastIndices(left.slice(0, -2), batch),
      rightBatch: broadcastIndices(right.slice(0, -2), batch),
    }),
  }
}

/**
 * What a product adds up: for `0 <= c < columns` element `right + c` of the second operand, times element `left` of the first,
 * belongs to element `out + c` of the result.
 */
export const eachRow = (
  plan: ReturnType<typeof matmulPlan>,
  visit: (out: number, left: number, right: number) => void,
): void => {
  const { rows, columns, inner } = plan
  const { leftBatch, rightBatch } = plan.batchesOf()
  for (let batch = 0, out = 0; batch < plan.batches; batch++) {
    const left = leftBatch[batch]! * rows * inner
    const right = rightBatch[batch]! * inner * columns
    for (let r = 0; r < rows; r++, out += columns) {
      for (let k = 0; k < inner; k++) visit(out, left + r * inner + k, right + k * columns)
    }
  }
}

/** The interval of a matrix product; by the very weights when one side is constant. */
const matmulRange = (
  operands: readonly Operand[],
  plan: ReturnType<typeof matmulPlan>,
): { lo: bigint; hi: bigint } => {
  const [a, b] = intTypes(operands) as [IntType, IntType]
  const constants = operands.map(constantValues)
  const side = constants.findIndex((values) => values !== undefined)
  if (side < 0 || sizeOf(plan.shape) === 0) {
    const products = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi]
    const count = BigInt(plan.inner)
    return { lo: count * min(...products), hi: count * max(...products) }
  }
  // Every result is a sum over one row (or column) of the weights, whichever part of the other operand it meets.
  const weights = constants[side]!
  const x = side === 0 ? b : a
  const { rows, columns, inner } = plan
  const stride = side === 0 ? 1 : columns
  const lines = side === 0 ? rows : columns
  let range: { lo: bigint; hi: bigint } | undefined
  for (let base = 0; base < weights.length; base += inner * lines) {
    for (let line = 0; line < lines; line++) {
      const from = base + line * (side === 0 ? inner : 1)
      const part = weightedRange(weights, { from, stride, count: inner }, x)
      range = range === undefined ? part : { lo: min(range.lo, part.lo), hi: max(range.hi, part.hi) }
    }
  }
  return range ?? { lo: 0n, hi: 0n }
}

const drawAxes = (shape: Shape, pick: Pick): number[] =>
  shape.map((_, axis) => axis).filter(() => pick.int(0, 1) === 1)

export const reduction = {
  sum: op({
    doc: "Sum over the given axes, which disappear; over all of them when none are given.",
    arity: 1,
    attrs: { axes: "ints?" },
    bounds: () => increasing,
    infer: (operands, attrs) => {
      const [a] = intTypes(operands) as [IntType]
      const axes = summedAxes(attrs, a.shape)
      const rank = a.shape.length
      if (axes.some((axis, i) => !(axis >= 0 && axis < rank) || axes.indexOf(axis) !== i)) {
        throw new ProgramError(`sum over axes [${axes}] of a tensor of ${rank} axes; give each axis once`, {
          code: "wrong-shape",
        })
      }
      const count = BigInt(axes.reduce((n, axis) => n * a.shape[axis]!, 1))
      const shape = a.shape.filter((_, axis) => !axes.includes(axis))
      return intType(a.secret, count * a.lo, count * a.hi, shape)
    },
    evaluate: ([a], attrs, type) => {
      const { bases, offsets } = sumPlan(a!.type.shape, summedAxes(attrs, a!.type.shape))
      const reach = BigInt(offsets.length) * magnitude(a!.type as IntType)
      return computeExactly(reach, type, [a!.values], ([x], zero) =>
        Array.from(bases, (base) => {
          let total = zero
          for (const offset of offsets) total += x![base + offset]!
          return total
        }),
      )
    },
    sample: ([a], pick) => (pick.int(0, 3) === 0 ? {} : { axes: drawAxes(a!.shape, pick) }),
  }),
  matmul: op({
    doc: "Matrix product by numpy's rules for vectors, matrices and stacks of matrices.",
    arity: 2,
    attrs: {},
    bounds:
      (_attrs, type) =>
      ([a, b]) => {
        const plan = matmulPlan(a!.type.shape, b!.type.shape)
        const reach = BigInt(plan.inner) * magnitude(a!.type) * magnitude(b!.type)
        const ends = [a!.bounds.lo, a!.bounds.hi, b!.bounds.lo, b!.bounds.hi]
        const size = sizeOf(plan.shape)
        const both = computeExactly(reach, type, ends, ([al, ah, bl, bh], zero) => {
          const sums = new Array<number>(2 * size).fill(zero)
          eachRow(plan, (out, left, right) => {
            const low = al![left]!
            const high = ah![left]!
            for (let c = 0; c < plan.columns; c++) {
              const p = bl![right + c]!
              const q = bh![right + c]!
              // A product with one factor given is least at one end of the other, and most at the other end.
              let least = p < 0 ? high * p : low * p
              let most = p < 0 ? low * p : high * p
              if (p !== q) {
                const leastAtQ = q < 0 ? high * q : low * q
                const mostAtQ = q < 0 ? low * q : high * q
                if (leastAtQ < least) least = leastAtQ
                if (mostAtQ > most) most = mostAtQ
              }
              sums[out + c]! += least
              sums[size + out + c]! += most
            }
          })
          return sums
        })
        return { lo: both.slice(0, size), hi: both.slice(size) }
      },
    infer: (operands) => {
      const plan = matmulPlan(operands[0]!.type.shape, operands[1]!.type.shape)
      const { lo, hi } = matmulRange(operands, plan)
      return intType(anySecret(operands), lo, hi, plan.shape)
    },
    evaluate: (operands, _attrs, type): Values => {
      const [a, b] = operands
      const plan = matmulPlan(a!.type.shape, b!.type.shape)
      const reach = BigInt(plan.inner) * magnitude(a!.type as IntType) * magnitude(b!.type as IntType)
      return computeExactly(reach, type, [a!.values, b!.values], ([x, y], zero) => {
        const result = new Array<number>(sizeOf(plan.shape)).fill(zero)
        eachRow(plan, (out, left, right) => {
          for (let c = 0; c < plan.columns; c++) result[out + c]! += x![left]! * y![right + c]!
        })
        return result
      })
    },
    sample: () => ({}),
  }),
}
