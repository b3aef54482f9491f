import {
  argumentOf,
  type FoldName,
  folds,
  lineFunctions,
  type Norm,
  normalizeLine,
  printShape,
  sizeOf,
} from "../../../data/index.ts"
import { broadcastIndices } from "../../../ir/index.ts"
import { fail } from "../../fail.ts"
import { type Kind, kind, type Sample } from "../kind.ts"
import { generate, type Shape } from "../tensor.ts"

export interface ReduceAttributes {
  readonly by: FoldName
  readonly axes: readonly number[]
  /** Whether the axes stay, with extent 1. */
  readonly keep: boolean
}
export interface SoftmaxAttributes {
  readonly axis: number
  readonly log: boolean
}
export interface ArgumentAttributes {
  readonly of: "max" | "min"
  readonly axis: number
}
export interface NormalizeAttributes {
  readonly by: Norm
  readonly axis: number
}

/** The elements of each line along `axes`, with the flat index (axes at extent 1) that the line stands for. */
const lines = ({ shape, values }: Sample, axes: readonly number[]): Float64Array[] => {
  const kept = shape.map((n, axis) => (axes.includes(axis) ? 1 : n))
  const count = sizeOf(kept)
  const length = axes.reduce((product, axis) => product * shape[axis]!, 1)
  const result = Array.from({ length: count }, () => new Float64Array(length))
  const filled = new Int32Array(count)
  const targets = broadcastIndices(kept, shape)
  for (let i = 0; i < values.length; i++) {
    const target = targets[i]!
    result[target]![filled[target]!++] = values[i]!
  }
  return result
}

/** A node that rewrites each line along one axis into as many values. */
const alongAxis = <A extends { readonly axis: number }>(
  doc: string,
  apply: (line: Float64Array, attributes: A) => ArrayLike<number>,
): Kind<A> =>
  kind<A>({
    doc,
    arity: 1,
    infer: ([x], { axis }) => {
      checkAxes(x!, [axis])
      return x!
    },
    evaluate: ([x], attributes) => {
      const parts = lines(x!, [attributes.axis]).map((line) => apply(line, attributes))
      const kept = x!.shape.with(attributes.axis, 1)
      const next = new Int32Array(parts.length)
      const targets = broadcastIndices(kept, x!.shape)
      return generate(targets.length, (i) => parts[targets[i]!]![next[targets[i]!]!++]!)
    },
  })

const checkAxes = (shape: Shape, axes: readonly number[]): void => {
  if (axes.some((axis) => shape[axis] === undefined) || new Set(axes).size !== axes.length) {
    fail("damaged-model", `a value of shape ${printShape(shape)} has no axes ${printShape(axes)}`)
  }
}

export const reduction = {
  reduce: kind<ReduceAttributes>({
    doc: "One number for all elements along some axes: sum, mean, largest, norm.",
    arity: 1,
    infer: ([x], { axes, keep }) => {
      checkAxes(x!, axes)
      return x!.flatMap((n, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [n]))
    },
    work: ([x]) => sizeOf(x!),
    evaluate: ([x], { by, axes }) => Float64Array.from(lines(x!, axes), folds[by]),
  }),
  softmax: alongAxis<SoftmaxAttributes>(
    "exp(x) divided by its sum along an axis, or the logarithm of that.",
    (line, { log }) => lineFunctions[log ? "logSoftmax" : "softmax"](line),
  ),
  normalize: alongAxis<NormalizeAttributes>(
    "x divided by its norm along an axis; zeros stay.",
    (line, { by }) => normalizeLine(line, by),
  ),
  argument: kind<ArgumentAttributes>({
    doc: "The index of the largest or least element along an axis, the first of equal ones.",
    arity: 1,
    infer: ([x], { axis }) => {
      checkAxes(x!, [axis])
      return x!.toSpliced(axis, 1)
    },
    work: ([x]) => sizeOf(x!),
    evaluate: ([x], { of, axis }) => Float64Array.from(lines(x!, [axis]), (line) => argumentOf(line, of)),
  }),
}
