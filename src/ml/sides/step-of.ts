import { type PerColumn, sizeOf } from "../../data/index.ts"
import { broadcastIndices } from "../../ir/index.ts"
import type { FloatNode, NodeOf } from "../graph/graph.ts"
import { kindOf } from "../graph/kinds/index.ts"
import { generate, type Shape, type Tensor } from "../graph/tensor.ts"
import { windowIndices } from "../graph/windows.ts"
import type { StepList } from "./step-list.ts"

/** Adds what a node does to the vectors of its operands, flat and in row-major order; gives the number of the result. */
type Translate = (list: StepList, node: FloatNode, operands: readonly number[]) => number

/** Whether clients can compute a node at all, whatever its weights are. */
export const hasSteps = (node: FloatNode): boolean => {
  switch (node.kind) {
    case "dense":
      return node.shape.slice(0, -1).every((n) => n === 1)
    case "pool":
      // Means of windows that lack elements divide by counts of their own, after a rounding that the model does not do.
      return node.attributes.by === "max" || node.attributes.countPadding || isWhole(node.attributes)
    default:
      return node.kind in translations
  }
}

const isWhole = ({ padsBefore, padsAfter }: NodeOf<"pool">["attributes"]): boolean =>
  [...padsBefore, ...padsAfter].every((n) => n === 0)

/** Adds the steps of a node of which `hasSteps` holds. */
export const addSteps: Translate = (list, node, operands) =>
  (translations[node.kind] as Translate)(list, node, operands)

const translation = <K extends FloatNode["kind"]>(
  translate: (list: StepList, node: NodeOf<K>, operands: readonly number[]) => number,
): Translate => translate as Translate

/** A node that only moves elements, run on their places. */
const moved: Translate = (list, node, [x]) => {
  const [operand] = node.operands as [FloatNode]
  const places = { shape: operand.shape, values: generate(sizeOf(operand.shape), (i) => i) }
  const columns = kindOf(node.kind).evaluate([places], node.attributes as never, node.shape)
  return list.pick(x!, sizeOf(operand.shape), columns)
}

/** A constant for each element of a value, or one for all. */
const spread = ({ shape, values }: Tensor, to: Shape): PerColumn =>
  values.length === 1 ? Array.from(values) : Array.from(broadcastIndices(shape, to), (i) => values[i]!)

/** An operand broadcast to the shape of the result; a single number stands for all. */
const broadcast = (list: StepList, { shape }: FloatNode, vector: number, to: Shape): number =>
  sizeOf(shape) === 1 ? vector : list.pick(vector, sizeOf(shape), broadcastIndices(shape, to))

const elementwise: Translate = (list, node, operands) => {
  const vectors = operands.map((vector, i) => broadcast(list, node.operands[i]!, vector, node.shape))
  return node.kind === "combine"
    ? list.add({ kind: "zip", function: node.attributes.function }, ...vectors)
    : list.add({ kind: "select" }, ...vectors)
}

/** The elements of lines along axes, one line after the other, and how many a line has. */
const lined = (list: StepList, { shape }: FloatNode, vector: number, axes: readonly number[]) => {
  const kept = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]))
  const order = [...kept, ...shape.flatMap((_, axis) => (axes.includes(axis) ? [axis] : []))]
  const places = { shape, values: generate(sizeOf(shape), (i) => i) }
  const turned = order.map((axis) => shape[axis]!)
  const columns = kindOf("transpose").evaluate([places], { order }, turned)
  const length = axes.reduce((product, axis) => product * shape[axis]!, 1)
  return { lines: list.pick(vector, columns.length, columns), columns, length }
}

/** Lines along one axis become lines of the same length. */
const alongAxis = (
  list: StepList,
  operand: FloatNode,
  vector: number,
  axis: number,
  step: Parameters<StepList["add"]>[0],
): number => {
  const { lines, columns, length } = lined(list, operand, vector, [axis])
  const made = list.add({ ...step, ...withLength(length, sizeOf(operand.shape)) }, lines)
  const back = new Int32Array(columns.length)
  columns.forEach((column, i) => {
    back[column] = i
  })
  return list.pick(made, columns.length, back)
}

const withLength = (length: number, size: number) => (length === size ? {} : { length })

