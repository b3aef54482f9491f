import { printGiven, printShape } from "../../../data/index.ts"
import { structural } from "../../core/axes.ts"
import { fail } from "../../core/fail.ts"
import { operandsOf } from "../../core/operands.ts"
import { OUTSIDE, pick } from "../../core/static-positions.ts"
import { argument, tensor } from "../../operator/argument.ts"
import { x } from "../../operator/common.ts"
import { type Options, operator } from "../../operator/operator.ts"
import { named, optional, required } from "../../operator/parameter.ts"
import type { Tensor } from "../../tensor/tensor.ts"

/** Elements before and after: one number for all, one pair for all axes, or a pair for each axis. */
export type PadWidth = number | readonly [number, number] | readonly (readonly [number, number])[]

/** Where the new elements come from, by numpy's names. */
export type PadMode = "constant" | "edge" | "reflect" | "symmetric" | "wrap"

const parameters = [
  x,
  required(
    "width",
    argument<PadWidth>(
      "the width of pad",
      "a number, a pair [before, after], or such a pair for each axis",
      (value) => typeof value === "number" || Array.isArray(value),
    ),
  ),
  // "constant" unless given.
  optional(
    "mode",
    argument<PadMode>("the mode of pad", "a word", (value) => typeof value === "string"),
  ),
  // The value of new elements in mode "constant", a scalar; 0 unless given.
  named("constantValues", tensor),
] as const

/** Where new elements come from, in mode "constant" unless given, and their value in that mode, 0 unless given. */
export type PadOptions = Options<typeof parameters>

/** More elements around a tensor. Throws ProgramError for a width that is negative or fits no axis. */
export const pad = operator("pad", parameters, (x, width, options): Tensor => {
  const [a] = operandsOf(x)
  const { mode = "constant", constantValues = 0 } = options
  const source = SOURCES[mode]
  if (source === undefined)
    fail(
      "wrong-argument",
      `there is no mode ${printGiven(mode)} of pad; modes are ${Object.keys(SOURCES).join(", ")}`,
    )
  const widths = padWidths(width, a)
  const positions = a.shape.map((extent, axis) => {
    const [before, after] = widths[axis]!
    if (extent === 0 && mode !== "constant" && before + after > 0) {
      fail(
        "wrong-shape",
        `pad in mode "${mode}" of shape ${printShape(a.shape)}, which has no elements to repeat`,
        a,
      )
    }
    return Array.from({ length: before + extent + after }, (_, i) => source(i - before, extent))
  })
  return pick(a, positions, constantValues)
})

const padWidths = (width: PadWidth, { shape, ndim }: Tensor): (readonly [number, number])[] => {
  const list: readonly unknown[] = typeof width === "number" ? [[width, width]] : width
  const pairs = (list.every((entry) => typeof entry === "number") ? [list] : list).map(
    (pair): [number, number] => {
      if (!Array.isArray(pair) || pair.length !== 2)
        return fail(
          "wrong-argument",
          "pad takes a number, a pair [before, after], or such a pair for each axis",
        )
      return pair.map((count) => structural("a width of pad", count)) as [number, number]
    },
  )
  const negative = pairs.flat().find((count) => count < 0)
  if (negative !== undefined)
    fail("wrong-argument", `pad by ${negative} elements\nuse slice to take elements away`)
  if (pairs.length === 1) return shape.map(() => pairs[0]!)
  if (pairs.length === ndim) return pairs
  return fail("wrong-shape", `pad by ${pairs.length} pairs of a tensor of ${ndim} axes`)
}

const floorMod = (a: number, b: number): number => ((a % b) + b) % b

/** From which position of an axis the element at a place before, in or after it is taken. */
const SOURCES: Readonly<Record<PadMode, (place: number, extent: number) => number>> = {
  constant: (place, extent) => (place < 0 || place >= extent ? OUTSIDE : place),
  edge: (place, extent) => Math.min(Math.max(place, 0), extent - 1),
  symmetric: (place, extent) => {
    const turn = floorMod(place, 2 * extent)
    return turn < extent ? turn : 2 * extent - 1 - turn
  },
  reflect: (place, extent) => {
    if (extent === 1) return 0
    const turn = floorMod(place, 2 * extent - 2)
    return turn < extent ? turn : 2 * extent - 2 - turn
  },
  wrap: floorMod,
}
