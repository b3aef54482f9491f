import type { Nested } from "../../data/index.ts"
import { axisOf, shapeFrom } from "../core/axes.ts"
import { operandsOf, type TensorLike } from "../core/operands.ts"
import { isTensor } from "../core/tensor-base.ts"
import { argument, flag, integer, tensor } from "../operator/argument.ts"
import { operator } from "../operator/operator.ts"
import { named, optional, required, rest } from "../operator/parameter.ts"
import { broadcastTo, reshape } from "../operators/shape/reshape.ts"
import type { Tensor } from "../tensor/tensor.ts"
import { constant } from "./constant.ts"

interface GridOptions {
  readonly indexing?: "xy" | "ij"
  readonly sparse?: boolean
}

const order = argument<"xy" | "ij">("indexing", '"xy" or "ij"', (value) => value === "xy" || value === "ij")

/**
 * The coordinates of a grid, a tensor for each vector: its elements along an axis of their own, repeated along the others.
 * The first two axes change places unless `indexing` is "ij"; with `sparse` nothing is repeated.
 */
export const meshgrid = operator(
  "meshgrid",
  [rest("vectors", tensor), named("indexing", order), named("sparse", flag("sparse"))],
  (...args): Tensor[] => {
    const { indexing = "xy", sparse = false } = args.at(-1) as GridOptions
    const given = args.slice(0, -1) as readonly unknown[] as readonly TensorLike[]
    if (given.length === 0) return []
    const vectors: readonly Tensor[] = given.some(isTensor)
      ? operandsOf(...given)
      : given.map((each) => constant(each as Nested))
    const rank = vectors.length
    const placeOf = (i: number): number => (indexing === "xy" && rank > 1 && i < 2 ? 1 - i : i)
    const shape = new Array<number>(rank)
    for (const [i, vector] of vectors.entries()) {
      shape[placeOf(i)] = vector.size
    }
    return vectors.map((vector, i) => {
      const axis = axisOf(placeOf(i), rank)
      const thin = reshape(
        vector,
        shape.map((extent, k) => (k === axis ? extent : 1)),
      )
      return sparse ? thin : broadcastTo(thin, shape)
    })
  },
)

/** Ones at and below diagonal k and zeros above it, square unless the columns are given. */
export const tri = operator(
  "tri",
  [
    required("rows", integer("an extent of a shape")),
    optional("columns", integer("an extent of a shape")),
    optional("k", integer("a diagonal")),
  ],
  (rows, { columns = rows, k = 0 }): Tensor => {
    const extents = shapeFrom([rows, columns])
    const flat = Array.from({ length: rows * columns }, (_, i) =>
      Number((i % columns) - Math.floor(i / columns) <= k),
    )
    return reshape(constant(flat), extents)
  },
)
