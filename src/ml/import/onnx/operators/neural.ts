import { printShape, sizeOf } from "../../../../data/index.ts"
import { fail } from "../../../fail.ts"
import type { FloatNode } from "../../../graph/graph.ts"
import { generate, type Shape, scalar, type Tensor, tensor } from "../../../graph/tensor.ts"
import { type Window, windowShape } from "../../../graph/windows.ts"
import { type Entry, type Import, type ImportTable, type Op, value } from "../onnx-op.ts"
import { affine } from "./elementwise.ts"

/** The transpose of a matrix; its grid turns with it. */
const transposed = ({ shape, values, grid }: Tensor): Tensor => {
  const [rows, columns] = shape as [number, number]
  const turned = generate(values.length, (i) => values[(i % rows) * columns + Math.floor(i / rows)]!)
  const result = tensor([columns, rows], turned)
  return grid === undefined ? result : { ...result, grid: { ...grid, axis: 1 - grid.axis } }
}

const scaledBy = (t: Tensor, factor: number): Tensor =>
  factor === 1 ? t : { shape: t.shape, values: t.values.map((x) => x * factor) }

/** x times a constant matrix of shape [inputs, outputs], or its transpose. */
const dense = (op: Op, x: FloatNode, matrix: Tensor, isTransposed: boolean, bias?: Tensor): FloatNode => {
  if (matrix.shape.length !== 2)
    fail("damaged-model", `a constant matrix has shape ${printShape(matrix.shape)}`)
  const weights = isTransposed ? matrix : transposed(matrix)
  return op.add("dense", [x], bias === undefined ? { weights } : { weights, bias })
}

const swapLast = (op: Op, x: FloatNode): FloatNode => {
  const last = x.shape.length - 1
  if (last < 1)
    return fail(
      "unsupported-model",
      `it transposes a vector of shape ${printShape(x.shape)}; a matrix is needed`,
    )
  const order = [...x.shape.keys()]
  return op.add("transpose", [x], { order: [...order.slice(0, -2), last, last - 1] })
}

/** The product of two operands as matrices, of which one may be constant. */
export const multiplied = (op: Op, a: Entry, b: Entry): FloatNode => {
  if (a.is === "value" && b.is === "constant") {
    const { shape } = b.tensor
    const outer = shape.slice(0, -2)
    if (shape.length === 1) {
      const column = { shape: [shape[0]!, 1], values: b.tensor.values }
      return op.reshape(dense(op, a.node, column, false), a.node.shape.slice(0, -1))
    }
    if (sizeOf(outer) === 1) return dense(op, a.node, { ...b.tensor, shape: shape.slice(-2) }, false)
  }
  if (a.is === "constant" && b.is === "value" && a.tensor.shape.length === 2) {
    return swapLast(op, dense(op, swapLast(op, b.node), a.tensor, true))
  }
  const rank = Math.max(...[a, b].map((entry) => (entry.is === "value" ? op.rank(entry.node) : 0)))
  const both = op.with([a, b])
  const [x, y] = [both.node(0, rank), both.node(1, rank)]
  const [isRow, isColumn] = [x.shape.length === 1, y.shape.length === 1]
  if (op.around.batched || !(isRow || isColumn)) return op.add("matmul", [x, y], {})
  // A vector is a matrix of one row or one column.
  const left = isRow ? op.reshape(x, [1, ...x.shape]) : x
  const product = op.add("matmul", [left, isColumn ? op.reshape(y, [...y.shape, 1]) : y], {})
  const { shape } = product
  return op.reshape(product, [
    ...shape.slice(0, -2),
    ...(isRow ? [] : shape.slice(-2, -1)),
    ...(isColumn ? [] : shape.slice(-1)),
  ])
}

