import { sizeOf } from "../../../../data/index.ts"
import { broadcastIndices } from "../../../../ir/index.ts"
import { gridAt } from "../../../graph/element-grid.ts"
import type { FloatNode, NodeOf } from "../../../graph/graph.ts"
import { kindOf } from "../../../graph/kinds/index.ts"
import { windowIndices } from "../../../graph/windows.ts"
import { combineRows, constantRow, isConstantRow, type Row, Scratch, scaleRow } from "./linear-rows.ts"
import { type Curve, isCurve, type Lowering } from "./lowering.ts"

/** Whether it was lowered (true), what is wrong with it, or nothing where the node is not linear. */
export type Outcome = true | string | undefined

/** Lowers a node that is linear in its operands. */
export const lowerLinear = (lowering: Lowering, node: FloatNode): Outcome => {
  const rows = rowsOf(lowering, node)
  if (rows === undefined || rows === true || typeof rows === "string") return rows
  lowering.set(node, { rows, node })
  return true
}

const rowsOf = (lowering: Lowering, node: FloatNode): readonly Row[] | Outcome => {
  const first = node.operands[0]!
  switch (node.kind) {
    case "reshape": {
      const value = lowering.get(first)
      if (!isCurve(value)) return value.rows
      lowering.set(node, value)
      return true
    }
    case "quantize":
    case "dequantize":
      if (!lowering.dropsGrids) return undefined
      lowering.set(node, lowering.saturated.has(node) ? clipped(lowering, node) : lowering.get(first))
      return true
    case "dense":
      return dense(lowering.linear(first).rows, node)
    case "conv":
      return convolution(lowering.linear(first).rows, node)
    case "pool": {
      if (node.attributes.by === "max") {
        lowering.substitutes.push(
          `max pooling "${node.name}" is computed as the mean of its windows, corrected by the layer after it; ` +
            "train with average pooling to lose nothing",
        )
      }
      return pooled(lowering.linear(first).rows, node)
    }
    case "reduce":
      return reduced(lowering.linear(first).rows, node)
    case "affine": {
      const value = lowering.get(first)
      return isCurve(value) ? undefined : affine(value.rows, node)
    }
    case "transpose":
    case "concat":
      return moved(lowering, node)
    case "pick": {
      const { rows } = lowering.linear(first)
      const { indices, fill } = node.attributes
      return Array.from(indices, (i) => (i < 0 ? constantRow(fill) : rows[i]!))
    }
    case "matmul":
      return product(lowering, node)
    case "combine":
      return combined(lowering, node)
    default:
      return undefined
  }
}

/** A quantizer without its rounding: what lies outside its range becomes the end of it. */
const clipped = (lowering: Lowering, node: FloatNode): Curve => {
  const value = lowering.get(node.operands[0]!)
  const before = isCurve(value) ? value : { base: value, name: "", apply: (x: number) => x }
  const { scale, zero, lo, hi } = gridAt((node as NodeOf<"quantize">).attributes.grid, node.shape)
  const beginsAtZero = node.shape.reduce((a, b) => a * b, 1) > 0 && zero(0) === lo
  return {
    base: before.base,
    name: `${before.name} ${beginsAtZero ? "relu" : "clip"}`.trim(),
    apply: (x, i) =>
      Math.min(Math.max(before.apply(x, i), scale(i) * (lo - zero(i))), scale(i) * (hi - zero(i))),
  }
}

const dense = (rows: readonly Row[], { attributes, shape }: NodeOf<"dense">): Row[] => {
  const { weights, bias } = attributes
  const [outputs, inputs] = weights.shape as [number, number]
  const scratch = new Scratch()
  return Array.from({ length: sizeOf(shape) }, (_, i) => {
    const [line, o] = [Math.floor(i / outputs), i % outputs]
    const factors = weights.values.subarray(o * inputs, (o + 1) * inputs)
    return combineRows(rows.slice(line * inputs, (line + 1) * inputs), factors, bias?.values[o] ?? 0, scratch)
  })
}

