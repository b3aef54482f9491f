import { printShape, sizeOf } from "../../../../data/index.ts"
import { broadcastShapes, rowStrides } from "../../../../ir/index.ts"
import { fail } from "../../../fail.ts"
import { checkShape, type FloatNode } from "../../../graph/graph.ts"
import { type Shape, scalar, tensor } from "../../../graph/tensor.ts"
import { type Import, type ImportTable, type Op, value } from "../onnx-op.ts"
import { affine } from "./elementwise.ts"

/** x read along each axis at a list of places, -1 for `fill`. */
export const readAt = (op: Op, x: FloatNode, places: readonly ArrayLike<number>[], fill = 0): FloatNode => {
  const shape = places.map(({ length }) => length)
  const strides = rowStrides(x.shape)
  return op.pick(
    x,
    shape,
    () => {
      let indices = Int32Array.of(0)
      for (const [axis, list] of places.entries()) {
        const next = new Int32Array(indices.length * list.length)
        for (let i = 0, at = 0; i < indices.length; i++) {
          for (let j = 0; j < list.length; j++) {
            next[at++] = indices[i]! < 0 || list[j]! < 0 ? -1 : indices[i]! + list[j]! * strides[axis]!
          }
        }
        indices = next
      }
      return indices
    },
    fill,
  )
}

const all = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i)
const everywhere = (x: FloatNode): ArrayLike<number>[] => x.shape.map(all)

/** x from behind along an axis. */
export const flipped = (op: Op, x: FloatNode, axis: number): FloatNode =>
  readAt(op, x, everywhere(x).with(axis, all(x.shape[axis]!).reverse()))

const transpose: Import = (op) => {
  const x = op.node(0)
  const rank = op.rank(x)
  const order = op.ints("perm") ?? Array.from({ length: rank }, (_, i) => rank - 1 - i)
  if (op.around.batched && order[0] !== 0) return op.mixes(`it moves axis 0 to axis ${order.indexOf(0)}`)
  const sample = op.around.batched ? order.slice(1).map((axis) => axis - 1) : order
  return value(op.add("transpose", [x], { order: sample }))
}

const concat: Import = (op) => {
  const given = op.inputs.find((entry) => entry.is === "value")
  const rank = given?.is === "value" ? op.rank(given.node) : undefined
  const operands = op.inputs.map((_, i) => op.node(i, rank))
  return value(
    op.add("concat", operands, { axis: op.axis(op.int("axis", 0), rank ?? op.rank(operands[0]!)) }),
  )
}

/** The places start, start + step ... before end, by the clamping rules of ONNX and numpy. */
const slicePlaces = (extent: number, start: number, end: number, step: number): Int32Array => {
  if (!Number.isInteger(step) || step === 0) fail("unsupported-model", `a slice has step ${step}`)
  const [low, high] = step > 0 ? [0, extent] : [-1, extent - 1]
  const clamp = (i: number): number => Math.min(Math.max(i < 0 ? i + extent : i, low), high)
  const [first, last] = [clamp(start), clamp(end)]
  const length = Math.max(0, Math.ceil((last - first) / step))
  return Int32Array.from({ length: Number.isFinite(length) ? length : 0 }, (_, i) => first + i * step)
}

const slice: Import = (op) => {
  const x = op.node(0)
  const starts = op.list("starts", 1) ?? fail("damaged-model", "operand 1, the starts, is missing")
  const ends = op.list("ends", 2) ?? fail("damaged-model", "operand 2, the ends, is missing")
  const axes = op.axes(op.list("axes", 3) ?? starts.map((_, i) => i), op.rank(x))
  const steps = op.list("steps", 4) ?? starts.map(() => 1)
  const places = everywhere(x)
  axes.forEach((axis, i) => {
    places[axis] = slicePlaces(x.shape[axis]!, starts[i]!, ends[i] ?? 0, steps[i] ?? 1)
  })
  return value(readAt(op, x, places))
}

