import { mismatch, printShape } from "../../data/index.ts"
import type { Shape } from "../../ir/index.ts"
import { fail } from "./fail.ts"
import { isTensor } from "./tensor-base.ts"

/** A shape as users write it: extents, or one extent for a vector. */
export type ShapeLike = number | readonly number[]

/** The extents that such a shape stands for. */
export type ShapeOf<S extends ShapeLike> = S extends readonly number[] ? S : readonly [S & number]

/** One axis or several; negative ones count from the last. */
export type Axes = number | readonly number[]

/**
 * A whole number that the shape of the program depends on: an index, an axis, an extent.
 * Throws ProgramError for anything else, with what to do about a tensor there.
 */
export const structural = (what: string, value: unknown): number => {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value
  if (isTensor(value)) {
    return fail(
      "data-dependent",
      `${value.toString()} is given as ${what}, which must be known while tracing\n` +
        "to read at a secret place use x.lookup(table), or compare with eq and choose with where",
      value,
    )
  }
  return fail("wrong-argument", mismatch(what, value, { needed: "an integer" }))
}

/** Extents from what a user gave. Throws ProgramError where one is no integer from 0. */
export const shapeFrom = (shape: ShapeLike): number[] =>
  extents(shape).map((extent) =>
    extent < 0
      ? fail(
          "wrong-shape",
          `shape ${printShape(extents(shape))} has the extent ${extent}; extents are integers from 0`,
        )
      : extent,
  )

/** Extents, where one -1 stands for whatever makes the size come out, as in numpy's reshape. */
export const shapeOfSize = (shape: ShapeLike, size: number): number[] => {
  const given = extents(shape)
  const open = given.indexOf(-1)
  if (open < 0) return shapeFrom(given)
  const rest = shapeFrom(given.with(open, 1)).reduce((a, b) => a * b, 1)
  if (rest === 0 || size % rest !== 0) {
    return fail(
      "wrong-shape",
      `reshape of ${size} elements to ${printShape(given)}: ${size} is no multiple of ${rest}`,
    )
  }
  return given.with(open, size / rest)
}

const extents = (shape: ShapeLike): number[] =>
  (Array.isArray(shape) ? [...shape] : [shape]).map((extent) => structural("an extent of a shape", extent))

/** One axis of a tensor of `rank` axes, counted from 0. */
export const axisOf = (axis: number, rank: number): number => {
  const given = structural("an axis", axis)
  if (given >= -rank && given < rank) return given < 0 ? given + rank : given
  const known = rank === 0 ? "a scalar has none" : `axes are ${-rank}..${rank - 1}`
  return fail("wrong-shape", `axis ${given} of a tensor of ${rank} axes; ${known}`)
}

/** Axes in ascending order; all of them when none are given. Throws ProgramError when one is given twice. */
export const axesOf = (axes: Axes | null | undefined, rank: number): number[] => {
  if (axes === undefined || axes === null) return Array.from({ length: rank }, (_, axis) => axis)
  const list = (Array.isArray(axes) ? [...axes] : [axes]).map((axis) => axisOf(axis, rank))
  if (new Set(list).size < list.length) fail("wrong-shape", `axes ${printShape(list)} name one axis twice`)
  return list.sort((a, b) => a - b)
}

/** The shape without these axes. */
export const without = (shape: Shape, axes: readonly number[]): number[] =>
  shape.filter((_, axis) => !axes.includes(axis))
