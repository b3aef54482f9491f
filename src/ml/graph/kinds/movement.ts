import { printShape, sizeOf } from "../../../data/index.ts"
import { rowStrides, strideIndices } from "../../../ir/index.ts"
import { fail } from "../../fail.ts"
import { kind } from "../kind.ts"
import { generate, type Shape } from "../tensor.ts"

export interface ReshapeAttributes {
  readonly shape: Shape
}
export interface TransposeAttributes {
  /** Axis i of the result is axis `order[i]` of the operand. */
  readonly order: readonly number[]
}
export interface PickAttributes {
  readonly shape: Shape
  /** For each element of the result in row-major order: the flat index of the operand's element, -1 for `fill`. */
  readonly indices: Int32Array
  readonly fill: number
}
export interface ConcatAttributes {
  readonly axis: number
}

export const movement = {
  reshape: kind<ReshapeAttributes>({
    doc: "The same elements in row-major order under another shape.",
    arity: 1,
    infer: ([x], { shape }) => {
      if (sizeOf(x!) !== sizeOf(shape)) {
        fail("damaged-model", `a value of shape ${printShape(x!)} cannot be reshaped to ${printShape(shape)}`)
      }
      return shape
    },
    evaluate: ([x]) => x!.values,
  }),
  transpose: kind<TransposeAttributes>({
    doc: "The axes in another order.",
    arity: 1,
    infer: ([x], { order }) => {
      if (
        order.length !== x!.length ||
        new Set(order).size !== x!.length ||
        order.some((axis) => x![axis] === undefined)
      ) {
        fail(
          "damaged-model",
          `the order ${printShape(order)} is no permutation of the axes of ${printShape(x!)}`,
        )
      }
      return order.map((axis) => x![axis]!)
    },
    evaluate: ([x], { order }, result) => {
      const strides = rowStrides(x!.shape)
      const indices = strideIndices(
        result,
        order.map((axis) => strides[axis]!),
      )
      return generate(indices.length, (i) => x!.values[indices[i]!]!)
    },
  }),
  pick: kind<PickAttributes>({
    doc: "Elements at fixed places: slices, gathers, repetitions, padding.",
    arity: 1,
    infer: ([x], { shape, indices }) => {
      const size = sizeOf(x!)
      if (indices.length !== sizeOf(shape) || indices.some((i) => i < -1 || i >= size)) {
        fail(
          "damaged-model",
          `${indices.length} indices into ${size} elements do not give a value of shape ${printShape(shape)}`,
        )
      }
      return shape
    },
    evaluate: ([x], { indices, fill }) =>
      generate(indices.length, (i) => (indices[i]! < 0 ? fill : x!.values[indices[i]!]!)),
  }),
  concat: kind<ConcatAttributes>({
    doc: "Values joined along an axis.",
    arity: "any",
    infer: (operands, { axis }) => {
      const [first] = operands
      const same = operands.every(
        (shape) => shape.length === first!.length && shape.every((n, i) => i === axis || n === first![i]),
      )
      if (!same || first![axis] === undefined) {
        fail(
          "damaged-model",
          `values of shapes ${operands.map(printShape).join(", ")} cannot be joined along axis ${axis}`,
        )
      }
      return first!.with(
        axis,
        operands.reduce((sum, shape) => sum + shape[axis]!, 0),
      )
    },
    evaluate: (operands, { axis }, result) => {
      const values = new Float64Array(sizeOf(result))
      const outer = sizeOf(result.slice(0, axis))
      let at = 0
      for (let o = 0; o < outer; o++) {
        for (const { shape, values: part } of operands) {
          const inner = sizeOf(shape.slice(axis))
          values.set(part.subarray(o * inner, (o + 1) * inner), at)
          at += inner
        }
      }
      return values
    },
  }),
}
