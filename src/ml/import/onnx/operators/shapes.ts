import { printShape, sizeOf } from "../../../../data/index.ts"
import { fail } from "../../../fail.ts"
import { checkShape } from "../../../graph/graph.ts"
import { generate, type Shape, scalar, vector } from "../../../graph/tensor.ts"
import { constant, type Import, type ImportTable, type Op, value } from "../onnx-op.ts"
import { BOOL, FLOAT, INT64, readTensor } from "../tensor-data.ts"

/** The shape ONNX sees of operand 0; NaN is the size of the batch. */
const onnxShape = (op: Op): number[] => {
  const entry = op.input(0)
  if (entry.is === "constant") return [...entry.tensor.shape]
  const { shape } = op.node(0)
  return op.around.batched ? [Number.NaN, ...shape] : [...shape]
}

/** Fills in the one extent that may be -1. */
const infer = (shape: readonly number[], size: number): number[] => {
  const at = shape.indexOf(-1)
  if (at < 0) return [...shape]
  const known = sizeOf(shape.filter((_, i) => i !== at))
  if (known <= 0 || size % known !== 0)
    return fail("damaged-model", `${size} elements do not fit shape ${printShape(shape)}`)
  return shape.with(at, size / known)
}

const reshape: Import = (op) => {
  const entry = op.input(0)
  if (entry.is === "labels" || entry.is === "strings") return entry
  const x = op.node(0)
  const from = onnxShape(op)
  const target = Array.from(op.constant(1).values)
  const copied = op.int("allowzero", 0) === 0 ? target.map((n, i) => (n === 0 ? (from[i] ?? 0) : n)) : target
  if (!op.around.batched) return value(op.reshape(x, infer(copied, sizeOf(x.shape))))
  const [batch, ...rest] = copied
  const keeps = batch === -1 || Number.isNaN(batch) || batch === op.around.fixedBatch || batch === 1
  if (batch === undefined || !keeps || rest.some(Number.isNaN)) return op.mixesShape(x, target)
  const shape = infer(rest, sizeOf(x.shape))
  if (sizeOf(shape) !== sizeOf(x.shape)) op.mixesShape(x, target)
  return value(op.reshape(x, shape))
}

const flatten: Import = (op) => {
  const x = op.node(0)
  const rank = op.rank(x)
  const axis = op.int("axis", 1)
  const whole = axis < 0 ? axis + rank : axis
  if (!op.around.batched) {
    return value(op.reshape(x, [sizeOf(x.shape.slice(0, whole)), sizeOf(x.shape.slice(whole))]))
  }
  if (whole < 1 || sizeOf(x.shape.slice(0, whole - 1)) !== 1)
    return op.mixes(`it flattens ${printShape(x.shape)} of each sample from axis ${whole} on`)
  return value(op.reshape(x, [sizeOf(x.shape)]))
}

const squeeze: Import = (op) => {
  const entry = op.input(0)
  if (entry.is === "labels") return entry
  const x = op.node(0)
  const given = op.list("axes", 1)
  const axes =
    given === undefined ? [...x.shape.keys()].filter((i) => x.shape[i] === 1) : op.axes(given, op.rank(x))
  for (const axis of axes)
    if (x.shape[axis] !== 1) fail("damaged-model", `axis of extent ${x.shape[axis]} cannot be squeezed`)
  return value(
    op.reshape(
      x,
      x.shape.filter((_, i) => !axes.includes(i)),
    ),
  )
}

const unsqueeze: Import = (op) => {
  const x = op.node(0)
  const given = op.list("axes", 1) ?? fail("damaged-model", "operand 1, the axes, is missing")
  const axes = op.axes(given, op.rank(x) + given.length)
  const shape = [...x.shape]
  for (const axis of axes.toSorted((a, b) => a - b)) shape.splice(axis, 0, 1)
  return value(op.reshape(x, shape))
}

const shapeOf: Import = (op) => {
  const shape = onnxShape(op)
  const end = op.has("end") ? op.int("end", 0) : shape.length
  return constant(vector(shape.slice(op.int("start", 0), end)), INT64)
}

const constantOf: Import = (op) => {
  const sparse = op.attribute("sparse_value")
  if (sparse !== undefined) return fail("unsupported-model", "sparse tensors are not imported")
  const proto = op.attribute("value")?.t
  if (proto !== undefined) {
    if (proto.dataType === 8) return { is: "strings", values: op.texts("value_strings") ?? [] }
    return constant(readTensor(proto), proto.dataType)
  }
  const texts = op.texts("value_strings")
  if (texts !== undefined || op.has("value_string"))
    return { is: "strings", values: texts ?? [op.text("value_string", "")] }
  if (op.has("value_float")) return constant(scalar(op.float("value_float", 0)), FLOAT)
  if (op.has("value_int")) return constant(scalar(op.int("value_int", 0)), INT64)
  if (op.has("value_ints")) return constant(vector(op.ints("value_ints") ?? []), INT64)
  return constant(vector(op.floats("value_floats") ?? []), FLOAT)
}

const extents = (op: Op, i: number): Shape => {
  // A constant for every row of the batch has one row that stands for all.
  const shape = Array.from(op.constant(i).values, (n, axis) => (axis === 0 && Number.isNaN(n) ? 1 : n))
  checkShape(shape)
  return shape
}

const constantOfShape: Import = (op) => {
  const shape = extents(op, 0)
  const fill = op.tensor("value")?.values[0] ?? 0
  return constant(
    { shape, values: new Float64Array(sizeOf(shape)).fill(fill) },
    op.attribute("value")?.t?.dataType ?? FLOAT,
  )
}

const range: Import = (op) => {
  const [start, limit, step] = [0, 1, 2].map((i) => op.constant(i).values[0] ?? Number.NaN)
  const length = Math.max(0, Math.ceil((limit! - start!) / step!))
  checkShape([length])
  return constant(vector(generate(length, (i) => start! + i * step!)), op.typeOf(0))
}

const dropout: Import = (op) => {
  const ratio = op.maybeConstant(1)?.values[0] ?? op.float("ratio", 0.5)
  if (op.maybeConstant(2)?.values[0] && ratio !== 0)
    return fail("unsupported-model", "it is exported in training mode\ncall model.eval() before the export")
  const x = op.input(0)
  const shape = x.is === "value" ? x.node.shape : op.constant(0).shape
  // The mask of what is kept, which is all of it.
  return [x, constant({ shape, values: new Float64Array(sizeOf(shape)).fill(1) }, BOOL)]
}

export const shapeOperators: ImportTable = {
  Constant: constantOf,
  ConstantOfShape: constantOfShape,
  Dropout: dropout,
  Flatten: flatten,
  Identity: (op) => op.input(0),
  Range: range,
  Reshape: reshape,
  Shape: shapeOf,
  Size: (op) => constant(scalar(sizeOf(onnxShape(op))), INT64),
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
}

/** These look at shapes and constants alone: they are not folded. */
export const unfolded: ReadonlySet<string> = new Set([
  "Constant",
  "ConstantOfShape",
  "Dropout",
  "Identity",
  "Range",
  "Shape",
  "Size",
  "EyeLike",
])
