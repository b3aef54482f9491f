import { printShape, sizeOf } from "../../../../data/index.ts"
import { rowStrides } from "../../../../ir/index.ts"
import { fail } from "../../../fail.ts"
import type { FloatNode } from "../../../graph/graph.ts"
import { generate, type Shape, type Tensor, tensor } from "../../../graph/tensor.ts"
import { constant, type Import, type ImportTable, type Op, value } from "../onnx-op.ts"
import { FLOAT } from "../tensor-data.ts"

/** The coordinates of each element of a shape, in row-major order. */
const coordinates = (shape: Shape): number[][] => {
  const strides = rowStrides(shape)
  return Array.from({ length: sizeOf(shape) }, (_, i) =>
    shape.map((n, axis) => Math.floor(i / strides[axis]!) % n),
  )
}

const flatIndex = (at: readonly number[], shape: Shape): number =>
  at.reduce((index, place, axis) => index * shape[axis]! + place, 0)

/** An index into an axis; negative ones count from its end. */
const place = (index: number, extent: number): number => {
  const at = index < 0 ? index + extent : index
  return Number.isInteger(at) && at >= 0 && at < extent
    ? at
    : fail("unsupported-model", `index ${index} is outside the extent ${extent}`)
}

/** Constant indices that meet a value, without the axis of the batch. */
const indicesOf = (op: Op, i: number, x: FloatNode): Tensor => op.withoutBatch(op.constant(i), op.rank(x))

const gatherElements: Import = (op) => {
  const x = op.node(0)
  const axis = op.axis(op.int("axis", 0), op.rank(x))
  const { shape, values } = indicesOf(op, 1, x)
  const taken = coordinates(shape).map((at, i) =>
    flatIndex(at.with(axis, place(values[i]!, x.shape[axis]!)), x.shape),
  )
  return value(op.pick(x, shape, () => Int32Array.from(taken)))
}

const gatherNd: Import = (op) => {
  const x = op.node(0)
  const given = op.constant(1)
  const shared = op.int("batch_dims", 0)
  if (op.around.batched)
    fail(
      "unsupported-model",
      "its indices name rows of the batch\nuse Gather along another axis than the first",
    )
  const depth = given.shape.at(-1) ?? 0
  const outer = given.shape.slice(0, -1)
  const rest = x.shape.slice(shared + depth)
  const inner = coordinates(rest)
  const taken = coordinates(outer).flatMap((at, i) => {
    const start = Array.from(given.values.subarray(i * depth, (i + 1) * depth), (index, k) =>
      place(index, x.shape[shared + k]!),
    )
    return inner.map((end) => flatIndex([...at.slice(0, shared), ...start, ...end], x.shape))
  })
  return value(op.pick(x, [...outer, ...rest], () => Int32Array.from(taken)))
}

/** x with elements of another value at some places: each place is an index into x. */
const replaced = (op: Op, x: FloatNode, places: readonly number[], updates: FloatNode): FloatNode => {
  if (op.text("reduction", "none") !== "none")
    fail(
      "unsupported-model",
      `reduction "${op.text("reduction", "none")}" is not imported\nuse Add and Where`,
    )
  const indices = Int32Array.from({ length: sizeOf(x.shape) }, (_, i) => i)
  places.forEach((at, i) => {
    indices[at] = sizeOf(x.shape) + i
  })
  const both = op.add("concat", [op.reshape(x, [sizeOf(x.shape)]), op.reshape(updates, [places.length])], {
    axis: 0,
  })
  return op.pick(both, x.shape, () => indices)
}

const scatterElements: Import = (op) => {
  const x = op.node(0, op.input(2).is === "value" ? op.rank(op.node(2)) : undefined)
  const axis = op.axis(op.int("axis", 0), op.rank(x))
  const { shape, values } = indicesOf(op, 1, x)
  const places = coordinates(shape).map((at, i) =>
    flatIndex(at.with(axis, place(values[i]!, x.shape[axis]!)), x.shape),
  )
  return value(replaced(op, x, places, op.node(2, op.rank(x))))
}

