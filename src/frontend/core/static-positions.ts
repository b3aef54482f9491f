import { sizeOf } from "../../data/index.ts"
import { literal, rowStrides, type Shape } from "../../ir/index.ts"
import type { Tensor } from "../tensor/tensor.ts"
import { make } from "./make.ts"
import { operandsOf, type TensorLike } from "./operands.ts"

/** A position beside the tensor, where `pick` puts its `fill`. */
export const OUTSIDE = -1

/** For each axis the positions that are taken along it, in their order. */
export type Positions = readonly (readonly number[])[]

/** 0, 1, …, count - 1. */
export const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** The elements at all combinations of positions, as numpy's `x[ix_(…)]`; `fill` where one is `OUTSIDE`. */
export const pick = (x: Tensor, positions: Positions, fill: TensorLike = 0): Tensor => {
  const flat = flatPositions(x.shape, positions)
  const shape = positions.map((list) => list.length)
  return gather(x, flat, shape, fill)
}

/** `pick` along one axis. */
export const pickAlong = (x: Tensor, axis: number, positions: readonly number[]): Tensor =>
  pick(
    x,
    x.shape.map((extent, i) => (i === axis ? positions : indices(extent))),
  )

/** The elements with these places in row-major order, `fill` for `OUTSIDE`, under a shape. */
export const gather = (
  x: Tensor,
  flat: ArrayLike<number>,
  shape: readonly number[],
  fill: TensorLike = 0,
): Tensor => {
  const places = Int32Array.from(flat)
  if (!places.includes(OUTSIDE)) return make("gather", [x], { indices: literal(places), shape })
  const [a, b] = operandsOf(x, fill)
  const parts = [make("reshape", [a], { shape: [a.size] }), make("reshape", [b], { shape: [1] })]
  const source = make("concat", parts, { axis: 0n })
  const inside = places.map((place) => (place === OUTSIDE ? a.size : place))
  return make("gather", [source], { indices: literal(inside), shape })
}

/** The places in row-major order of all combinations of positions. */
export const flatPositions = (shape: Shape, positions: Positions): Int32Array => {
  const strides = rowStrides(shape)
  let flat = new Int32Array(1)
  positions.forEach((list, axis) => {
    const next = new Int32Array(sizeOf([flat.length, list.length]))
    let at = 0
    for (const base of flat) {
      for (const place of list) {
        next[at++] = base === OUTSIDE || place === OUTSIDE ? OUTSIDE : base + place * strides[axis]!
      }
    }
    flat = next
  })
  return flat
}