const convolution = (rows: readonly Row[], { attributes, shape, operands }: NodeOf<"conv">): Row[] => {
  const { weights, bias, groups } = attributes
  const spatial = operands[0]!.shape.slice(1)
  const indices = windowIndices(spatial, attributes)
  const [area, places, taps] = [sizeOf(spatial), sizeOf(shape.slice(1)), sizeOf(attributes.kernel)]
  const [outputs, inputs] = [shape[0]!, weights.shape[1]!]
  const scratch = new Scratch()
  return Array.from({ length: sizeOf(shape) }, (_, at) => {
    const [o, place] = [Math.floor(at / places), at % places]
    const firstInput = Math.floor(o / (outputs / groups)) * inputs
    const parts: Row[] = []
    const factors: number[] = []
    for (let tap = 0; tap < taps; tap++) {
      const index = indices[place * taps + tap]!
      if (index < 0) continue
      for (let i = 0; i < inputs; i++) {
        parts.push(rows[(firstInput + i) * area + index]!)
        factors.push(weights.values[(o * inputs + i) * taps + tap]!)
      }
    }
    return combineRows(parts, factors, bias?.values[o] ?? 0, scratch)
  })
}

const pooled = (rows: readonly Row[], { attributes, shape, operands }: NodeOf<"pool">): Row[] => {
  const spatial = operands[0]!.shape.slice(1)
  const indices = windowIndices(spatial, attributes)
  const [area, places, taps] = [sizeOf(spatial), sizeOf(shape.slice(1)), sizeOf(attributes.kernel)]
  const scratch = new Scratch()
  return Array.from({ length: sizeOf(shape) }, (_, at) => {
    const channel = Math.floor(at / places) * area
    const window = indices.subarray((at % places) * taps, (at % places) * taps + taps)
    const parts = Array.from(
      window.filter((i) => i >= 0),
      (i) => rows[channel + i]!,
    )
    const divisor = attributes.by === "mean" && attributes.countPadding ? taps : Math.max(parts.length, 1)
    return combineRows(parts, new Float64Array(parts.length).fill(1 / divisor), 0, scratch)
  })
}

const reduced = (rows: readonly Row[], { attributes, shape, operands }: NodeOf<"reduce">): Row[] | string => {
  const { by, axes } = attributes
  if (by !== "sum" && by !== "mean") return `a ${by} over axes is no linear map\nuse a mean or a sum`
  const from = operands[0]!.shape
  const targets = broadcastIndices(
    from.map((n, axis) => (axes.includes(axis) ? 1 : n)),
    from,
  )
  const parts = Array.from({ length: sizeOf(shape) }, (): Row[] => [])
  rows.forEach((row, i) => {
    parts[targets[i]!]!.push(row)
  })
  const scratch = new Scratch()
  return parts.map((list) =>
    combineRows(list, new Float64Array(list.length).fill(by === "sum" ? 1 : 1 / list.length), 0, scratch),
  )
}

const affine = (rows: readonly Row[], { attributes, shape }: NodeOf<"affine">): Row[] => {
  const at = affineAt(attributes, shape)
  return rows.map((row, i) => scaleRow(row, at.scale(i), at.shift(i)))
}

/** The factor and summand of an affine node at each element of its shape. */
export const affineAt = (
  { scale, shift, divisor }: NodeOf<"affine">["attributes"],
  shape: readonly number[],
): { readonly scale: (i: number) => number; readonly shift: (i: number) => number } => {
  const scales = broadcastIndices(scale.shape, shape)
  const shifts = broadcastIndices(shift.shape, shape)
  const divisors = divisor === undefined ? undefined : broadcastIndices(divisor.shape, shape)
  const over = (i: number): number => (divisors === undefined ? 1 : divisor!.values[divisors[i]!]!)
  return {
    scale: (i) => scale.values[scales[i]!]! / over(i),
    shift: (i) => shift.values[shifts[i]!]! / over(i),
  }
}

