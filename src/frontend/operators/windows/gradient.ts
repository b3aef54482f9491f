import { isArrayLike, printShape } from "../../../data/index.ts"
import { axisOf } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { integersOf } from "../../core/operands.ts"
import { indices, pickAlong } from "../../core/static-positions.ts"
import { argument, axis, integer } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { named, optional } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"
import { add, div, mul, sub } from "../elementwise/arithmetic.ts"
import { concat } from "../shape/join.ts"
import { moveAxis } from "../shape/rearrange.ts"

/** The distance of neighbours, or the place of each element. */
type Spacing = number | readonly number[]
const spacing = argument<Spacing>(
  "the spacing",
  "a number or a list of numbers",
  (value) => typeof value === "number" || isArrayLike(value),
)

/**
 * Slopes along one axis, a real value to be closed by a rounding: half the difference of the neighbours, at the ends the
 * difference to the only neighbour, or with `edgeOrder: 2` what fits a parabola. `spacing` is the distance of neighbours or
 * the whole number where each element stands. A tensor of several axes needs an axis: numpy gives one array for each.
 */
export const gradient = operator(
  "gradient",
  [
    x,
    optional("spacing", spacing),
    named("axis", axis),
    named("edgeOrder", integer("the order of the edges")),
  ],
  (x, { spacing = 1, axis, edgeOrder = 1 }): Tensor => {
    const [a] = integersOf("gradient", x)
    if (axis === undefined && a.ndim !== 1)
      fail(
        "wrong-argument",
        `gradient of shape ${printShape(a.shape)} without an axis, of which numpy makes one array an axis\ngive { axis }`,
        a,
      )
    if (edgeOrder !== 1 && edgeOrder !== 2)
      fail("wrong-argument", `gradient with edges of order ${edgeOrder}; 1 or 2 was needed`, a)
    const along = axisOf(axis ?? 0, a.ndim)
    const count = a.shape[along]!
    if (count <= edgeOrder)
      fail(
        "wrong-shape",
        `gradient along an axis of ${count} elements; at least ${edgeOrder + 1} were needed`,
        a,
      )
    const lines = moveAxis(a, along, -1)
    const slopes =
      typeof spacing === "number" ? even(lines, spacing, edgeOrder) : uneven(lines, spacing, edgeOrder)
    return moveAxis(slopes, -1, along)
  },
)

const part = (lines: Tensor, from: number, count: number): Tensor =>
  pickAlong(
    lines,
    lines.ndim - 1,
    indices(count).map((i) => from + i),
  )

/** Twice the slopes are integers, and so they are divided by twice the distance. */
const even = (lines: Tensor, distance: number, edgeOrder: number): Tensor => {
  if (!Number.isFinite(distance) || distance === 0)
    fail("wrong-argument", `gradient with the spacing ${distance}`, lines)
  const count = lines.shape.at(-1)!
  const f = (i: number): Tensor => part(lines, i < 0 ? i + count : i, 1)
  const inner = sub(part(lines, 2, count - 2), part(lines, 0, count - 2))
  const parabola = (p: Tensor, q: Tensor, r: Tensor): Tensor => sub(sub(mul(q, 4), mul(p, 3)), r)
  const first = edgeOrder === 1 ? mul(sub(f(1), f(0)), 2) : parabola(f(0), f(1), f(2))
  const last = edgeOrder === 1 ? mul(sub(f(-1), f(-2)), 2) : mul(parabola(f(-1), f(-2), f(-3)), -1)
  return div(concat([first, inner, last], { axis: -1 }), 2 * distance)
}

/** Of places that are whole numbers the slopes are fractions with known denominators. */
const uneven = (lines: Tensor, places: readonly number[], edgeOrder: number): Tensor => {
  const count = lines.shape.at(-1)!
  const at = Array.from(places)
  if (at.length !== count) fail("wrong-shape", `gradient of ${count} elements at ${at.length} places`, lines)
  const steps = indices(count - 1).map((i) => at[i + 1]! - at[i]!)
  if (!at.every(Number.isSafeInteger) || steps.includes(0))
    fail(
      "not-integer",
      "gradient at places that are not whole numbers, or equal\nscale the places to integers, and the slopes back",
      lines,
    )
  if (steps.every((step) => step === steps[0])) return even(lines, steps[0]!, edgeOrder)
  if (edgeOrder === 2)
    fail("unsupported", "gradient with edges of order 2 at uneven places\nuse edges of order 1", lines)
  const [before, after] = [steps.slice(0, -1), steps.slice(1)]
  const weighted = (from: number, weights: readonly number[]): Tensor =>
    mul(part(lines, from, count - 2), weights)
  const inner = add(
    add(
      weighted(
        0,
        after.map((h) => -h * h),
      ),
      weighted(
        1,
        after.map((h, i) => h * h - before[i]! * before[i]!),
      ),
    ),
    weighted(
      2,
      before.map((h) => h * h),
    ),
  )
  const first = sub(part(lines, 1, 1), part(lines, 0, 1))
  const last = sub(part(lines, count - 1, 1), part(lines, count - 2, 1))
  const denominators = [steps[0]!, ...before.map((h, i) => h * after[i]! * (h + after[i]!)), steps.at(-1)!]
  return div(concat([first, inner, last], { axis: -1 }), denominators)
}
