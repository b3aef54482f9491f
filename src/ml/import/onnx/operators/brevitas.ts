import { printShape } from "../../../../data/index.ts"
import { fail } from "../../../fail.ts"
import { fromGrid, toGrid } from "../../../graph/kinds/quantized.ts"
import { type Grid, scalar, type Tensor } from "../../../graph/tensor.ts"
import { constant, type Import, type ImportTable, type Op, value } from "../onnx-op.ts"
import { FLOAT } from "../tensor-data.ts"
import { affine } from "./elementwise.ts"

/** Numbers that broadcast to a value of a rank and differ along one axis at most: themselves, and that axis. */
const alongOneAxis = (
  tensor: Tensor,
  rank: number,
): { readonly values: Float64Array; readonly axis: number } => {
  const { shape, values } = tensor
  if (values.length === 1) return { values, axis: 0 }
  const long = shape.flatMap((n, i) => (n > 1 ? [i + rank - shape.length] : []))
  if (long.length !== 1 || long[0]! < 0)
    return fail(
      "unsupported-model",
      `scales of shape ${printShape(shape)} are not imported\nquantize per tensor or per channel`,
    )
  return { values, axis: long[0]! }
}

/** The grid that x, scale, zero point and bits stand for; `rank` is that of the value as ONNX sees it. */
const gridOf = (op: Op, rank: number): Grid => {
  const rounding = op.text("rounding_mode", "ROUND")
  if (rounding !== "ROUND" && rounding !== "HALF_EVEN")
    fail("unsupported-model", `rounding_mode ${rounding} is not imported\nexport with ROUND`)
  const scale = alongOneAxis(op.constant(1), rank)
  const zero = alongOneAxis(op.constant(2), rank)
  const widths = [...new Set(op.constant(3).values)]
  const bits = widths[0]!
  if (widths.length !== 1 || !(Number.isInteger(bits) && bits >= 1 && bits <= 32))
    fail(
      "unsupported-model",
      `a quantizer of ${widths.join(", ")} bits is not imported\none whole number of bits up to 32 is needed`,
    )
  if (zero.values.length !== 1 && zero.axis !== scale.axis && scale.values.length !== 1)
    fail(
      "unsupported-model",
      "its scales and zero points differ along different axes\nquantize per tensor or per channel",
    )
  if (!zero.values.every(Number.isInteger))
    fail(
      "unsupported-model",
      `its zero point is ${zero.values.find((z) => !Number.isInteger(z))}\na whole number is needed`,
    )
  const count = Math.max(scale.values.length, zero.values.length)
  const spread = (list: Float64Array): Float64Array =>
    list.length === count ? list : new Float64Array(count).fill(list[0]!)
  const isSigned = op.int("signed", 1) !== 0
  const narrow = op.int("narrow", 0)
  return {
    scale: spread(scale.values),
    zeroPoint: spread(zero.values),
    axis: scale.values.length > 1 ? scale.axis : zero.axis,
    lo: isSigned ? -(2 ** (bits - 1)) + narrow : 0,
    hi: isSigned ? 2 ** (bits - 1) - 1 : 2 ** bits - 1 - narrow,
  }
}

/** x, scale, zero point, bits: rounded to integers of so many bits, and back. */
const quant: Import = (op) => {
  const entry = op.input(0)
  if (entry.is === "constant") {
    const { shape, values } = entry.tensor
    const grid = gridOf(op, shape.length)
    return constant({ shape, values: fromGrid(shape, toGrid(shape, values, grid), grid), grid }, FLOAT)
  }
  const x = op.node(0)
  const whole = gridOf(op, op.rank(x))
  const grid = whole.scale.length === 1 ? whole : { ...whole, axis: op.axis(whole.axis, op.rank(x)) }
  return value(op.add("dequantize", [op.add("quantize", [x], { grid })], { grid }))
}

/** x, scale: the scale with the sign of x, that of 0 being positive. */
const bipolar: Import = (op) => {
  const x = op.node(0)
  const scale = op.withoutBatch(op.constant(1), op.rank(x))
  const isPositive = op.add("combine", [x, op.around.builder.constant(scalar(0))], {
    function: "greaterOrEqual",
  })
  return value(affine(op, affine(op, isPositive, scalar(2), scalar(-1)), scale, scalar(0)))
}

/** The quantizers that Brevitas writes, under the domains it has had. */
export const brevitasQuantizers: ImportTable = {
  "onnx.brevitas.BipolarQuant": bipolar,
  "onnx.brevitas.Quant": quant,
  "qonnx.custom_op.general.BipolarQuant": bipolar,
  "qonnx.custom_op.general.IntQuant": quant,
  "qonnx.custom_op.general.Quant": quant,
}
