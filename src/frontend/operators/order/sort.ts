import { printShape } from "../../../data/index.ts"
import { fail } from "../../core/fail.ts"
import { integersOf } from "../../core/operands.ts"
import { proved } from "../../core/prove.ts"
import { indices, pickAlong } from "../../core/static-positions.ts"
import { axisOrNull, flag, integer } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { type Options, operator } from "../../operator/operator.ts"
import { named, optional, required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { add } from "../elementwise/arithmetic.ts"
import { eq, ge, le } from "../elementwise/comparison.ts"
import { alongAxis, lengthOf } from "../reductions/last-axis.ts"
import { matmul } from "../reductions/sum-and-matmul.ts"
import { stack } from "../shape/join.ts"
import { expandDims, reshape } from "../shape/reshape.ts"
import { maximum, minimum } from "./choice.ts"
import { chosen, duels } from "./pairwise-comparisons.ts"

const sorted = [x, optional("axis", axisOrNull), named("descending", flag("descending"))] as const

/** Along which axis, the last unless given and all elements for null, and whether the largest comes first. */
export type SortOptions = Options<typeof sorted>

/**
 * The elements of an axis in order. All pairs are compared at the same time; an element's place is the number of those
 * before it. For n secrets of w values this takes n (n - 1) / 2 comparisons and n^2 products, but only
 * log2(2 w) + log2(n) + 1 levels, where a network of comparators takes log2(2 w) levels for each of its
 * log2(n) (log2(n) + 1) / 2 rounds. Keep n to a few dozen.
 */
export const sort = operator("sort", sorted, (x, { axis = -1, descending = false }): Tensor => {
  const [a] = integersOf("sort", x)
  return alongAxis(a, axis, (lines) => ordered(lines, lengthOf(lines), descending))
})

/** The places, counted from 0, of the elements of an axis in order; equal elements keep theirs. One product cheaper than `sort`. */
export const argsort = operator("argsort", sorted, (x, { axis = -1, descending = false }): Tensor => {
  const [a] = integersOf("argsort", x)
  return alongAxis(a, axis, (lines) => places(lines, lengthOf(lines), descending))
})

const top = [
  x,
  required("k", integer("a number of elements")),
  optional("axis", axisOrNull),
  named("largest", flag("largest")),
] as const

/** Along which axis, the last unless given, and whether the largest are wanted, which they are unless said. */
export type TopOptions = Options<typeof top>

/** The k largest elements of an axis, the largest first; or the smallest, the smallest first. At the cost of `sort`, with n k products. */
export const topK = operator("topK", top, (x, k, { axis = -1, largest = true }): Tensor => {
  const [a] = integersOf("topK", x)
  return alongAxis(a, axis, (lines) => ordered(lines, checked("topK", k, lines), largest))
})

/** The places of the k largest (or smallest) elements of an axis, counted from 0. */
export const argTopK = operator("argTopK", top, (x, k, { axis = -1, largest = true }): Tensor => {
  const [a] = integersOf("argTopK", x)
  return alongAxis(a, axis, (lines) => places(lines, checked("argTopK", k, lines), largest))
})

const checked = (name: string, k: number, lines: Tensor): number => {
  const count = lengthOf(lines)
  if (k >= 0 && k <= count) return k
  return fail(
    "wrong-argument",
    `${name} of ${k} elements along an axis of shape ${printShape(lines.shape)}, which has ${count}`,
    lines,
  )
}

const ordered = (lines: Tensor, k: number, descending: boolean): Tensor => {
  const count = lengthOf(lines)
  if (k === 0 || count === 1) return pickAlong(lines, lines.ndim - 1, indices(k))
  if (count === 2) {
    const [a, b] = [0, 1].map((i) => reshape(pickAlong(lines, lines.ndim - 1, [i]), lines.shape.slice(0, -1)))
    const both = descending ? [maximum(a!, b!), minimum(a!, b!)] : [minimum(a!, b!), maximum(a!, b!)]
    return stack(both.slice(0, k), { axis: -1 })
  }
  return chosen(isAtPlace(lines, k, descending), expandDims(lines, -2), "sort")
}

const places = (lines: Tensor, k: number, descending: boolean): Tensor => {
  const count = lengthOf(lines)
  if (k === 0 || count === 1) return pickAlong(lines, lines.ndim - 1, indices(k)).mul(0)
  return proved("argsort", matmul(isAtPlace(lines, k, descending), indices(count)), 0n, BigInt(count - 1))
}

/** [p, i] on the last two axes: whether element i belongs at place p, for the first k places. */
const isAtPlace = (lines: Tensor, k: number, descending: boolean): Tensor => {
  // Equal elements keep their order: the later one of a pair loses.
  const { wins, toLosses, constants } = duels(lines, descending ? ge : le)
  const rank = add(matmul(wins, toLosses), constants)
  return stack(
    indices(k).map((place) => eq(rank, place)),
    { axis: -2 },
  )
}
