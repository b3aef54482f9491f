import { fail } from "../../fail.ts"
import { checkShape, type FloatNode, type GraphBuilder } from "../../graph/graph.ts"
import { type Tensor, tensor } from "../../graph/tensor.ts"
import type { Json } from "../json.ts"

/** Adds one step of a file to a graph: from a vector to a vector. */
export type Step = (builder: GraphBuilder, x: FloatNode, json: Json) => FloatNode

/** Rows of equal length as a constant. */
export const matrixOf = (json: Json): Tensor => {
  const { rows, columns, values } = json.matrix()
  checkShape([rows, columns])
  return tensor([rows, columns], values)
}

/** The elements of a vector at places, -1 standing for `fill`. */
export const pickOf = (
  builder: GraphBuilder,
  x: FloatNode,
  places: ArrayLike<number>,
  fill = 0,
  shape: readonly number[] = [places.length],
): FloatNode => {
  const indices = Int32Array.from(places)
  checkShape(shape)
  return builder.add("pick", [x], { shape, indices, fill })
}

/** Lists of lists of numbers, one for each element of a vector. */
export const listsFor = (json: Json, { shape }: FloatNode): number[][] => {
  const lists = json.list().map((list) => list.numbers())
  if (lists.length !== shape[0])
    fail("damaged-model", `"${json.path}" has ${lists.length} entries, not ${shape[0]}`)
  return lists
}

/** Each element of a vector `count` times: a matrix with a row for each. */
export const repeated = (builder: GraphBuilder, x: FloatNode, count: number): FloatNode => {
  const n = x.shape[0]!
  checkShape([n, count])
  return pickOf(
    builder,
    x,
    Int32Array.from({ length: n * count }, (_, i) => Math.floor(i / count)),
    0,
    [n, count],
  )
}
