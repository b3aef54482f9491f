import { printShape } from "../../../../data/index.ts"
import { fail } from "../../../fail.ts"
import { fromGrid, toGrid } from "../../../graph/kinds/quantized.ts"
import type { Grid, Tensor } from "../../../graph/tensor.ts"
import { constant, type Entry, type Import, type ImportTable, type Op, value } from "../onnx-op.ts"
import { FLOAT, INT32, integerRange, UINT8 } from "../tensor-data.ts"
import { brevitasQuantizers } from "./brevitas.ts"

/** The places of the scale and the zero point among an operator's operands. */
interface Places {
  readonly scale: number
  readonly zero: number
  /** The axis along which there are several scales, as ONNX counts it. */
  readonly axis: number
}

/** The grid of integers of an element type; `rank` is that of the value as ONNX sees it. */
const gridOf = (op: Op, { scale: at, zero: zeroAt, axis }: Places, rank: number, dataType: number): Grid => {
  const scale = op.constant(at).values
  const zero = op.maybeConstant(zeroAt)?.values ?? new Float64Array(1)
  const zeroPoint = zero.length === 1 ? scale.map(() => zero[0]!) : zero
  const [lo, hi] = integerRange(dataType)
  if (scale.length === 1) return { scale, zeroPoint, axis: 0, lo, hi }
  const whole = axis < 0 ? axis + rank : axis
  return { scale, zeroPoint, axis: whole, lo, hi }
}

/** The grid with its axis as one sample has it. */
const forSample = (op: Op, grid: Grid, rank: number): Grid =>
  grid.scale.length === 1 ? grid : { ...grid, axis: op.axis(grid.axis, rank) }

/** Operand i on the grid of its scale and zero point, as the real numbers it stands for. */
export const dequantized = (op: Op, i: number, places: Places): Entry => {
  const entry = op.input(i)
  if (entry.is === "constant") {
    const { shape, values } = entry.tensor
    const grid = gridOf(op, places, shape.length, entry.dataType ?? INT32)
    return constant({ shape, values: fromGrid(shape, values, grid), grid }, FLOAT)
  }
  const x = op.node(i)
  const grid = gridOf(op, places, op.rank(x), op.typeOf(i) ?? UINT8)
  const whole = forSample(op, grid, op.rank(x))
  // Integers that a quantizer has clipped reach no farther.
  const [lo, hi] = x.kind === "quantize" ? [x.attributes.grid.lo, x.attributes.grid.hi] : [whole.lo, whole.hi]
  return value(op.add("dequantize", [x], { grid: { ...whole, lo, hi } }), FLOAT)
}

/** Real numbers as integers of the type that the zero point has. */
export const quantized = (op: Op, entry: Entry, places: Places): Entry => {
  const dataType = op.typeOf(places.zero) ?? (op.int("output_dtype", 0) || UINT8)
  if (entry.is === "constant") {
    const { shape, values } = entry.tensor
    return constant(
      { shape, values: toGrid(shape, values, gridOf(op, places, shape.length, dataType)) },
      dataType,
    )
  }
  const x = entry.is === "value" ? entry.node : fail("unsupported-model", "operand 0 is no tensor of numbers")
  const grid = gridOf(op, places, op.rank(x), dataType)
  return value(op.add("quantize", [x], { grid: forSample(op, grid, op.rank(x)) }), dataType)
}

const checkBlocks = (op: Op): void => {
  if (op.int("block_size", 0) !== 0)
    fail("unsupported-model", "block-wise scales are not imported\nquantize per tensor or per channel")
}

const quantize: Import = (op) => {
  checkBlocks(op)
  return quantized(op, op.input(0), { scale: 1, zero: 2, axis: op.int("axis", 1) })
}

const dequantize: Import = (op) => {
  checkBlocks(op)
  return dequantized(op, 0, { scale: 1, zero: 2, axis: op.int("axis", 1) })
}

/** A constant less its zero point, one for all or one for each index of an axis. */
export const centred = ({ shape, values }: Tensor, zero: Tensor | undefined, axis: number): Tensor => {
  if (zero === undefined) return { shape, values }
  if (zero.values.length !== 1 && zero.values.length !== shape[axis])
    return fail(
      "damaged-model",
      `${zero.values.length} zero points do not fit a constant of shape ${printShape(shape)}`,
    )
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1)
  return {
    shape,
    values: values.map(
      (x, i) => x - zero.values[zero.values.length === 1 ? 0 : Math.floor(i / inner) % shape[axis]!]!,
    ),
  }
}

export const quantizationOperators: ImportTable = {
  DequantizeLinear: dequantize,
  QuantizeLinear: quantize,
  ...brevitasQuantizers,
}

/** These fold constants themselves, to keep the grid. */
export const keepsGrid: ReadonlySet<string> = new Set(Object.keys(quantizationOperators))
