import { sizeOf } from "../../../data/index.ts"
import { fail } from "../../fail.ts"
import { kind } from "../kind.ts"
import { type Window, windowIndices, windowShape } from "../windows.ts"

export interface PoolAttributes extends Window {
  readonly by: "max" | "mean"
  /** Whether a mean divides by the whole kernel also where it reaches into padding. */
  readonly countPadding: boolean
}

export const pools = {
  pool: kind<PoolAttributes>({
    doc: "The largest or mean element of each window, channel by channel.",
    arity: 1,
    infer: ([x], window) => {
      if (x!.length < 2) fail("damaged-model", "pooling needs channels and at least one spatial axis")
      return [x![0]!, ...windowShape(x!.slice(1), window)]
    },
    work: (_, { kernel }, result) => sizeOf(result) * sizeOf(kernel),
    evaluate: ([x], attributes, result) => {
      const { by, countPadding } = attributes
      const spatial = x!.shape.slice(1)
      const indices = windowIndices(spatial, attributes)
      const [area, places, taps] = [sizeOf(spatial), sizeOf(result.slice(1)), sizeOf(attributes.kernel)]
      return new Float64Array(sizeOf(result)).map((_, at) => {
        const channel = Math.floor(at / places) * area
        const first = (at % places) * taps
        let sum = 0
        let count = 0
        let most = -Infinity
        for (let tap = 0; tap < taps; tap++) {
          const index = indices[first + tap]!
          if (index < 0) continue
          const value = x!.values[channel + index]!
          count++
          sum += value
          if (!(value <= most)) most = value
        }
        return by === "max" ? most : sum / (countPadding ? taps : Math.max(count, 1))
      })
    },
  }),
}
