import { printShape, sizeOf } from "../../data/index.ts"
import { fail } from "../fail.ts"
import type { Shape } from "./tensor.ts"

/** How a window moves over the spatial axes of a value of shape [channels, ...spatial]. */
export interface Window {
  readonly kernel: Shape
  readonly strides: Shape
  readonly dilations: Shape
  /** Zeros before the first element of each spatial axis, and after the last. */
  readonly padsBefore: Shape
  readonly padsAfter: Shape
}

const MOST_INDICES = 2 ** 25

const isExtent = (n: number, least: number): boolean => Number.isSafeInteger(n) && n >= least

/** The spatial extents of the result. Throws ProgramError when the window does not fit. */
export const windowShape = (spatial: Shape, window: Window): Shape => {
  const { kernel, strides, dilations, padsBefore, padsAfter } = window
  const lists = [kernel, strides, dilations, padsBefore, padsAfter]
  const badList = lists.some(
    (list, i) => list.length !== spatial.length || !list.every((n) => isExtent(n, i < 3 ? 1 : 0)),
  )
  if (badList || spatial.length === 0) {
    fail(
      "damaged-model",
      `a window of kernel ${printShape(kernel)}, strides ${printShape(strides)}, dilations ${printShape(dilations)} and ` +
        `pads ${printShape([...padsBefore, ...padsAfter])} does not fit spatial extents ${printShape(spatial)}\n` +
        "one positive number for each spatial axis is needed (pads may be 0)",
    )
  }
  const result = spatial.map((extent, axis) => {
    const reach = (kernel[axis]! - 1) * dilations[axis]! + 1
    const padded = extent + padsBefore[axis]! + padsAfter[axis]!
    if (padded < reach) {
      fail(
        "damaged-model",
        `a window that reaches over ${reach} elements does not fit the ${padded} of spatial axis ${axis}, pads included`,
      )
    }
    return Math.floor((padded - reach) / strides[axis]!) + 1
  })
  if (!(sizeOf(result) * sizeOf(kernel) <= MOST_INDICES)) {
    fail("too-large", `a window of kernel ${printShape(kernel)} at ${printShape(result)} places is too large`)
  }
  return result
}

/**
 * For each place of the window in row-major order and each element of its kernel: the flat spatial index it reads,
 * -1 in padding.
 */
export const windowIndices = (spatial: Shape, window: Window): Int32Array => {
  const { kernel, strides, dilations, padsBefore } = window
  const out = windowShape(spatial, window)
  const reach = sizeOf(kernel)
  let indices = new Int32Array(1)
  for (let axis = 0, places = 1, taps = 1; axis < spatial.length; axis++) {
    // Rows are places and columns taps of the axes so far; each axis refines both.
    const [outExtent, kernelExtent, extent] = [out[axis]!, kernel[axis]!, spatial[axis]!]
    const next = new Int32Array(places * outExtent * taps * kernelExtent)
    let at = 0
    for (let place = 0; place < places; place++) {
      for (let o = 0; o < outExtent; o++) {
        for (let tap = 0; tap < taps; tap++) {
          const before = indices[place * taps + tap]!
          for (let k = 0; k < kernelExtent; k++) {
            const x = o * strides[axis]! + k * dilations[axis]! - padsBefore[axis]!
            next[at++] = before < 0 || x < 0 || x >= extent ? -1 : before * extent + x
          }
        }
      }
    }
    indices = next
    places *= outExtent
    taps *= kernelExtent
  }
  if (indices.length !== sizeOf(out) * reach) throw new Error("windows and taps do not match")
  return indices
}
