import type { Parameter } from "./layer.ts"

const MOMENTUM = 0.9
const SCALE = 0.999

/**
 * Adam (Kingma and Ba, 2015) for some parameters: the returned function moves them one step against their gradients, by
 * about `rate` each, and clears the gradients.
 */
export const adam = (parameters: readonly Parameter[]): ((rate: number) => void) => {
  const states = parameters.map((one) => ({
    ...one,
    momentum: new Float64Array(one.values.length),
    scale: new Float64Array(one.values.length),
  }))
  let [momentumLeft, scaleLeft] = [1, 1]
  return (rate) => {
    momentumLeft *= MOMENTUM
    scaleLeft *= SCALE
    for (const { values, gradient, momentum, scale } of states) {
      for (let i = 0; i < values.length; i++) {
        const slope = gradient[i]!
        momentum[i] = MOMENTUM * momentum[i]! + (1 - MOMENTUM) * slope
        scale[i] = SCALE * scale[i]! + (1 - SCALE) * slope * slope
        const size = Math.sqrt(scale[i]! / (1 - scaleLeft)) + 1e-8
        values[i] = values[i]! - (rate * momentum[i]!) / (1 - momentumLeft) / size
        gradient[i] = 0
      }
    }
  }
}