const gemm: Import = (op) => {
  const [alpha, beta] = [op.float("alpha", 1), op.float("beta", 1)]
  const a = op.node(0)
  const x =
    op.int("transA", 0) === 0
      ? a
      : op.around.batched
        ? op.mixes("it transposes the matrix whose rows are samples")
        : swapLast(op, a)
  const c = op.input(2)
  const b = op.input(1)
  if (b.is !== "constant") {
    if (op.around.batched)
      fail("unsupported-model", "operand 1 depends on the input\na constant matrix is needed there")
    const right = op.int("transB", 0) === 0 ? op.node(1) : swapLast(op, op.node(1))
    const product = affine(op, op.add("matmul", [x, right], {}), scalar(alpha), scalar(0))
    return value(
      c.is === "absent"
        ? product
        : op.add("combine", [product, affine(op, op.node(2), scalar(beta), scalar(0))], { function: "add" }),
    )
  }
  const isTransposed = op.int("transB", 0) !== 0
  const matrix = scaledBy(b.tensor, alpha)
  if (c.is === "absent") return value(dense(op, x, matrix, isTransposed))
  if (c.is === "constant") {
    const outputs = isTransposed ? matrix.shape[0]! : matrix.shape[1]!
    const added = scaledBy(op.around.batched ? op.withoutBatch(c.tensor, 2) : c.tensor, beta)
    if (added.values.length === outputs) {
      return value(dense(op, x, matrix, isTransposed, { ...added, shape: [outputs] }))
    }
    return value(affine(op, dense(op, x, matrix, isTransposed), scalar(1), added))
  }
  const product = dense(op, x, matrix, isTransposed)
  return value(
    op.add("combine", [product, affine(op, op.node(2), scalar(beta), scalar(0))], { function: "add" }),
  )
}

/** The axes of an image operator, after making room for channels when there is no batch axis in the graph. */
const window = (op: Op, x: FloatNode, kernel: Shape): Window => {
  const axes = x.shape.length - 1
  const ones = new Array<number>(axes).fill(1)
  const strides = op.ints("strides") ?? ones
  const dilations = op.ints("dilations") ?? ones
  const pads = op.ints("pads") ?? new Array<number>(2 * axes).fill(0)
  const auto = op.text("auto_pad", "NOTSET")
  const base = { kernel, strides, dilations }
  if (auto === "NOTSET" || auto === "VALID") {
    const [before, after] =
      auto === "VALID" ? [ones.map(() => 0), ones.map(() => 0)] : [pads.slice(0, axes), pads.slice(axes)]
    if (op.int("ceil_mode", 0) === 0) return { ...base, padsBefore: before, padsAfter: after }
    return {
      ...base,
      padsBefore: before,
      padsAfter: after.map((pad, i) => pad + ceilPad(x.shape[i + 1]!, base, i, before[i]! + pad, before[i]!)),
    }
  }
  if (auto !== "SAME_UPPER" && auto !== "SAME_LOWER")
    return fail("unsupported-model", `auto_pad is "${auto}"`)
  const totals = ones.map((_, i) => {
    const extent = x.shape[i + 1]!
    const reach = (kernel[i]! - 1) * dilations[i]! + 1
    return Math.max((Math.ceil(extent / strides[i]!) - 1) * strides[i]! + reach - extent, 0)
  })
  const less = totals.map((total) => Math.floor(total / 2))
  const more = totals.map((total) => Math.ceil(total / 2))
  return {
    ...base,
    padsBefore: auto === "SAME_UPPER" ? less : more,
    padsAfter: auto === "SAME_UPPER" ? more : less,
  }
}

/** What ceil_mode adds behind an axis: room for a last window that starts inside the value or the padding before it. */
const ceilPad = (
  extent: number,
  { kernel, strides, dilations }: Pick<Window, "kernel" | "strides" | "dilations">,
  axis: number,
  pads: number,
  before: number,
): number => {
  const stride = strides[axis]!
  const reach = (kernel[axis]! - 1) * dilations[axis]! + 1
  const rest = (extent + pads - reach) % stride
  if (rest === 0 || extent + pads < reach) return 0
  const start = (Math.floor((extent + pads - reach) / stride) + 1) * stride
  return start >= extent + before ? 0 : stride - rest
}

/** Image operators need samples of [channels, ...spatial]; without a batch axis the first axis must be 1. */
export const image = (op: Op, x: FloatNode): FloatNode => {
  if (op.around.batched) return x
  if (x.shape[0] !== 1)
    return fail("unsupported-model", `the first axis, of extent ${x.shape[0]}, is a batch for this operator`)
  return op.reshape(x, x.shape.slice(1))
}
export const fromImage = (op: Op, x: FloatNode): FloatNode =>
  op.around.batched ? x : op.reshape(x, [1, ...x.shape])

