import { type FoldName, sizeOf } from "../../../../data/index.ts"
import type { FloatNode } from "../../../graph/graph.ts"
import { scalar } from "../../../graph/tensor.ts"
import { type Import, type ImportTable, value } from "../onnx-op.ts"
import { affine } from "./elementwise.ts"
import { flipped } from "./movement.ts"

const reduce =
  (by: FoldName): Import =>
  (op) => {
    const x = op.node(0)
    const given = op.list("axes", 1)
    if (given === undefined || given.length === 0) {
      if (op.int("noop_with_empty_axes", 0) !== 0) return value(x)
      if (op.around.batched) return op.mixes("it reduces over all axes")
    }
    const axes = given?.length ? op.axes(given, op.rank(x)) : [...x.shape.keys()]
    return value(op.add("reduce", [x], { by, axes, keep: op.int("keepdims", 1) !== 0 }))
  }

const softmax =
  (log: boolean): Import =>
  (op) => {
    const x = op.node(0)
    const old = op.around.opset("") < 13
    const axis = op.axis(op.int("axis", old ? 1 : -1), op.rank(x))
    if (!old) return value(op.add("softmax", [x], { axis, log }))
    // Before opset 13 it worked on the axis and all after it at once.
    const outer = x.shape.slice(0, axis)
    const flat = op.reshape(x, [...outer, sizeOf(x.shape.slice(axis))])
    return value(op.reshape(op.add("softmax", [flat], { axis, log }), x.shape))
  }

const argument =
  (of: "max" | "min"): Import =>
  (op) => {
    const x = op.node(0)
    const axis = op.axis(op.int("axis", 0), op.rank(x))
    const fromBehind = op.int("select_last_index", 0) !== 0
    const first = op.add("argument", [fromBehind ? flipped(op, x, axis) : x], { of, axis })
    // The last of equal ones is the first from behind.
    const index = fromBehind ? affine(op, first, scalar(-1), scalar(x.shape[axis]! - 1)) : first
    return value(op.int("keepdims", 1) === 0 ? index : op.reshape(index, x.shape.with(axis, 1)))
  }

export const reductionOperators: ImportTable = {
  ArgMax: argument("max"),
  ArgMin: argument("min"),
  LogSoftmax: softmax(true),
  LpNormalization: (op) => {
    const x = op.node(0)
    const axis = op.axis(op.int("axis", -1), op.rank(x))
    return value(op.add("normalize", [x], { by: op.int("p", 2) === 1 ? "l1" : "l2", axis }))
  },
  ReduceL1: reduce("l1"),
  ReduceL2: reduce("l2"),
  ReduceLogSum: (op) => {
    const sum = reduce("sum")(op) as { readonly node: FloatNode }
    return value(op.activate(sum.node, "log"))
  },
  ReduceLogSumExp: reduce("logSumExp"),
  ReduceMax: reduce("max"),
  ReduceMean: reduce("mean"),
  ReduceMin: reduce("min"),
  ReduceProd: reduce("product"),
  ReduceSum: reduce("sum"),
  ReduceSumSquare: reduce("sumSquare"),
  Softmax: softmax(false),
}