const split: Import = (op) => {
  const x = op.node(0)
  const axis = op.axis(op.int("axis", 0), op.rank(x))
  const extent = x.shape[axis]!
  const count = op.int("num_outputs", op.proto.output.length)
  const even = Math.ceil(extent / count)
  const sizes =
    op.list("split", 1) ?? Array.from({ length: count }, (_, i) => Math.min(even, extent - i * even))
  if (sizes.reduce((a, b) => a + b, 0) !== extent || sizes.some((n) => n < 0)) {
    return fail("damaged-model", `the parts ${printShape(sizes)} do not add up to the extent ${extent}`)
  }
  let start = 0
  return sizes.map((size) => {
    const first = start
    start += size
    return value(
      readAt(
        op,
        x,
        everywhere(x).with(
          axis,
          Int32Array.from({ length: size }, (_, i) => first + i),
        ),
      ),
    )
  })
}

const gather: Import = (op) => {
  if (op.input(0).is === "constant" && op.input(1).is === "value") return embedding(op)
  const x = op.node(0)
  const axis = op.axis(op.int("axis", 0), op.rank(x))
  const indices = op.constant(1)
  const extent = x.shape[axis]!
  const places = Array.from(indices.values, (i) => (i < 0 ? i + extent : i))
  if (places.some((i) => !(Number.isInteger(i) && i >= 0 && i < extent)))
    fail("damaged-model", `an index is outside the extent ${extent}`)
  const picked = readAt(op, x, everywhere(x).with(axis, places))
  return value(op.reshape(picked, [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)]))
}

/** Rows of a constant table at secret indices: one-hot vectors times the table. */
const embedding = (op: Op): ReturnType<Import> => {
  const [table, index] = [op.constant(0), op.node(1)]
  if (op.int("axis", 0) !== 0 || table.shape.length === 0)
    return fail("unsupported-model", "a constant is gathered along an axis other than 0")
  const [rows, ...rest] = table.shape as [number, ...number[]]
  const width = sizeOf(rest)
  const hot = oneHot(op, index, all(rows), true)
  const weights = tensor(
    [width, rows],
    Float64Array.from(
      { length: width * rows },
      (_, i) => table.values[(i % rows) * width + Math.floor(i / rows)]!,
    ),
  )
  return value(op.reshape(op.add("dense", [hot], { weights }), [...index.shape, ...rest]))
}

/** [...shape] of integers to [...shape, categories] of 0 and 1. */
const oneHot = (op: Op, x: FloatNode, categories: ArrayLike<number>, strict = false): FloatNode => {
  const size = sizeOf(x.shape)
  checkShape([...x.shape, categories.length])
  const list = Float64Array.from(categories)
  const hot = op.add("oneHot", [op.reshape(x, [size])], {
    categories: Array.from({ length: size }, () => list),
    strict,
  })
  return op.reshape(hot, [...x.shape, list.length])
}

const oneHotOperator: Import = (op) => {
  const x = op.node(0)
  const depth = op.constant(1).values[0] ?? 0
  const [off, on] = op.constant(2).values
  checkShape([depth])
  // Indices from -depth on count from the end.
  const places = all(depth)
  const either = [
    oneHot(op, x, places),
    oneHot(
      op,
      x,
      places.map((i) => i - depth),
    ),
  ]
  const hot = affine(op, op.add("combine", either, { function: "add" }), scalar(on! - off!), scalar(off!))
  const axis = op.axis(op.int("axis", -1), op.rank(x) + 1)
  const order = [...x.shape.keys()].toSpliced(axis, 0, x.shape.length)
  return value(axis === x.shape.length ? hot : op.add("transpose", [hot], { order }))
}

const expand: Import = (op) => {
  const x = op.node(0)
  let target: Shape = Array.from(op.constant(1).values)
  // A constant for every row of the batch has one row that stands for all.
  if (!op.around.batched && Number.isNaN(target[0])) target = [1, ...target.slice(1)]
  if (op.around.batched) {
    const rank = op.rank(x)
    if (target.length > rank) return op.mixesShape(x, target)
    if (target.length === rank) {
      if (target[0] !== 1 && !Number.isNaN(target[0]) && target[0] !== op.around.fixedBatch)
        op.mixesShape(x, target)
      target = target.slice(1)
    }
  }
  return value(op.broadcast(x, broadcastShapes(x.shape, target)))
}

