import { fail } from "../../fail.ts"
import { fromGrid, toGrid } from "../../graph/kinds/quantised.ts"
import type { Grid } from "../../graph/tensor.ts"
import { constant, type Import, type ImportTable, type Op, value } from "../op.ts"
import { integerRange } from "../tensor-data.ts"

const UINT8 = 2

const gridOf = (op: Op, rank: number, fallback: number): Grid => {
  if (op.int("block_size", 0) !== 0)
    fail("block-wise scales are not imported\nquantise per tensor or per channel")
  const scale = op.constant(1)
  const zero = op.input(2)
  const zeroPoint = zero.is === "constant" ? zero.tensor.values : scale.values.map(() => 0)
  const dataType =
    zero.is === "constant" ? (zero.dataType ?? fallback) : op.int("output_dtype", 0) || fallback
  const [lo, hi] = integerRange(dataType)
  if (scale.values.length === 1) return { scale: scale.values, zeroPoint, axis: 0, lo, hi }
  const axis = op.int("axis", 1)
  const whole = axis < 0 ? axis + rank : axis
  return { scale: scale.values, zeroPoint, axis: whole, lo, hi }
}

/** The grid with its axis as one sample has it. */
const forSample = (op: Op, grid: Grid, rank: number): Grid =>
  grid.scale.length === 1 ? grid : { ...grid, axis: op.axis(grid.axis, rank) }

const quantize: Import = (op) => {
  const entry = op.input(0)
  if (entry.is === "constant") {
    const { shape, values } = entry.tensor
    const zero = op.input(2)
    const dataType = zero.is === "constant" ? zero.dataType : UINT8
    return constant({ shape, values: toGrid(shape, values, gridOf(op, shape.length, UINT8)) }, dataType)
  }
  const x = op.node(0)
  return value(op.add("quantize", [x], { grid: forSample(op, gridOf(op, op.rank(x), UINT8), op.rank(x)) }))
}

const INT32 = 6

const dequantize: Import = (op) => {
  const entry = op.input(0)
  if (entry.is === "constant") {
    const { shape, values } = entry.tensor
    const grid = gridOf(op, shape.length, entry.dataType ?? INT32)
    return constant({ shape, values: fromGrid(shape, values, grid), grid })
  }
  const x = op.node(0)
  return value(op.add("dequantize", [x], { grid: forSample(op, gridOf(op, op.rank(x), UINT8), op.rank(x)) }))
}

/** Brevitas: x, scale, zero point, bits. */
const brevitas: Import = (op) => {
  if (op.text("rounding_mode", "ROUND") !== "ROUND") fail("only rounding_mode ROUND is imported")
  const [scale, zero, width] = [1, 2, 3].map((i) => op.constant(i).values)
  const bits = width![0]!
  if (scale!.length !== 1 || zero!.length !== 1 || !(Number.isInteger(bits) && bits >= 1 && bits <= 32)) {
    fail(`a quantiser with ${scale!.length} scales and ${bits} bits is not imported`)
  }
  const signed = op.int("signed", 1) !== 0
  const narrow = op.int("narrow", 0)
  const hi = 2 ** (signed ? bits - 1 : bits) - 1 - (signed ? 0 : narrow)
  const grid: Grid = {
    scale: scale!,
    zeroPoint: zero!,
    axis: 0,
    lo: signed ? -(2 ** (bits - 1)) + narrow : 0,
    hi,
  }
  const entry = op.input(0)
  if (entry.is === "constant") {
    const { shape, values } = entry.tensor
    return constant({ shape, values: fromGrid(shape, toGrid(shape, values, grid), grid), grid })
  }
  return value(op.add("dequantize", [op.add("quantize", [op.node(0)], { grid })], { grid }))
}

export const quantisationOperators: ImportTable = {
  DequantizeLinear: dequantize,
  QuantizeLinear: quantize,
  "onnx.brevitas.Quant": brevitas,
}

/** These fold constants themselves, to keep the grid. */
export const keepsGrid: ReadonlySet<string> = new Set(Object.keys(quantisationOperators))
