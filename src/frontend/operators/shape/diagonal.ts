import { printShape } from "../../../data/index.ts"
import { axisOf } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { operandsOf } from "../../core/operands.ts"
import { gather, indices, OUTSIDE } from "../../core/static-positions.ts"
import { axis, integer } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { type Options, operator } from "../../operator/operator.ts"
import { optional } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { mul } from "../elementwise/arithmetic.ts"
import { moveAxis } from "./rearrange.ts"
import { broadcastTo } from "./reshape.ts"

const offset = optional("offset", integer("an offset"))
const ofAxes = [x, offset, optional("axis1", axis), optional("axis2", axis)] as const

/** Which diagonal, above 0 to the right of the main one, and of which two axes; the first two unless given. */
export type DiagonalOptions = Options<typeof ofAxes>

/** The elements with equal indices on two axes, as a new last axis. */
export const diagonal = operator("diagonal", ofAxes, (x, options): Tensor => {
  const [a] = operandsOf(x)
  if (a.ndim < 2) fail("wrong-shape", `diagonal of shape ${printShape(a.shape)}; it has no two axes`, a)
  const { offset = 0, axis1 = 0, axis2 = 1 } = options
  const axes = [axisOf(axis1, a.ndim), axisOf(axis2, a.ndim)]
  const last = moveAxis(a, axes, [-2, -1])
  const [rows, columns] = last.shape.slice(-2) as [number, number]
  const shift = offset
  const along = indices(rows)
    .map((row) => [row, row + shift] as const)
    .filter(([, column]) => column >= 0 && column < columns)
  const outer = last.shape.slice(0, -2)
  const flat = indices(outer.reduce((p, q) => p * q, 1)).flatMap((o) =>
    along.map(([row, column]) => (o * rows + row) * columns + column),
  )
  return gather(last, flat, [...outer, along.length])
})

/** The square matrix with these elements on a diagonal and 0 elsewhere; of a matrix, its diagonal. */
export const diag = operator("diag", [x, offset], (x, { offset = 0 }): Tensor => {
  const [a] = operandsOf(x)
  if (a.ndim === 2) return diagonal(a, { offset })
  if (a.ndim !== 1)
    fail("wrong-shape", `diag of shape ${printShape(a.shape)}; a vector or a matrix was needed`, a)
  const size = a.size + Math.abs(offset)
  const first = Math.max(0, -offset)
  const flat = indices(size * size).map((place) => {
    const row = Math.floor(place / size)
    return (place % size) - row === offset ? row - first : OUTSIDE
  })
  return gather(a, flat, [size, size])
})

const triangle = (name: string, isKept: (below: number) => boolean) =>
  operator(name, [x, optional("k", integer("a diagonal"))], (x, { k: shift = 0 }): Tensor => {
    const [a] = operandsOf(x)
    if (a.ndim === 0) fail("wrong-shape", `${name} of a scalar; it has no rows`, a)
    const columns = a.shape.at(-1)!
    const rows = a.ndim === 1 ? columns : a.shape.at(-2)!
    const mask = indices(rows).map((row) =>
      indices(columns).map((column) => Number(isKept(row + shift - column))),
    )
    // An array without rows does not say how many columns it has.
    return rows * columns === 0 ? broadcastTo(a, [...a.shape.slice(0, -2), rows, columns]) : mul(a, mask)
  })

/** The lower triangle of the last two axes, up to diagonal k, and 0 above it. */
export const tril = triangle("tril", (below) => below >= 0)

/** The upper triangle of the last two axes, from diagonal k on, and 0 below it. */
export const triu = triangle("triu", (below) => below <= 0)