const tile: Import = (op) => {
  const x = op.node(0)
  const repeats = Array.from(op.constant(1).values)
  if (op.around.batched && repeats.shift() !== 1) return op.mixes("it repeats along axis 0")
  checkShape(x.shape.map((n, axis) => n * (repeats[axis] ?? Number.NaN)))
  return value(
    readAt(
      op,
      x,
      x.shape.map((n, axis) => Int32Array.from({ length: n * repeats[axis]! }, (_, i) => i % n)),
    ),
  )
}

const padPlace: Readonly<Record<string, (i: number, n: number) => number>> = {
  constant: (i, n) => (i < 0 || i >= n ? -1 : i),
  edge: (i, n) => Math.min(Math.max(i, 0), n - 1),
  reflect: (i, n) => {
    const period = Math.max(2 * (n - 1), 1)
    const at = ((i % period) + period) % period
    return at < n ? at : period - at
  },
  wrap: (i, n) => ((i % n) + n) % n,
}

const pad: Import = (op) => {
  const x = op.node(0)
  const rank = op.rank(x)
  const mode = op.text("mode", "constant")
  const place = padPlace[mode] ?? fail("unsupported-model", `mode "${mode}" is not imported`)
  const pads = op.list("pads", 1) ?? fail("damaged-model", "operand 1, the pads, is missing")
  const given = op.maybeConstant(3)
  const axes = given === undefined ? Array.from({ length: rank }, (_, i) => i) : Array.from(given.values)
  if (pads.length !== 2 * axes.length)
    fail("damaged-model", `${pads.length} pads do not fit ${axes.length} axes`)
  const fill = op.has("value") ? op.float("value", 0) : (op.maybeConstant(2)?.values[0] ?? 0)
  const places = everywhere(x)
  axes.forEach((axis, i) => {
    const [before, after] = [pads[i]!, pads[i + axes.length]!]
    if (before === 0 && after === 0) return
    const at = op.axis(axis, rank)
    const n = x.shape[at]!
    checkShape([n + before + after])
    places[at] = Int32Array.from({ length: n + before + after }, (_, j) => place(j - before, n))
  })
  return value(readAt(op, x, places, fill))
}

/** Reshape, transpose, reshape over [channels, height, width]. */
const blocks =
  (
    split: (c: number, h: number, w: number, b: number) => Shape,
    order: readonly number[],
    join: (s: Shape) => Shape,
  ): Import =>
  (op) => {
    const x = op.node(0)
    const b = op.int("blocksize", 0)
    const [c, h, w] = x.shape
    if (op.proto.opType === "SpaceToDepth" && op.text("mode", "DCR") !== "DCR")
      fail("unsupported-model", "only mode DCR is imported")
    if (!op.around.batched || x.shape.length !== 3 || b < 1)
      return fail("unsupported-model", "a batch of [channels, height, width] is needed")
    const moved = op.add("transpose", [op.reshape(x, split(c!, h!, w!, b))], { order })
    return value(op.reshape(moved, join(moved.shape)))
  }

const merge = ([a, b, c, d, e]: Shape): Shape => [a!, b! * c!, d! * e!]

export const movementOperators: ImportTable = {
  Concat: concat,
  DepthToSpace: (op) =>
    op.text("mode", "DCR") === "DCR"
      ? blocks((c, h, w, b) => [b, b, c / (b * b), h, w], [2, 3, 0, 4, 1], merge)(op)
      : blocks((c, h, w, b) => [c / (b * b), b, b, h, w], [0, 3, 1, 4, 2], merge)(op),
  Expand: expand,
  Gather: gather,
  OneHot: oneHotOperator,
  Pad: pad,
  Slice: slice,
  SpaceToDepth: blocks(
    (c, h, w, b) => [c, h / b, b, w / b, b],
    [2, 4, 0, 1, 3],
    ([b1, b2, c, h, w]) => [b1! * b2! * c!, h!, w!],
  ),
  Split: split,
  Tile: tile,
  Transpose: transpose,
}
