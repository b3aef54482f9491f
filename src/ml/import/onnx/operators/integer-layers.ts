import { fail } from "../../../fail.ts"
import { type Tensor, tensor } from "../../../graph/tensor.ts"
import type { Entry, Import, ImportTable, Op } from "../onnx-op.ts"
import { constant, value } from "../onnx-op.ts"
import { FLOAT } from "../tensor-data.ts"
import { elementwiseOperators, shifted } from "./elementwise.ts"
import { movementOperators } from "./movement.ts"
import { convolved, multiplied, neuralOperators } from "./neural.ts"
import { centred, dequantized, quantized } from "./quantization.ts"

/** Scales of a constant bias: those of the input times those of each output's weights. */
const biasOf = (op: Op, i: number, inputScale: number, weightScale: number): Tensor | undefined => {
  const bias = op.maybeConstant(i)
  if (bias === undefined) return undefined
  const [input, weight] = [op.constant(inputScale).values, op.constant(weightScale).values]
  return tensor(
    bias.shape,
    bias.values.map((b, o) => b * input[0]! * weight[weight.length === 1 ? 0 : o]!),
  )
}

// a, its scale and zero point, b with both, and those of the result
const qLinearMatMul: Import = (op) => {
  const [a, b] = [
    dequantized(op, 0, { scale: 1, zero: 2, axis: -2 }),
    dequantized(op, 3, { scale: 4, zero: 5, axis: -1 }),
  ]
  return quantized(op, value(multiplied(op, a, b)), { scale: 6, zero: 7, axis: -1 })
}

const qLinearConv: Import = (op) => {
  const x = dequantized(op, 0, { scale: 1, zero: 2, axis: 1 })
  const w = dequantized(op, 3, { scale: 4, zero: 5, axis: 0 })
  if (x.is !== "value" || w.is !== "constant")
    return fail("unsupported-model", "operand 3 depends on the input\nconstant weights are needed")
  const result = convolved(op, x.node, w.tensor, biasOf(op, 8, 1, 4))
  return quantized(op, value(result), { scale: 6, zero: 7, axis: 1 })
}

// alpha * A B + C on integers; a result without a scale is real
const qGemm: Import = (op) => {
  if (op.int("transA", 0) !== 0)
    return fail("unsupported-model", "transA=1 is not imported\ntranspose before it")
  const isTransposed = op.int("transB", 0) !== 0
  const a = dequantized(op, 0, { scale: 1, zero: 2, axis: 0 })
  const b = dequantized(op, 3, { scale: 4, zero: 5, axis: isTransposed ? 0 : 1 })
  if (a.is !== "value" || b.is !== "constant")
    return fail("unsupported-model", "operand 3 depends on the input\nconstant weights are needed")
  const alpha = op.float("alpha", 1)
  const weights = { ...b.tensor, values: b.tensor.values.map((w) => alpha * w) }
  const product = multiplied(op, a, constant(isTransposed ? turned(weights) : weights, FLOAT))
  const bias = biasOf(op, 6, 1, 4)
  const sum = bias === undefined ? product : shifted(op, product, bias)
  return op.input(7).is === "absent"
    ? value(sum, FLOAT)
    : quantized(op, value(sum), { scale: 7, zero: 8, axis: 1 })
}

const turned = ({ shape, values }: Tensor): Tensor => {
  const [rows, columns] = shape as [number, number]
  return tensor(
    [columns, rows],
    Float64Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!),
  )
}

/** A real operator between a dequantizer and a quantizer: x with its scale and zero point, then those of the result. */
const between =
  (operator: Import): Import =>
  (op) => {
    if (op.int("channels_last", 0) !== 0) return fail("unsupported-model", "channels_last=1 is not imported")
    const x = dequantized(op, 0, { scale: 1, zero: 2, axis: 1 })
    return quantized(op, operator(op.with([x])) as Entry, { scale: 3, zero: 4, axis: 1 })
  }

const pairwise =
  (operator: Import): Import =>
  (op) => {
    const a = dequantized(op, 0, { scale: 1, zero: 2, axis: 1 })
    const b = dequantized(op, 3, { scale: 4, zero: 5, axis: 1 })
    return quantized(op, operator(op.with([a, b])) as Entry, { scale: 6, zero: 7, axis: 1 })
  }

const qLinearConcat: Import = (op) => {
  const parts = Array.from({ length: Math.floor((op.inputs.length - 2) / 3) }, (_, i) =>
    dequantized(op, 2 + 3 * i, { scale: 3 + 3 * i, zero: 4 + 3 * i, axis: 1 }),
  )
  const joined = movementOperators["Concat"]!(op.with(parts)) as Entry
  return quantized(op, joined, { scale: 0, zero: 1, axis: 1 })
}

/** Operand i less its zero point: a node, or a constant. */
const integers = (op: Op, i: number, zeroAt: number, axis: number): Entry => {
  const zero = op.maybeConstant(zeroAt)
  const entry = op.input(i)
  if (entry.is === "constant")
    return constant(centred(entry.tensor, zero, axis < 0 ? axis + entry.tensor.shape.length : axis))
  const x = op.node(i)
  return value(zero === undefined ? x : shifted(op, x, { ...zero, values: zero.values.map((z) => -z) }))
}

const matMulInteger: Import = (op) => value(multiplied(op, integers(op, 0, 2, -2), integers(op, 1, 3, -1)))

const convInteger: Import = (op) => {
  const [x, w] = [integers(op, 0, 2, 1), integers(op, 1, 3, 0)]
  if (x.is !== "value" || w.is !== "constant")
    return fail("unsupported-model", "operand 1 depends on the input\nconstant weights are needed")
  return value(convolved(op, x.node, w.tensor, undefined))
}

/** Layers on integers, with scales and zero points as operands. */
export const integerLayers: ImportTable = {
  ConvInteger: convInteger,
  MatMulInteger: matMulInteger,
  QLinearConv: qLinearConv,
  QLinearMatMul: qLinearMatMul,
  "com.microsoft.QGemm": qGemm,
  "com.microsoft.QLinearAdd": pairwise(elementwiseOperators["Add"]!),
  "com.microsoft.QLinearAveragePool": between(neuralOperators["AveragePool"]!),
  "com.microsoft.QLinearConcat": qLinearConcat,
  "com.microsoft.QLinearGlobalAveragePool": between(neuralOperators["GlobalAveragePool"]!),
  "com.microsoft.QLinearLeakyRelu": between(elementwiseOperators["LeakyRelu"]!),
  "com.microsoft.QLinearMul": pairwise(elementwiseOperators["Mul"]!),
  "com.microsoft.QLinearSigmoid": between(elementwiseOperators["Sigmoid"]!),
}
