import { type Axes, axesOf, axisOf, shapeFrom, structural } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { make } from "../../core/make.ts"
import { operandsOf } from "../../core/operands.ts"
import { indices, pick, pickAlong } from "../../core/static-positions.ts"
import { axes, axesOrNull, axis, axisOrNull, integers } from "../../operator/argument.ts"
import { unary, x } from "../../operator/common.ts"
import { operator } from "../../operator/operator.ts"
import { optional, required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"

/** The same elements; numpy's copy. */
export const copy = operator("copy", unary, (x): Tensor => operandsOf(x)[0])

/** Two axes exchanged. */
export const swapAxes = operator(
  "swapAxes",
  [x, required("first", axis), required("second", axis)],
  (x, first, second): Tensor => {
    const [a] = operandsOf(x)
    const [p, q] = [axisOf(first, a.ndim), axisOf(second, a.ndim)]
    const axes = indices(a.ndim)
    return make("transpose", [a], { axes: axes.with(p, q).with(q, p) })
  },
)

/** Axes moved to other places; the rest keep their order. Throws ProgramError when there are not as many places. */
export const moveAxis = operator(
  "moveAxis",
  [x, required("source", axes), required("destination", axes)],
  (x, source, destination): Tensor => {
    const [a] = operandsOf(x)
    const from = placesOf(source, a.ndim)
    const to = placesOf(destination, a.ndim)
    if (from.length !== to.length)
      fail("wrong-shape", `moveAxis of ${from.length} axes to ${to.length} places`, a)
    const rest = indices(a.ndim).filter((axis) => !from.includes(axis))
    const axes = indices(a.ndim).map((place) => {
      const moved = to.indexOf(place)
      return moved < 0 ? rest.shift()! : from[moved]!
    })
    return make("transpose", [a], { axes })
  },
)

/** Axes in the given order, none of them twice. */
const placesOf = (axes: Axes, rank: number): number[] => {
  axesOf(axes, rank)
  return (Array.isArray(axes) ? [...axes] : [axes]).map((axis) => axisOf(axis, rank))
}

/** The order of the elements reversed along all axes, or those given. */
export const flip = operator("flip", [x, optional("axis", axesOrNull)], (x, { axis }): Tensor => {
  const [a] = operandsOf(x)
  const axes = axesOf(axis, a.ndim)
  return pick(
    a,
    a.shape.map((extent, i) => (axes.includes(i) ? indices(extent).reverse() : indices(extent))),
  )
})

/** Elements moved on by `shift` places, around the end; through all elements in row-major order without `axis`. */
export const roll = operator(
  "roll",
  [x, required("shift", integers("a shift")), optional("axis", axesOrNull)],
  (x, shift, { axis }): Tensor => {
    const [a] = operandsOf(x)
    if (axis === undefined || axis === null) {
      if (Array.isArray(shift))
        fail("wrong-argument", "roll by several shifts without axes\ngive { axis: […] }", a)
      const flat = make("reshape", [a], { shape: [a.size] })
      return make("reshape", [roll(flat, shift, { axis: 0 })], { shape: a.shape })
    }
    const axes = placesOf(axis, a.ndim)
    const shifts = Array.isArray(shift) ? shift : axes.map(() => shift as number)
    if (shifts.length !== axes.length)
      fail("wrong-shape", `roll of ${axes.length} axes by ${shifts.length} shifts`, a)
    const by = new Map(axes.map((each, i) => [each, structural("a shift", shifts[i])]))
    return pick(
      a,
      a.shape.map((extent, i) => {
        const steps = by.get(i) ?? 0
        return indices(extent).map((place) => (((place - steps) % extent) + extent) % extent)
      }),
    )
  },
)

/** Each element so many times in a row, along an axis or, without one, as one vector. */
export const repeat = operator(
  "repeat",
  [x, required("repeats", integers("a number of times")), optional("axis", axisOrNull)],
  (x, repeats, { axis }): Tensor => {
    const [given] = operandsOf(x)
    const isFlat = axis === undefined || axis === null
    const a = isFlat ? make("reshape", [given], { shape: [given.size] }) : given
    const along = isFlat ? 0 : axisOf(axis, a.ndim)
    const extent = a.shape[along]!
    const list = Array.isArray(repeats) ? shapeFrom(repeats) : indices(extent).fill(shapeFrom(repeats)[0]!)
    if (list.length !== extent)
      fail("wrong-shape", `repeat of ${extent} elements by ${list.length} counts`, a)
    return pickAlong(
      a,
      along,
      list.flatMap((count, i) => new Array<number>(count).fill(i)),
    )
  },
)

/** The whole tensor so many times along each axis; missing leading axes have extent 1. */
export const tile = operator(
  "tile",
  [x, required("repeats", integers("a number of times"))],
  (x, repeats): Tensor => {
    const [given] = operandsOf(x)
    const counts = shapeFrom(repeats)
    const rank = Math.max(counts.length, given.ndim)
    const ones = (length: number): number[] => new Array<number>(length).fill(1)
    const shape = [...ones(rank - given.ndim), ...given.shape]
    const all = [...ones(rank - counts.length), ...counts]
    return pick(
      make("reshape", [given], { shape }),
      shape.map((extent, i) => indices(extent * all[i]!).map((place) => place % extent)),
    )
  },
)