export const convolved = (op: Op, node: FloatNode, weights: Tensor, bias: Tensor | undefined): FloatNode => {
  const x = image(op, node)
  const attributes = { ...window(op, x, weights.shape.slice(2)), weights, groups: op.int("group", 1) }
  return fromImage(op, op.add("conv", [x], bias === undefined ? attributes : { ...attributes, bias }))
}

const pool =
  (by: "max" | "mean"): Import =>
  (op) => {
    const x = image(op, op.node(0))
    const kernel = op.ints("kernel_shape") ?? fail("damaged-model", "the kernel_shape is missing")
    const countPadding = by === "mean" && op.int("count_include_pad", 0) !== 0
    const attributes = window(op, x, kernel)
    const pooled = op.add("pool", [x], { ...attributes, by, countPadding })
    if (!countPadding || op.int("ceil_mode", 0) === 0) return value(fromImage(op, pooled))
    const paddings = declaredAfter(op, attributes)
    return value(
      fromImage(op, affine(op, pooled, wholeToCounted(x.shape.slice(1), attributes, paddings), scalar(0))),
    )
  }

/** The padding behind each axis that a file names, without what rounding up adds. */
const declaredAfter = (op: Op, { kernel, padsAfter }: Window): Shape => {
  const auto = op.text("auto_pad", "NOTSET")
  if (auto === "VALID") return kernel.map(() => 0)
  return auto === "NOTSET" ? (op.ints("pads")?.slice(kernel.length) ?? kernel.map(() => 0)) : padsAfter
}

/**
 * By what a mean over whole windows is multiplied to be one over the elements and the padding that a file names: what
 * rounding up adds behind an axis counts in no window. Of shape [1, ...places].
 */
const wholeToCounted = (spatial: Shape, window: Window, after: Shape): Tensor => {
  const { kernel, strides, dilations, padsBefore } = window
  const places = windowShape(spatial, window)
  const factors = places.map((count, axis) => {
    const end = spatial[axis]! + padsBefore[axis]! + after[axis]!
    return Array.from({ length: count }, (_, place) => {
      const room = Math.ceil((end - place * strides[axis]!) / dilations[axis]!)
      return kernel[axis]! / Math.min(kernel[axis]!, room)
    })
  })
  const values = factors.reduce((product, own) => product.flatMap((a) => own.map((b) => a * b)), [1])
  return tensor([1, ...places], values)
}

const globalPool =
  (by: "max" | "mean"): Import =>
  (op) => {
    const x = image(op, op.node(0))
    const kernel = x.shape.slice(1)
    const [ones, zeros] = [kernel.map(() => 1), kernel.map(() => 0)]
    const attributes = {
      kernel,
      strides: ones,
      dilations: ones,
      padsBefore: zeros,
      padsAfter: zeros,
      by,
      countPadding: false,
    }
    return value(fromImage(op, op.add("pool", [x], attributes)))
  }

// y = scale * (x - mean) / sqrt(variance + epsilon) + bias, channel by channel
const batchNorm: Import = (op) => {
  if (op.int("training_mode", 0) !== 0)
    fail("unsupported-model", "it is exported in training mode\ncall model.eval() before the export")
  const x = image(op, op.node(0))
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((i) => op.constant(i).values)
  const epsilon = op.float("epsilon", 1e-5)
  const shape = [gamma!.length, ...x.shape.slice(1).map(() => 1)]
  const scale = gamma!.map((g, c) => g / Math.sqrt(variance![c]! + epsilon))
  const shift = beta!.map((b, c) => b - mean![c]! * scale[c]!)
  return value(
    fromImage(op, op.add("affine", [x], { scale: tensor(shape, scale), shift: tensor(shape, shift) })),
  )
}

export const neuralOperators: ImportTable = {
  AveragePool: pool("mean"),
  BatchNormalization: batchNorm,
  Conv: (op) => value(convolved(op, op.node(0), op.constant(1), op.maybeConstant(2))),
  Gemm: gemm,
  GlobalAveragePool: globalPool("mean"),
  GlobalMaxPool: globalPool("max"),
  MatMul: (op) => value(multiplied(op, op.input(0), op.input(1))),
  MaxPool: pool("max"),
}