const pooled = translation<"pool">((list, node, [x]) => {
  const { by, countPadding: _, ...window } = node.attributes
  const [operand] = node.operands as [FloatNode]
  const spatial = operand.shape.slice(1)
  const indices = windowIndices(spatial, window)
  const [area, taps] = [sizeOf(spatial), sizeOf(window.kernel)]
  const channels = Array.from({ length: node.shape[0]! }, (_, channel) => channel)
  const columns = channels.flatMap((channel) =>
    Array.from(indices, (index) => (index < 0 ? -1 : channel * area + index)),
  )
  const windows = list.pick(x!, sizeOf(operand.shape), columns, by === "max" ? -Infinity : 0)
  return list.add({ kind: "fold", by, length: taps }, windows)
})

const translations: Readonly<Partial<Record<FloatNode["kind"], Translate>>> = {
  constant: translation<"constant">((list, { attributes: { tensor } }) =>
    list.add({ kind: "constant", values: Array.from(tensor.values) }),
  ),
  reshape: (_, __, [x]) => x!,
  transpose: moved,
  pick: translation<"pick">((list, { attributes, operands }, [x]) =>
    list.pick(x!, sizeOf(operands[0]!.shape), attributes.indices, attributes.fill),
  ),
  concat: translation<"concat">((list, node, operands) => {
    const joined = list.add({ kind: "concat" }, ...operands)
    let start = 0
    const places = node.operands.map(({ shape }) => {
      start += sizeOf(shape)
      return { shape, values: generate(sizeOf(shape), (i) => start - sizeOf(shape) + i) }
    })
    const columns = kindOf("concat").evaluate(places, node.attributes, node.shape)
    return list.pick(joined, start, columns)
  }),
  affine: translation<"affine">((list, { attributes: { scale, shift, divisor }, shape }, [x]) =>
    list.add(
      {
        kind: "affine",
        scale: spread(scale, shape),
        offset: spread(shift, shape),
        ...(divisor && { divisor: spread(divisor, shape) }),
      },
      x!,
    ),
  ),
  dense: translation<"dense">((list, { attributes: { weights, bias } }, [x]) => {
    const [outputs, inputs] = weights.shape as [number, number]
    const rows = Array.from({ length: outputs }, (_, o) =>
      Array.from(weights.values.subarray(o * inputs, (o + 1) * inputs)),
    )
    return list.add({ kind: "matrix", rows, offset: bias === undefined ? [0] : Array.from(bias.values) }, x!)
  }),
  pool: pooled,
  activation: translation<"activation">((list, { attributes }, [x]) => {
    const { parameters } = attributes
    const given = Object.keys(parameters).length > 0 && { parameters }
    return list.add({ kind: "map", function: attributes.function, ...given }, x!)
  }),
  combine: elementwise,
  select: elementwise,
  reduce: translation<"reduce">((list, { attributes, operands }, [x]) => {
    const { lines, length } = lined(list, operands[0]!, x!, attributes.axes)
    return list.add(
      { kind: "fold", by: attributes.by, ...withLength(length, sizeOf(operands[0]!.shape)) },
      lines,
    )
  }),
  argument: translation<"argument">((list, { attributes, operands }, [x]) => {
    const { lines, length } = lined(list, operands[0]!, x!, [attributes.axis])
    return list.add(
      { kind: "argument", by: attributes.of, ...withLength(length, sizeOf(operands[0]!.shape)) },
      lines,
    )
  }),
  softmax: translation<"softmax">((list, { attributes, operands }, [x]) =>
    alongAxis(list, operands[0]!, x!, attributes.axis, {
      kind: "line",
      function: attributes.log ? "logSoftmax" : "softmax",
    }),
  ),
  normalize: translation<"normalize">((list, { attributes, operands }, [x]) =>
    alongAxis(list, operands[0]!, x!, attributes.axis, { kind: "normalize", by: attributes.by }),
  ),
  oneHot: translation<"oneHot">((list, { attributes }, [x]) =>
    list.add(
      {
        kind: "oneHot",
        categories: attributes.categories.map((one) => Array.from(one)),
        ...(attributes.strict && { strict: true }),
      },
      x!,
    ),
  ),
  lookup: translation<"lookup">((list, { attributes: { keys, values, otherwise, strict } }, [x]) =>
    list.add(
      {
        kind: "lookup",
        keys: Array.from(keys),
        values: Array.from(values),
        otherwise,
        ...(strict && { strict: true }),
      },
      x!,
    ),
  ),
}