const scatterNd: Import = (op) => {
  if (op.around.batched)
    fail("unsupported-model", "its indices name rows of the batch\nuse Where with a constant mask")
  const x = op.node(0)
  const { shape, values } = op.constant(1)
  const depth = shape.at(-1) ?? 0
  const inner = coordinates(x.shape.slice(depth))
  const places = Array.from({ length: sizeOf(shape.slice(0, -1)) }, (_, i) => {
    const start = Array.from(values.subarray(i * depth, (i + 1) * depth), (index, k) =>
      place(index, x.shape[k]!),
    )
    return inner.map((end) => flatIndex([...start, ...end], x.shape))
  }).flat()
  return value(replaced(op, x, places, op.node(2)))
}

const compress: Import = (op) => {
  const x = op.node(0)
  const kept = Array.from(op.constant(1).values).flatMap((keep, i) => (keep === 0 ? [] : [i]))
  if (!op.has("axis") && op.around.batched)
    fail("unsupported-model", "it picks from all rows of the batch at once\ngive it an axis")
  const flat = op.has("axis") ? x : op.reshape(x, [sizeOf(x.shape)])
  const axis = op.has("axis") ? op.axis(op.int("axis", 0), op.rank(x)) : 0
  const shape = flat.shape.with(axis, kept.length)
  const taken = coordinates(shape).map((at) =>
    flatIndex(at.with(axis, place(kept[at[axis]!]!, flat.shape[axis]!)), flat.shape),
  )
  return value(op.pick(flat, shape, () => Int32Array.from(taken)))
}

const trilu: Import = (op) => {
  const x = op.node(0)
  if (x.shape.length < 2)
    return fail(
      "unsupported-model",
      `a value with ${x.shape.length} axes for each sample has no triangle\ntwo axes are needed`,
    )
  const k = op.maybeConstant(1)?.values[0] ?? 0
  const isUpper = op.int("upper", 1) !== 0
  const indices = coordinates(x.shape).map((at, i) => {
    const above = at.at(-1)! - at.at(-2)!
    return (isUpper ? above >= k : above <= k) ? i : -1
  })
  return value(op.pick(x, x.shape, () => Int32Array.from(indices)))
}

/** A constant matrix of shape [results, elements] times the elements along one axis. */
export const alongAxis = (op: Op, x: FloatNode, axis: number, weights: Tensor): FloatNode => {
  const last = x.shape.length - 1
  if (axis === last) return op.add("dense", [x], { weights })
  const order = [...x.shape.keys()].with(axis, last).with(last, axis)
  const product = op.add("dense", [op.add("transpose", [x], { order })], { weights })
  return op.add("transpose", [product], { order })
}

const cumulative: Import = (op) => {
  const x = op.node(0)
  const axis = op.axis(op.constant(1).values[0] ?? 0, op.rank(x))
  const n = x.shape[axis]!
  const [isExclusive, isReverse] = [op.int("exclusive", 0) !== 0, op.int("reverse", 0) !== 0]
  const counts = (row: number, column: number): boolean => {
    const behind = isReverse ? column - row : row - column
    return isExclusive ? behind > 0 : behind >= 0
  }
  const weights = tensor(
    [n, n],
    generate(n * n, (i) => Number(counts(Math.floor(i / n), i % n))),
  )
  return value(alongAxis(op, x, axis, weights))
}

const eyeLike: Import = (op) => {
  const entry = op.input(0)
  const shape = entry.is === "constant" ? entry.tensor.shape : op.node(0).shape
  if (shape.length !== 2 || op.around.batched)
    return fail("unsupported-model", `a matrix is needed, not a value of shape ${printShape(shape)}`)
  const k = op.int("k", 0)
  const [rows, columns] = shape as [number, number]
  const values = generate(rows * columns, (i) => Number((i % columns) - Math.floor(i / columns) === k))
  return constant(tensor(shape, values), op.int("dtype", op.typeOf(0) ?? FLOAT))
}

/** Elements at constant places, by index, coordinates or mask; triangles and running sums. */
export const indexingOperators: ImportTable = {
  Compress: compress,
  CumSum: cumulative,
  EyeLike: eyeLike,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: scatterNd,
  Trilu: trilu,
}
