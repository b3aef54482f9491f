import { sizeOf } from "../../../data/index.ts"
import type { Shape } from "../../graph/tensor.ts"
import { windowIndices, windowShape } from "../../graph/windows.ts"
import type { Encoding, Layer } from "./layer.ts"

/** The mean of each block of `extent` by `extent` places: a linear map, unlike the largest of them. */
export const poolLayer = (
  shape: Shape,
  extent: number,
  encoding: Encoding | undefined,
  batch: number,
): Layer => {
  const [channels = 1, ...spatial] = shape
  const each = (n: number) => spatial.map(() => n)
  const window = {
    kernel: each(extent),
    strides: each(extent),
    dilations: each(1),
    padsBefore: each(0),
    padsAfter: each(0),
  }
  const outSpatial = windowShape(spatial, window)
  const indices = windowIndices(spatial, window)
  const [area, places, taps] = [sizeOf(spatial), sizeOf(outSpatial), extent ** spatial.length]
  const result = new Float64Array(batch * channels * places)
  const errorsBefore = new Float64Array(batch * channels * area)
  const range = encoding?.range
  return {
    shape: [channels, ...outSpatial],
    encoding:
      encoding === undefined
        ? undefined
        : {
            step: () => encoding.step() / taps,
            ...(range === undefined ? {} : { range: { lo: taps * range.lo, hi: taps * range.hi } }),
          },
    parameters: [],
    forward: (x, rows) => {
      for (let image = 0; image < rows * channels; image++) {
        for (let place = 0; place < places; place++) {
          let sum = 0
          for (let tap = 0; tap < taps; tap++) sum += x[image * area + indices[place * taps + tap]!]!
          result[image * places + place] = sum / taps
        }
      }
      return result
    },
    backward: (errors, rows) => {
      errorsBefore.fill(0, 0, rows * channels * area)
      for (let image = 0; image < rows * channels; image++) {
        for (let place = 0; place < places; place++) {
          const error = errors[image * places + place]! / taps
          for (let tap = 0; tap < taps; tap++)
            errorsBefore[image * area + indices[place * taps + tap]!] = error
        }
      }
      return errorsBefore
    },
    emit: (builder, x) => builder.add("pool", [x], { ...window, by: "mean", countPadding: true }),
  }
}
