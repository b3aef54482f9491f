import type { FoldName } from "../../../data/index.ts"
import { fail } from "../../fail.ts"
import { type Import, type ImportTable, MIXES, value } from "../op.ts"

const reduce =
  (by: FoldName): Import =>
  (op) => {
    const x = op.node(0)
    const given = op.list("axes", 1)
    if (given === undefined || given.length === 0) {
      if (op.int("noop_with_empty_axes", 0) !== 0) return value(x)
      if (op.around.batched) return fail(`${MIXES}: it reduces over all axes`)
    }
    const axes = given?.length ? op.axes(given, op.rank(x)) : [...x.shape.keys()]
    return value(op.add("reduce", [x], { by, axes, keep: op.int("keepdims", 1) !== 0 }))
  }

const softmax =
  (log: boolean): Import =>
  (op) => {
    const x = op.node(0)
    const rank = op.rank(x)
    const old = op.around.opset("") < 13
    const axis = op.axis(op.int("axis", old ? 1 : -1), rank)
    if (old && axis !== x.shape.length - 1)
      fail("before opset 13 it works on all axes at once\nexport with opset 13 or later")
    return value(op.add("softmax", [x], { axis, log }))
  }

const argument =
  (of: "max" | "min"): Import =>
  (op) => {
    const x = op.node(0)
    if (op.int("select_last_index", 0) !== 0) fail("select_last_index=1 is not imported")
    const axis = op.axis(op.int("axis", 0), op.rank(x))
    const index = op.add("argument", [x], { of, axis })
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
  ReduceLogSumExp: reduce("logSumExp"),
  ReduceMax: reduce("max"),
  ReduceMean: reduce("mean"),
  ReduceMin: reduce("min"),
  ReduceProd: reduce("product"),
  ReduceSum: reduce("sum"),
  ReduceSumSquare: reduce("sumSquare"),
  Softmax: softmax(false),
}