/** Kinds that only move elements are run on the numbers of the elements. */
const moved = (lowering: Lowering, node: NodeOf<"transpose"> | NodeOf<"concat">): Row[] => {
  const all: Row[] = []
  const operands = node.operands.map((operand) => {
    const { rows } = lowering.linear(operand)
    const first = all.length
    all.push(...rows)
    return { shape: operand.shape, values: Float64Array.from(rows, (_, i) => first + i) }
  })
  return Array.from(
    kindOf(node.kind).evaluate(operands, node.attributes as never, node.shape),
    (i) => all[i]!,
  )
}

const product = (lowering: Lowering, node: NodeOf<"matmul">): readonly Row[] | string => {
  const [a, b] = node.operands.map((operand) => lowering.linear(operand).rows) as [Row[], Row[]]
  const isLeftConstant = a.every(isConstantRow)
  if (!isLeftConstant && !b.every(isConstantRow)) {
    return "the product of two computed matrices is not offered\nuse layers with constant weights"
  }
  const [rows, columns, inner] = [node.shape.at(-2)!, node.shape.at(-1)!, node.operands[0]!.shape.at(-1)!]
  const stack = node.shape.slice(0, -2)
  const lefts = broadcastIndices(node.operands[0]!.shape.slice(0, -2), stack)
  const rights = broadcastIndices(node.operands[1]!.shape.slice(0, -2), stack)
  const scratch = new Scratch()
  return Array.from({ length: sizeOf(node.shape) }, (_, at) => {
    const [s, row, column] = [
      Math.floor(at / (rows * columns)),
      Math.floor(at / columns) % rows,
      at % columns,
    ]
    const left = Array.from({ length: inner }, (_, i) => a[(lefts[s]! * rows + row) * inner + i]!)
    const right = Array.from({ length: inner }, (_, i) => b[(rights[s]! * inner + i) * columns + column]!)
    const [parts, factors] = isLeftConstant ? [right, left] : [left, right]
    return combineRows(
      parts,
      factors.map(({ bias }) => bias),
      0,
      scratch,
    )
  })
}

/** Sums, differences, and products and quotients with constants. */
const combined = (lowering: Lowering, node: NodeOf<"combine">): readonly Row[] | undefined => {
  const by = node.attributes.function
  if (by !== "add" && by !== "sub" && by !== "mul" && by !== "div") return undefined
  const values = node.operands.map((operand) => lowering.get(operand))
  const isConstant = values.map((value) => !isCurve(value) && value.rows.every(isConstantRow))
  if (by === "mul" && !isConstant[0] && !isConstant[1]) return undefined
  if (by === "div" && !isConstant[1]) return undefined
  // Functions of one value that meet stay one function.
  if (values.some(isCurve) && sharesBase(lowering, node)) return undefined
  const [lefts, rights] = node.operands.map((operand) => {
    const { rows } = lowering.linear(operand)
    return Array.from(broadcastIndices(operand.shape, node.shape), (i) => rows[i]!)
  }) as [Row[], Row[]]
  const scratch = new Scratch()
  return lefts.map((left, i) => {
    const right = rights[i]!
    if (by === "add" || by === "sub")
      return combineRows([left, right], [1, by === "add" ? 1 : -1], 0, scratch)
    if (by === "div") return scaleRow(left, 1 / right.bias)
    return isConstant[0] ? scaleRow(right, left.bias) : scaleRow(left, right.bias)
  })
}

/** Whether all operands that are no constants are functions of the same linear value. */
export const sharesBase = (lowering: Lowering, node: FloatNode): boolean => {
  const bases = node.operands.flatMap((operand) => {
    const value = lowering.get(operand)
    if (isCurve(value)) return [{ rows: value.base.rows, size: sizeOf(operand.shape) }]
    return value.rows.every(isConstantRow) ? [] : [{ rows: value.rows, size: sizeOf(operand.shape) }]
  })
  return bases.every(({ rows, size }) => rows === bases[0]!.rows && size === sizeOf(node.shape))
}
